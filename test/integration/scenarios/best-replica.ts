import { expect } from 'vitest'

import {
  clock, eventually, formatAddress, killMaster, notYet, withDeployment,
  type Deployment, type RedisProcess, type SentinelKind,
} from '../../../src/harness/index.ts'

/**
 * Four replicas: one with a worse priority, one that may never be promoted, and two equal ones of which one has missed
 * the last writes. The better of those two must become master (behaviour.md 9.3).
 */
export async function promotesBestReplica(sentinels: readonly SentinelKind[]): Promise<Record<string, number>> {
  return withDeployment({
    sentinels,
    replicas: [{ priority: 100 }, { priority: 50 }, { priority: 50 }, { priority: 0 }],
    network: 'relayed',
    downAfterMs: 2_000,
  }, async (deployment) => {
    const [master, behind, best] = [deployment.node(0), deployment.node(2), deployment.node(3)]
    deployment.network?.silence(master.name, behind.name)
    for (let value = 0; value < 100; value++) await master.call(['SET', `key:${value}`, 'x'.repeat(100)])
    await allSentinelsSeeTheDifference(deployment, behind, best)

    const fault = await killMaster(deployment)
    const selected = await deployment.timeline.waitFor({ event: '+selected-slave', after: fault.position })
    expect(selected.text).toContain(`slave ${formatAddress(best.address)} `)
    const switched = await deployment.timeline.waitFor({ event: '+switch-master', after: fault.position })
    deployment.network?.heal()
    await master.start()
    const settled = await deployment.waitUntilSettled({ awayFrom: master.address })
    expect(settled.master.name).toBe(best.name)
    return { firstSwitchMs: switched.at - fault.at, rejoinedMs: clock() - fault.at }
  })
}

// INFO of a healthy replica is read every 10 seconds, and the choice is made with what was read last.
async function allSentinelsSeeTheDifference(
  deployment: Deployment,
  behind: RedisProcess,
  best: RedisProcess,
): Promise<void> {
  await eventually('all sentinels to see the different offsets', async () => {
    for (const sentinel of deployment.sentinels) {
      const replicas = await sentinel.replicas(deployment.group.name)
      const offsetOf = (node: RedisProcess): number =>
        Number(replicas.find(({ name }) => name === formatAddress(node.address))?.['slave-repl-offset'])
      const [low, high] = [offsetOf(behind), offsetOf(best)]
      if (!(low + 10_000 < high)) throw notYet(`${sentinel.name} sees the offsets ${low} and ${high}`)
    }
  }, { everyMs: 250 })
}
