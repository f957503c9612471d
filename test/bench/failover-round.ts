import { setTimeout as delay } from 'node:timers/promises'

import {
  clock, eventually, killMaster, notYet, sameAddress, withDeployment,
  type Deployment, type DeploymentOptions, type RedisProcess, type SentinelKind,
} from '../../src/harness/index.ts'
import { AddressPoller } from './address-poller.ts'

/** Milliseconds since the kill. */
export interface FailoverTimes {
  readonly sdown: number
  readonly odown: number
  readonly elected: number
  readonly promoted: number
  readonly addressOnFirst: number
  readonly addressOnAll: number
  readonly switchOnAll: number
  readonly replicasSettled: number
}

/** Kills the master of a fresh deployment and measures until everything stands right again. */
export async function measureFailover(
  kind: SentinelKind,
  options: { readonly sentinels: number, readonly replicas: number, readonly downAfterMs: number },
): Promise<FailoverTimes> {
  const sentinels = Array.from({ length: options.sentinels }, () => kind)
  const deployed: DeploymentOptions = { ...options, sentinels, folderPrefix: 'ts-sentinel-bench' }
  return withDeployment(deployed, async (deployment) => {
    const pollers = deployment.sentinels.map((sentinel) => new AddressPoller(sentinel, deployment.group.name))
    try {
      // PING goes out about once a second: a random moment makes the rounds hit different phases of it.
      await delay(500 + Math.random() * 1_000)
      return await measureKill(deployment, pollers)
    } finally {
      for (const poller of pollers) poller.stop()
    }
  })
}

async function measureKill(deployment: Deployment, pollers: readonly AddressPoller[]): Promise<FailoverTimes> {
  const { timeline } = deployment
  const fault = await killMaster(deployment)
  const after = fault.position
  const settled = replicasSettled(deployment, fault.node)
  const switches = await Promise.all(deployment.sentinels.map(({ name }) =>
    timeline.waitFor({ source: name, event: '+switch-master', after }, 60_000)))
  const changes = await eventually('all sentinels to give the new address', () => pollers.map((poller) => {
    if (poller.changedAt === undefined) throw notYet('one still gives the old address')
    return poller.changedAt
  }), { everyMs: 5 })
  const firstOf = (event: string): number => (timeline.first({ event, after })?.at ?? Number.NaN) - fault.at
  return {
    sdown: firstOf('+sdown'),
    odown: firstOf('+odown'),
    elected: firstOf('+elected-leader'),
    promoted: firstOf('+promoted-slave'),
    addressOnFirst: Math.min(...changes) - fault.at,
    addressOnAll: Math.max(...changes) - fault.at,
    switchOnAll: Math.max(...switches.map(({ at }) => at)) - fault.at,
    replicasSettled: await settled - fault.at,
  }
}

/** The moment when one of the others is master and all the rest replicate from it. */
async function replicasSettled(deployment: Deployment, killed: RedisProcess): Promise<number> {
  const others = deployment.nodes.filter((node) => node !== killed)
  return eventually('the replicas to follow the new master', async () => {
    const facts = await Promise.all(others.map((node) => node.replication()))
    const at = clock()
    const masterAt = facts.findIndex(({ role }) => role === 'master')
    const master = others[masterAt]
    if (master === undefined) throw notYet('there is no master')
    facts.forEach((fact, index) => {
      if (index === masterAt) return
      if (!sameAddress(fact.master, master.address)) throw notYet(`${others[index]?.name} follows another`)
      if (!fact.linkUp) throw notYet(`the master link of ${others[index]?.name} is down`)
    })
    return at
  }, { timeoutMs: 60_000, everyMs: 4 })
}
