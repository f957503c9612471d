import { describe, expect, it } from 'vitest'

import {
  clock, CommandConnection, eventually, formatAddress, isolateMaster, killMaster, notYet, pointReplicaTo,
  withDeployment, type RedisProcess, type WriterClient,
} from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'

// behaviour.md 5.3 and 6.3: every sentinel repairs what does not follow the configuration with the highest epoch.
describe('reconfiguration', () => {
  const count = rounds(1)

  it('an isolated old master is demoted when it is back', async () => {
    for (let round = 1; round <= count; round++) {
      await withDeployment({ sentinels: fleet(3), network: 'relayed' }, async (deployment) => {
        // This client talks to the old master only and never hears of another one.
        const writer = await deployment.startWriter({ client: stubbornClient(deployment.node(0)) })
        const fault = await isolateMaster(deployment)
        const elsewhere = await deployment.timeline.waitFor({ event: '+switch-master', after: fault.position })
        const { value } = await writer.nextAcknowledged()
        expect((await fault.node.replication()).role, 'the old master goes on as a master').toBe('master')
        deployment.network?.heal()
        const healedAt = clock()
        const settled = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        expect((await fault.node.replication()).role).toBe('slave')
        const { lost } = await writer.verify(settled.master)
        expect(lost, 'what only the old master had is gone').toContain(value)
        const switchMs = elsewhere.at - fault.at
        report({ scenario: 'isolated master', round, values: { switchMs, demotedMs: clock() - healedAt, lost: lost.length } })
      })
    }
  }, limitFor(count, 60_000))

  it('a replica that follows a wrong address is repaired', async () => {
    for (let round = 1; round <= count; round++) {
      await withDeployment({ sentinels: fleet(3), failoverTimeoutMs: 2_000 }, async (deployment) => {
        const replica = deployment.node(2)
        const fault = await pointReplicaTo(deployment, replica, deployment.node(1).address)
        const repaired = await deployment.timeline.waitFor({
          event: '+fix-slave-config',
          text: `slave ${formatAddress(replica.address)} ${replica.address.host} ${replica.address.port}`
            + ` @ mymaster ${deployment.node(0).address.host} ${deployment.node(0).address.port}`,
          after: fault.position,
        }, 60_000)
        const { master } = await deployment.waitUntilSettled()
        expect(master.name).toBe(deployment.node(0).name)
        report({ scenario: 'wrong address', round, values: { repairedMs: repaired.at - fault.at } })
      })
    }
  }, limitFor(count, 60_000))

  it('a sentinel that was away adopts the newer configuration', async () => {
    for (let round = 1; round <= count; round++) {
      await withDeployment({ sentinels: fleet(3) }, async (deployment) => {
        const away = deployment.sentinel(2)
        await away.kill()
        const fault = await killMaster(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        await fault.node.start()
        expect(away.fileFacts('mymaster').master).toEqual(fault.node.address)
        const { position } = deployment.timeline
        const returnedAt = clock()
        await away.start()
        const adopted = await deployment.timeline.waitFor({ source: away.name, event: '+switch-master', after: position })
        expect(deployment.timeline.first({ source: away.name, event: '+config-update-from', after: position })).toBeDefined()
        const { configEpoch } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        expect(away.fileFacts('mymaster').configEpoch).toBe(configEpoch)
        report({ scenario: 'sentinel away', round, values: { adoptedMs: adopted.at - returnedAt } })
      })
    }
  }, limitFor(count, 60_000))

  it('a replica that was away during the failover follows the new master', async () => {
    for (let round = 1; round <= count; round++) {
      await withDeployment({ sentinels: fleet(3), failoverTimeoutMs: 3_000 }, async (deployment) => {
        const replica = deployment.node(2)
        await replica.kill()
        await eventually('the sentinels to see the replica down', async () => {
          for (const sentinel of deployment.sentinels) {
            const seen = (await sentinel.replicas('mymaster')).find(({ name }) => name === formatAddress(replica.address))
            if (!seen?.['flags']?.includes('s_down')) throw notYet(`${sentinel.name} sees ${seen?.['flags']}`)
          }
        })
        const fault = await killMaster(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        await replica.start()
        const returnedAt = clock()
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        report({ scenario: 'replica away', round, values: { followsMs: clock() - returnedAt } })
      })
    }
  }, limitFor(count, 60_000))
})

/** A client with a fixed address, as many applications are. */
function stubbornClient(node: RedisProcess): WriterClient {
  const connection = new CommandConnection(node.address)
  return {
    async write(key, value) {
      const length = Number(await connection.call(['RPUSH', key, String(value)]))
      return { server: node.address, length }
    },
    close: () => { connection.close() },
  }
}
