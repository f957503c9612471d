/**
 * SENTINEL FAILOVER ... COORDINATED of servers that are shown to the sentinels as servers without the command FAILOVER
 * (docs/decisions/0051-coordinated-failover.md, "Servers before 6.2").
 */
import { describe, expect, it } from 'vitest'

import { eventually, notYet, pairs, withDeployment, type Deployment, type RedisProcess } from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { OldServer } from './support/old-server.ts'
import { limitFor, rounds } from './support/settings.ts'

const NODES = 3
const DOWN_AFTER_MS = 2000

/** One master and two replicas that sentinels and clients know by the addresses of the old servers. */
async function withOldServers(
  body: (deployment: Deployment, ports: readonly number[]) => Promise<void>,
): Promise<void> {
  let running: Deployment | undefined
  const portOf = (at: number) => running?.node(at).address.port ?? 0
  const servers = Array.from({ length: NODES }, (_unused, at) => new OldServer(() => portOf(at)))
  const ports = await Promise.all(servers.map((server) => server.listen()))
  const options = ports.map((port) => ({ config: ['replica-announce-ip 127.0.0.1', `replica-announce-port ${port}`] }))
  const [node, ...replicas] = options
  try {
    await withDeployment({
      masters: [{ name: 'mymaster', ...node === undefined ? {} : { node }, replicas }],
      downAfterMs: DOWN_AFTER_MS,
      formed: false,
    }, async (deployment) => {
      running = deployment
      await monitor(deployment, ports[0] ?? 0)
      await body(deployment, ports)
    })
  } finally {
    await Promise.all(servers.map((server) => server.close()))
  }
}

/** Makes the sentinels monitor the master at the port of its old server. */
async function monitor({ sentinels }: Deployment, port: number): Promise<void> {
  for (const sentinel of sentinels) {
    await sentinel.call(['SENTINEL', 'REMOVE', 'mymaster'])
    await sentinel.call(['SENTINEL', 'MONITOR', 'mymaster', '127.0.0.1', String(port), '2'])
    await sentinel.call(['SENTINEL', 'SET', 'mymaster', 'down-after-milliseconds', String(DOWN_AFTER_MS), 'failover-timeout', '10000'])
  }
  await untilKnown(sentinels, port)
}

/** All sentinels know this master with its replicas, all at the addresses of old servers, and each other. */
async function untilKnown(sentinels: Deployment['sentinels'], port: number): Promise<void> {
  await eventually('sentinels that know everything', async () => {
    for (const sentinel of sentinels) {
      const facts = pairs(await sentinel.call(['SENTINEL', 'MASTER', 'mymaster']))
      const seen = ['port', 'flags', 'num-slaves', 'num-other-sentinels'].map((field) => String(facts[field])).join(' ')
      if (seen !== `${port} master ${NODES - 1} 2`) throw notYet(`${sentinel.name}: ${seen}`)
    }
  }, { timeoutMs: 40_000, everyMs: 100 })
}

async function onlyMaster(nodes: readonly RedisProcess[]): Promise<number> {
  return await eventually('one master that its replicas follow', async () => {
    const facts = await Promise.all(nodes.map((node) => node.replication()))
    const roles = facts.map(({ role }) => role)
    if (roles.filter((role) => role === 'master').length !== 1) throw notYet(roles.join(' '))
    const links = facts.filter(({ role, linkUp }) => role !== 'master' && linkUp).length
    if (links !== nodes.length - 1) throw notYet(`${links} replicas are connected`)
    return roles.indexOf('master')
  }, { timeoutMs: 60_000, everyMs: 50 })
}

/** PUBLISH waits while clients are paused. */
async function expectFree(nodes: readonly RedisProcess[]): Promise<void> {
  for (const node of nodes) {
    expect(await node.call(['PUBLISH', 'test', 'x']), `${node.name} pauses nobody`).toBeGreaterThanOrEqual(0)
  }
}

describe('a coordinated failover of servers before Redis 6.2', () => {
  const count = rounds(2)

  it('loses no write under load, and the paused master is not found down', async () => {
    await withOldServers(async (deployment, ports) => {
      const { nodes, sentinels, timeline } = deployment
      const writers = await Promise.all(['one', 'two', 'three'].map((key) => deployment.startWriter({ key, everyMs: 1 })))
      for (let round = 1; round <= count; round += 1) {
        const old = await onlyMaster(nodes)
        await Promise.all(writers.map((writer) => writer.nextAcknowledged()))
        const after = timeline.position
        expect(String(await sentinels[0]?.call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED']))).toBe('OK')
        await timeline.waitFor({ event: '+switch-master', source: sentinels[0]?.name ?? '', after })
        const present = await onlyMaster(nodes)
        expect(present).not.toBe(old)
        await untilKnown(sentinels, ports[present] ?? 0)
        await Promise.all(writers.map((writer) => writer.nextAcknowledged(20_000)))
      }
      await expectFree(nodes)
      const master = nodes[await onlyMaster(nodes)]
      if (master === undefined) throw new Error('no master')
      expect(timeline.entries.filter(({ event }) => event === '+sdown' || event === '+odown')).toEqual([])
      for (const writer of writers) {
        const { acknowledged, lost, outageMs, readonlyErrors } = await writer.verify(master)
        expect(lost).toEqual([])
        report({ scenario: 'coordinated before 6.2', round: count, values: { acknowledged, outageMs, readonlyErrors } })
      }
    })
  }, limitFor(count, 60_000))

  it.each([
    '+failover-state-send-slaveof-noone', '+failover-state-wait-promotion', '+promoted-slave',
  ])('whose leader is killed after %s ends with one master, and loses no write', async (event) => {
    await withOldServers(async (deployment) => {
      const { nodes, timeline, sentinels: [leader] } = deployment
      if (leader === undefined) throw new Error('no sentinel')
      const writer = await deployment.startWriter({ everyMs: 1 })
      const killed = timeline.waitFor({ source: leader.name, event, after: timeline.position })
        .then(() => leader.kill())
      expect(String(await leader.call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED']))).toBe('OK')
      await killed
      const master = nodes[await onlyMaster(nodes)]
      if (master === undefined) throw new Error('no master')
      await writer.nextAcknowledged(60_000)
      await expectFree(nodes)
      expect((await writer.verify(master)).lost).toEqual([])
    })
  }, limitFor(1, 60_000))
})
