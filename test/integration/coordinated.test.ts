/** SENTINEL FAILOVER ... COORDINATED on real servers (docs/decisions/0051-coordinated-failover.md). */
import { describe, expect, it } from 'vitest'

import {
  eventually, messageOf, notYet, withDeployment, type Deployment, type RedisProcess, type SentinelKind,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { limitFor, rounds } from './support/settings.ts'

/** docs/hardening.md, "Minimum permissions on data nodes", with what it adds for coordinated failovers. */
const RULES = '-@all +multi +exec +slaveof +ping +info +publish +subscribe +config|rewrite +client|kill +client|setname'
  + ' +script|kill &__sentinel__:hello +failover +client|pause +client|unpause'

interface Fleet {
  readonly title: string
  readonly sentinels: readonly SentinelKind[]
  readonly rules: string
}

const FLEETS: readonly Fleet[] = [
  { title: 'alone', sentinels: ['ours', 'ours', 'ours'], rules: '+replconf' },
  { title: 'with a genuine sentinel, and a user without REPLCONF', sentinels: ['ours', 'ours', 'genuine'], rules: '' },
]

async function order(deployment: Deployment, ...words: readonly string[]): Promise<string> {
  try {
    return String(await deployment.sentinels[0]?.call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED', ...words]))
  } catch (error) {
    return messageOf(error)
  }
}

/** PUBLISH waits while writes are paused. */
async function expectFree(nodes: readonly RedisProcess[]): Promise<void> {
  for (const node of nodes) {
    expect(await node.call(['PUBLISH', 'test', 'x']), `${node.name} does not pause writes`).toBeGreaterThanOrEqual(0)
    expect(String(await node.call(['INFO', 'replication']))).toContain('master_failover_state:no-failover')
  }
}

describe('a coordinated failover', () => {
  const count = rounds(2)

  it.each(FLEETS.map((fleet) => [fleet.title, fleet] as const))('loses no write under load: %s', async (title, { sentinels, rules }) => {
    await withDeployment({
      sentinels,
      replicas: 2,
      downAfterMs: 3000,
      redisConfig: [`user watcher on >watched ${RULES} ${rules}`],
      sentinelConfig: ['sentinel auth-user mymaster watcher', 'sentinel auth-pass mymaster watched'],
    }, async (deployment) => {
      const writer = await deployment.startWriter({ everyMs: 1 })
      for (let round = 1; round <= count; round += 1) {
        const old = await deployment.currentMaster()
        await writer.nextAcknowledged()
        expect(await order(deployment)).toBe('OK')
        const { master } = await deployment.waitUntilSettled({ awayFrom: old.address })
        expect((await writer.nextAcknowledged()).server).toEqual(master.address)
        await expectFree(deployment.nodes)
      }
      const { acknowledged, lost, outageMs, readonlyErrors } = await writer.verify(await deployment.currentMaster())
      expect(lost).toEqual([])
      report({ scenario: `coordinated ${title}`, round: count, values: { acknowledged, outageMs, readonlyErrors } })
    })
  }, limitFor(count, 60_000))

  it('moves the master to the replica that is named, and is refused with the reason for another one', async () => {
    await withDeployment({ replicas: [{}, { priority: 0 }] }, async (deployment) => {
      const [first, target, excluded] = deployment.nodes
      if (first === undefined || target === undefined || excluded === undefined) throw new Error('no replicas')
      const { host, port } = excluded.address
      expect(await order(deployment, 'TO', host, String(port))).toBe(`NOGOODSLAVE ${host}:${port} has replica-priority 0`)
      expect(await order(deployment, 'TO', host, '1')).toBe(`NOGOODSLAVE ${host}:1 is no known replica of this master`)
      expect(await order(deployment, 'TIMEOUT', '1000')).toBe('ERR TIMEOUT must be a number of milliseconds above 1000')
      expect(await order(deployment, 'TO', target.address.host, String(target.address.port), 'TIMEOUT', '5000')).toBe('OK')
      const { master } = await deployment.waitUntilSettled({ awayFrom: first.address })
      expect(master).toBe(target)
    })
  }, limitFor(1, 60_000))

  it('whose leader is killed after its order is announced by another sentinel, and loses no write', async () => {
    await withDeployment({ replicas: 2, downAfterMs: 3000 }, async (deployment) => {
      const writer = await deployment.startWriter({ everyMs: 1 })
      const { timeline, sentinels: [leader] } = deployment
      if (leader === undefined) throw new Error('no sentinel')
      const killed = timeline.waitFor({ source: leader.name, event: '+failover-state-wait-promotion', after: timeline.position })
        .then(() => leader.kill())
      expect(await order(deployment)).toBe('OK')
      await killed
      const master = await eventually('one master', async () => {
        const found = await deployment.currentMaster()
        const roles = await Promise.all(deployment.nodes.map(async (node) => (await node.replication()).role))
        if (roles.filter((role) => role === 'master').length !== 1) throw notYet(roles.join(' '))
        if ((await found.replication()).role !== 'master') throw notYet(`${found.name} is no master`)
        return found
      }, { timeoutMs: 60_000, everyMs: 20 })
      await writer.nextAcknowledged(60_000)
      await eventually('nobody to pause writes', () => expectFree(deployment.nodes), { timeoutMs: 30_000 })
      expect((await writer.verify(master)).lost).toEqual([])
    })
  }, limitFor(1, 60_000))
})
