/** The metrics that alerts are made of, of real fleets in trouble. */
import { describe, expect, it } from 'vitest'

import { eventually, killMaster, notYet, type Deployment } from '../../src/harness/index.ts'
import { limitFor } from './support/settings.ts'
import { withHttp } from './support/settings-file.ts'

/** Each series of the family with its value, as `{labels} value`. */
async function family(url: string, name: string): Promise<string[]> {
  const reply = await fetch(`${url}/metrics`, { signal: AbortSignal.timeout(5_000) })
  return (await reply.text()).split('\n').filter((line) => line.startsWith(`${name}{`)).map((line) => line.slice(name.length))
}

const set = (series: readonly string[]): string[] => series.filter((line) => line.endsWith(' 1'))

describe('the metrics of a fleet', () => {
  it('name the missing right on the chosen replica as the cause of a failover that does not end', async () => {
    await withHttp({ sentinels: 3, replicas: 1 }, async ({ deployment, url }) => {
      const urls = deployment.sentinels.map((_, at) => url(at))
      for (const each of urls) expect(set(await family(each, 'redis_sentinel_master_failover_blocked'))).toEqual([])
      const replica = await onlyReplica(deployment)
      await replica.call(['ACL', 'SETUSER', 'default', '-slaveof', '-replicaof'])
      await killMaster(deployment)
      const address = `127.0.0.1:${replica.address.port}`
      await eventually('a sentinel to name the cause', async () => {
        const all = await Promise.all(urls.map((each) => family(each, 'redis_sentinel_master_failover_blocked')))
        const blocked = set(all.flat())
        if (!blocked.includes('{master_name="mymaster",reason="replica_permission"} 1')) throw notYet(blocked.join('; '))
      }, { timeoutMs: 30_000 })
      const refused = await Promise.all(urls.map((each) => family(each, 'redis_sentinel_node_refuses')))
      expect(set(refused.flat()))
        .toContain(`{master_name="mymaster",role="replica",address="${address}",cause="permission"} 1`)
    })
  }, limitFor(1, 60_000))

  it('have one fleet that a failover does not change, and another one for other sentinels of the same master name', async () => {
    const fleetsOf = async (deployment: Deployment, url: (at: number) => string) => [...new Set((await Promise.all(
      deployment.sentinels.map((_, at) => family(url(at), 'redis_sentinel_master_fleet_info')),
    )).flat())]
    const seen: string[] = []
    for (const round of ['one fleet', 'another fleet']) {
      await withHttp({ sentinels: 3, replicas: 2 }, async ({ deployment, url }) => {
        const before = await fleetsOf(deployment, url)
        expect(before, round).toEqual([expect.stringMatching(/^\{master_name="mymaster",fleet="[0-9a-f]{40}"\} 1$/)])
        const fault = await killMaster(deployment)
        await deployment.waitUntilSettled({ awayFrom: fault.node.address })
        expect(await fleetsOf(deployment, url), round).toEqual(before)
        seen.push(...before)
      })
    }
    expect(new Set(seen).size).toBe(2)
  }, limitFor(2, 60_000))

  it('have the link, the priority and the lag of each replica', async () => {
    await withHttp({ sentinels: 1, replicas: 1 }, async ({ deployment, url }) => {
      const replica = await onlyReplica(deployment)
      await deployment.sentinel(0).call(['SENTINEL', 'DEBUG', 'info-period', '100'])
      await replica.call(['CONFIG', 'SET', 'replica-priority', '7'])
      const expected = { up: 1, link_up: 1, priority: 7, lag_bytes: 0 }
      const shows = (values: Readonly<Record<string, number>>) => eventually('the metrics of the replica', async () => {
        for (const [name, value] of Object.entries(values)) {
          const series = await family(url(0), `redis_sentinel_replica_${name}`)
          const wanted = `{master_name="mymaster",replica_address="127.0.0.1:${replica.address.port}"} ${value}`
          if (series.join() !== wanted) throw notYet(`${name}: ${series.join()}`)
        }
      }, { timeoutMs: 20_000 })
      await shows(expected)
      // A replica whose master refuses it has no link, and its lag is counted on.
      await (await deployment.currentMaster()).call(['CONFIG', 'SET', 'requirepass', 'secret'])
      await replica.call(['CLIENT', 'KILL', 'TYPE', 'master'])
      await shows({ up: 1, link_up: 0 })
    })
  }, limitFor(1, 60_000))
})

async function onlyReplica(deployment: Deployment) {
  const { address } = await deployment.currentMaster()
  const [replica] = deployment.nodes.filter((node) => node.address.port !== address.port)
  if (replica === undefined) throw new Error('the deployment has no replica')
  return replica
}
