/** SENTINEL FORGET with real processes: docs/decisions/0054-forgetting.md. */
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  CommandConnection, eventually, notYet, pairs, withDeployment, Workspace, type Address, type Reply,
  type SentinelProcess,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

const DOWN_AFTER_MS = 500
const OPTIONS = { replicas: 2, downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 3000 } as const

type Call = (command: readonly [string, ...string[]]) => Promise<Reply>
type Fields = Readonly<Record<string, string>>

let workspace: Workspace
beforeAll(() => { workspace = new Workspace('forget') })
afterAll(() => workspace.remove())

const callOf = (sentinel: SentinelProcess): Call => (command) => sentinel.call(command)
const words = ({ host, port }: Address) => [host, String(port)] as const

function isReplyList(reply: Reply): reply is readonly Reply[] {
  return Array.isArray(reply)
}

async function listOf(call: Call, what: 'REPLICAS' | 'SENTINELS'): Promise<Fields[]> {
  const reply = await call(['SENTINEL', what, 'mymaster'])
  if (!isReplyList(reply)) throw new Error(`no list: ${JSON.stringify(reply)}`)
  return reply.map((one) => pairs(one))
}

async function untilDown(call: Call, what: 'REPLICAS' | 'SENTINELS', port: number): Promise<Fields> {
  return eventually(`${what} to show ${port} as down`, async () => {
    const found = (await listOf(call, what)).find((one) => one['port'] === String(port))
    if (found?.['flags']?.includes('s_down') !== true) throw notYet(JSON.stringify(found))
    return found
  })
}

async function ports(call: Call, what: 'REPLICAS' | 'SENTINELS'): Promise<string[]> {
  return (await listOf(call, what)).map((one) => one['port'] ?? '').sort()
}

async function untilListed(call: Call, what: 'REPLICAS' | 'SENTINELS', port: number): Promise<void> {
  await eventually(`${what} to have ${port}`, async () => {
    const seen = await ports(call, what)
    if (!seen.includes(String(port))) throw notYet(seen.join(' '))
  })
}

async function refusal(call: Call, command: readonly [string, ...string[]]): Promise<string> {
  try {
    return JSON.stringify(await call(command))
  } catch (error) {
    return error instanceof Error ? error.message : String(error)
  }
}

describe('SENTINEL FORGET', () => {
  it('removes a dead replica and a dead sentinel for good, over a restart, until they come back', async () => {
    await withDeployment(OPTIONS, async (deployment) => {
      await deployment.waitUntilFormed()
      const [first, gone, replica] = [deployment.sentinel(0), deployment.sentinel(2), deployment.node(2)]
      const call = callOf(first)
      const id = await gone.myId()
      const forgetReplica = ['SENTINEL', 'FORGET', 'mymaster', 'REPLICA', ...words(replica.address)] as const
      expect(await refusal(call, forgetReplica)).toMatch(/is not down/)
      expect(await refusal(call, ['SENTINEL', 'FORGET', 'mymaster', 'SENTINEL', id])).toMatch(/is not down/)
      const master = await deployment.currentMaster()
      expect(await refusal(call, ['SENTINEL', 'FORGET', 'mymaster', 'REPLICA', ...words(master.address)])).toMatch(/is the master/)

      await replica.kill()
      await gone.kill()
      await untilDown(call, 'REPLICAS', replica.address.port)
      await untilDown(call, 'SENTINELS', gone.address.port)
      expect(pairs(await call(forgetReplica))['forgotten']).toBe(`${replica.address.host}:${replica.address.port}`)
      expect(pairs(await call(['SENTINEL', 'FORGET', 'mymaster', 'SENTINEL', id]))).toMatchObject({
        'forgotten': id, 'known-before': '3', 'majority-before': '2', 'known-after': '2', 'majority-after': '2',
      })
      expect(first.configText()).not.toContain(id)
      expect(first.configText()).not.toMatch(new RegExp(`known-replica mymaster \\S+ ${replica.address.port}$`, 'm'))
      const explained = pairs(await call(['SENTINEL', 'EXPLAIN', 'mymaster']))
      expect(explained['forgotten-1']).toMatch(/^replica .*, by an operator, until 20.*Z \(for another .*\) unless it comes back$/)

      await first.stop()
      await first.start()
      expect([await ports(call, 'REPLICAS'), (await ports(call, 'SENTINELS')).length]).toEqual([[String(deployment.node(1).address.port)], 1])
      await replica.start()
      await gone.start()
      await untilListed(call, 'REPLICAS', replica.address.port)
      await untilListed(call, 'SENTINELS', gone.address.port)
      await deployment.waitUntilFormed()
    })
  }, 90_000)

  it('of a sentinel that is alive needs FORCE, and ends with its time', async () => {
    await withDeployment({ ...OPTIONS, replicas: 1 }, async (deployment) => {
      await deployment.waitUntilFormed()
      const call = callOf(deployment.sentinel(0))
      const { address } = deployment.sentinel(2)
      const after = deployment.timeline.position
      const until = pairs(await call(['SENTINEL', 'FORGET', 'mymaster', 'SENTINEL', ...words(address), 'FOR', '5000', 'FORCE']))['until']
      expect((await ports(call, 'SENTINELS')).length).toBe(1)
      await untilListed(call, 'SENTINELS', address.port)
      const { at } = await deployment.timeline.waitFor({ event: '+sentinel', source: deployment.sentinel(0).name, after })
      expect(at).toBeGreaterThanOrEqual(Number(until) - 100)
    })
  }, 90_000)

  it('of two of three sentinels is refused without FORCE, because the last one would be a majority', async () => {
    await withDeployment({ ...OPTIONS, replicas: 1, quorum: 1 }, async (deployment) => {
      await deployment.waitUntilFormed()
      const call = callOf(deployment.sentinel(0))
      const [one, other] = [deployment.sentinel(1), deployment.sentinel(2)]
      await one.kill()
      await other.kill()
      for (const { address } of [one, other]) await untilDown(call, 'SENTINELS', address.port)
      const forget = (address: Address) => ['SENTINEL', 'FORGET', 'mymaster', 'SENTINEL', ...words(address)] as const
      expect(pairs(await call(forget(one.address)))).toMatchObject({ 'majority-before': '2', 'majority-after': '2' })
      expect(await refusal(call, forget(other.address))).toMatch(/1 of 1 sentinels would be a majority instead of 2 of 2, but 3 were alive at once/)
      expect(pairs(await call([...forget(other.address), 'FORCE']))).toMatchObject({ 'known-after': '1', 'majority-after': '1' })
      // The site is lost: the last sentinel fails over alone.
      const master = await deployment.currentMaster()
      await master.kill()
      await deployment.waitUntilSettled({ awayFrom: master.address })
    })
  }, 90_000)
})

/** A sentinel in the place of another one, at another address: with its id and its file, or with neither. */
async function recreate(
  old: SentinelProcess, { host, port: masterPort }: Address, keepsId: boolean,
): Promise<Recreated> {
  const port = await workspace.claimPort()
  const folder = join(workspace.folder, String(port))
  mkdirSync(folder)
  const file = join(folder, 'sentinel.conf')
  const fresh = [
    `sentinel monitor mymaster ${host} ${masterPort} 2`, `sentinel down-after-milliseconds mymaster ${DOWN_AFTER_MS}`,
    'sentinel failover-timeout mymaster 3000',
  ]
  await old.kill()
  const kept = readFileSync(old.configFile, 'utf8').split('\n')
    .filter((line) => line.startsWith('sentinel ') && !line.includes('announce'))
  writeFileSync(file, [`port ${port}`, 'bind 127.0.0.1', `dir ${folder}`, ...keepsId ? kept : fresh, ''].join('\n'))
  new Program('ours', workspace, { cwd: folder, args: [file] })
  const connection = new CommandConnection({ host: '127.0.0.1', port })
  return { port, call: (command) => connection.call(command), close: () => { connection.close() } }
}

interface Recreated {
  readonly port: number
  readonly call: Call
  readonly close: () => void
}

/** Waits until each of these sentinels hears from so many others, and from none of those that have ended. */
async function untilHeard(calls: readonly Call[], others: number): Promise<void> {
  await eventually(`each to hear from ${others} others`, async () => {
    for (const call of calls) {
      const heard = (await listOf(call, 'SENTINELS')).filter((one) => Number(one['last-hello-message']) < 3000)
      const silent = (await listOf(call, 'SENTINELS')).filter((one) => Number(one['last-hello-message']) < 4000)
      if (heard.length !== others || silent.length !== others) throw notYet(`${heard.length} and ${silent.length} of ${others}`)
    }
  })
}

/** Forgets every sentinel and replica that is down, on each of these sentinels. */
async function forgetDead(calls: readonly Call[]): Promise<number> {
  let count = 0
  for (const call of calls) {
    for (const what of ['SENTINELS', 'REPLICAS'] as const) {
      for (const one of (await listOf(call, what)).filter(({ flags }) => flags?.includes('s_down'))) {
        const kind = what === 'SENTINELS' ? 'SENTINEL' : 'REPLICA'
        await call(['SENTINEL', 'FORGET', 'mymaster', kind, one['ip'] ?? '', one['port'] ?? ''])
        count += 1
      }
    }
  }
  return count
}

describe('pods that are re-created at new addresses', () => {
  it.each([['kept', true], ['new', false]])('leave nothing behind without RESET where ids are %s', async (_title, keepsId) => {
    await withDeployment({ ...OPTIONS, replicas: 3 }, async (deployment) => {
      await deployment.waitUntilFormed()
      const master = await deployment.currentMaster()
      const pods: Recreated[] = []
      for (const old of deployment.sentinels) {
        pods.push(await recreate(old, master.address, keepsId))
        const running = deployment.sentinels.filter((one) => one.running).map(callOf)
        await untilHeard([...running, ...pods.map(({ call }) => call)], 2)
      }
      const calls = pods.map(({ call }) => call)
      // The third replica is the new pod of the first one; the master is replaced, too.
      const [replica] = deployment.nodes.filter((node) => node !== master)
      await replica?.kill()
      await master.kill()
      await eventually('the failover', async () => {
        for (const call of calls) {
          const address = await call(['SENTINEL', 'GET-MASTER-ADDR-BY-NAME', 'mymaster'])
          if (JSON.stringify(address).includes(String(master.address.port))) throw notYet('the old master')
        }
      })
      for (const call of calls) for (const node of [master, replica]) await untilDown(call, 'REPLICAS', node?.address.port ?? 0)
      // With new ids, the first knows both that it met, and the second one of them. A replica that synchronised late
      // may have replayed a hello of one that had ended before.
      expect(await forgetDead(calls)).toBeGreaterThanOrEqual(6 + (keepsId ? 0 : 3))
      for (const { call, port } of pods) {
        expect(await ports(call, 'SENTINELS')).toEqual(pods.map((one) => String(one.port)).filter((one) => one !== String(port)).sort())
        const running = deployment.nodes.filter((node) => node.running)
        expect((await ports(call, 'REPLICAS')).length).toBe(running.length - 1)
        expect(await call(['SENTINEL', 'CKQUORUM', 'mymaster'])).toMatch(/^OK 3 usable/)
      }
      for (const { close } of pods) close()
    })
  }, 120_000)
})
