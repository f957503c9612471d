import { createSocket } from 'node:dgram'
import { once } from 'node:events'
import { readFileSync, writeFileSync } from 'node:fs'

import { describe, expect, it } from 'vitest'

import {
  clock, CommandConnection, eventually, notYet, withDeployment,
  type Deployment, type DeploymentOptions, type RedisProcess, type SentinelKind, type SentinelProcess,
} from '../../src/harness/index.ts'
import { failoverRound } from './scenarios/failover-round.ts'
import { report } from './support/figures.ts'
import { canHaveNames, NamedHosts } from './support/named-hosts.ts'
import { limitFor, rounds } from './support/settings.ts'

const BY_NAME = { sentinelConfig: ['sentinel resolve-hostnames yes', 'sentinel announce-hostnames yes'] }

const FLEETS: readonly (readonly SentinelKind[])[] = [['ours', 'ours', 'ours'], ['ours', 'genuine', 'ours']]

// behaviour.md 1.6: with announce-hostnames everybody is told names, and only names.
describe('a fleet with host names', () => {
  for (const kinds of FLEETS) {
    it(`fails over and demotes the old master when it returns: ${kinds.join(', ')}`, async () => {
      const count = rounds(1)
      const options = { ...BY_NAME, sentinels: kinds, hostName: () => 'localhost' }
      await withDeployment(options, async (deployment) => {
        const writer = await deployment.startWriter()
        for (let round = 1; round <= count; round++) {
          const { settled, firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
          expect((await writer.nextAcknowledged()).server?.port).toBe(settled.master.address.port)
          expectNamesOnly(deployment)
          report({ scenario: `by name, ${kinds.join(' ')}`, round, values: { firstSwitchMs, rejoinedMs } })
        }
      })
    }, limitFor(rounds(1), 90_000))
  }

  it('refuses a change of options at run time after which its names could not be loaded', async () => {
    await withDeployment({ ...BY_NAME, sentinels: 1, replicas: 1, hostName: () => 'localhost' }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      const set = (...options: string[]) => sentinel.call(['SENTINEL', 'CONFIG', 'SET', ...options])
      await expect(set('resolve-hostnames', 'no')).rejects.toThrow(/^ERR Instances are known by host names/)
      expect(await sentinel.call(['SENTINEL', 'CONFIG', 'GET', 'resolve-hostnames'])).toEqual(['resolve-hostnames', 'yes'])
      expect(await sentinel.call(['SENTINEL', 'SET', 'mymaster', 'parallel-syncs', '3'])).toBe('OK')
      // With both off the addresses go into the file, and it loads.
      expect(await set('announce-hostnames', 'no', 'resolve-hostnames', 'no')).toBe('OK')
      await expect(set('announce-hostnames', 'yes')).rejects.toThrow(/^ERR Instances are known by host names/)
      await sentinel.restart()
      expect((await sentinel.master('mymaster'))['ip']).toBe('127.0.0.1')
    })
  }, limitFor(1, 30_000))
})

/** Names of one test alone need mounts of one's own. */
describe.runIf(canHaveNames())('a fleet whose host names have different addresses', () => {
  for (const kinds of FLEETS) {
    it(`follows a name that moves to another address: ${kinds.join(', ')}`, async () => {
      await withNames(kinds, { downAfterMs: 8_000 }, async (deployment, hosts) => {
        const { position } = deployment.timeline
        // The master, then a replica: each comes back under its old name at a new address, sooner than it is down.
        for (const at of [0, 1]) await move(deployment.node(at), hosts, at)
        await deployment.waitUntilSettled()
        await deployment.waitUntilFormed()
        expect(deployment.timeline.all({ event: '+switch-master', after: position })).toEqual([])
        await expectLinked(deployment)
        const { settled } = await failoverRound(deployment, 'order')
        expect(settled.master).not.toBe(deployment.node(0))
        expectNamesOnly(deployment)
      })
    }, limitFor(1, 120_000))
  }

  it('is not delayed and does not enter TILT while the resolver does not answer', async () => {
    await withNames(['ours', 'ours', 'ours'], {}, async (deployment, hosts) => {
      const silent = await listenAndSayNothing()
      const operators = deployment.sentinels.map(({ address }) => {
        return new CommandConnection({ host: '127.0.0.1', port: address.port })
      })
      try {
        hosts.askServer(silent.address)
        for (const operator of operators) {
          // Nobody waits for the answer here: what counts is what happens meanwhile.
          for (const at of [1, 2, 3, 4, 5]) {
            const order = ['SENTINEL', 'MONITOR', `ghost-${at}`, `ghost-${at}.test`, '6379', '2'] as const
            operator.call(order, 30_000).catch(() => undefined)
          }
        }
        const longest = longestPing(deployment)
        const { firstSwitchMs, rejoinedMs } = await failoverRound(deployment, 'kill')
        const pingMs = await longest()
        expect(silent.asked()).toBeGreaterThan(0)
        report({ scenario: 'silent resolver', round: 1, values: { firstSwitchMs, rejoinedMs, pingMs } })
        expect(pingMs).toBeLessThan(1_000)
        expect(deployment.timeline.all({ event: '+tilt' })).toEqual([])
      } finally {
        for (const operator of operators) operator.close()
        await silent.close()
      }
    })
  }, limitFor(1, 90_000))
})

/** A fleet whose redis-servers have a name and an address each; 127.0.0.1 is only the harness's way in. */
async function withNames(
  kinds: readonly SentinelKind[], options: DeploymentOptions,
  work: (deployment: Deployment, hosts: NamedHosts) => Promise<void>,
): Promise<void> {
  const nodes = [0, 1, 2]
  const names = Object.fromEntries(nodes.map((at) => [`redis-${at}.test`, `127.0.20.${at + 1}`]))
  const hosts = new NamedHosts({ ...names, 'sentinel.test': '127.0.0.1' })
  try {
    const [node, ...replicas] = nodes.map((at) => ({ config: [bindLine(`127.0.20.${at + 1}`)] }))
    await withDeployment({
      ...BY_NAME, ...options,
      masters: [{ name: 'mymaster', replicas, ...(node !== undefined && { node }) }],
      sentinels: kinds.map((kind) => hosts.program(kind)),
      programs: { redisServer: hosts.redisServer },
      hostName: (process) => process.startsWith('redis-') ? `${process}.test` : 'sentinel.test',
    }, (deployment) => work(deployment, hosts))
  } finally {
    hosts.remove()
  }
}

function bindLine(address: string): string {
  return `bind 127.0.0.1 ${address}`
}

/** The node ends, its name gets another address, and it starts there. */
async function move(node: RedisProcess, hosts: NamedHosts, at: number): Promise<void> {
  const [from, to] = [`127.0.20.${at + 1}`, `127.0.21.${at + 1}`]
  await node.kill()
  hosts.point({ [node.address.host]: to })
  writeFileSync(node.configFile, readFileSync(node.configFile, 'utf8').replace(bindLine(from), bindLine(to)))
  await node.start()
}

/** All sentinels have links to the nodes where they are now: INFO came after the move. */
async function expectLinked(deployment: Deployment): Promise<void> {
  for (const sentinel of deployment.sentinels) {
    await eventually(`${sentinel.name} to know the new runs`, async () => {
      const runIds = await Promise.all(deployment.nodes.map(async (node) => (await node.info('server'))['run_id']))
      const seen = [await sentinel.master('mymaster'), ...await sentinel.replicas('mymaster')]
      const known = seen.filter(({ flags }) => flags === 'master' || flags === 'slave').map(({ runid }) => runid)
      const missing = runIds.filter((runId) => !known.includes(runId))
      if (missing.length > 0) throw notYet(seen.map(({ name, flags, runid }) => `${name} ${flags} ${runid}`).join('; '))
    }, { timeoutMs: 30_000 })
  }
}

/** The files name everybody by name. */
function expectNamesOnly(deployment: Deployment): void {
  for (const sentinel of deployment.sentinels) {
    const lines = sentinel.configText().split('\n').filter((line) => /^sentinel (monitor|known-)/.test(line))
    expect(lines.length).toBeGreaterThan(2)
    expect(lines.filter((line) => /127\.0\./.test(line)), sentinel.name).toEqual([])
  }
}

/** A name server that takes every question and answers none. */
async function listenAndSayNothing(): Promise<{ address: string, asked: () => number, close: () => Promise<void> }> {
  const address = '127.0.22.53'
  const socket = createSocket('udp4')
  let asked = 0
  socket.on('message', () => { asked += 1 })
  socket.bind(53, address)
  await once(socket, 'listening')
  return {
    address,
    asked: () => asked,
    close: () => new Promise((resolve) => { socket.close(() => { resolve() }) }),
  }
}

/** Pings all sentinels every now and then until the returned function is called; tells how long the slowest took. */
function longestPing(deployment: Deployment): () => Promise<number> {
  const pings: Promise<number>[] = []
  const ping = async (sentinel: SentinelProcess): Promise<number> => {
    const from = clock()
    await sentinel.call(['PING'], 20_000)
    return clock() - from
  }
  const pinging = setInterval(() => { pings.push(...deployment.sentinels.map(ping)) }, 25)
  return async () => {
    clearInterval(pinging)
    return Math.max(...await Promise.all(pings))
  }
}
