import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { setTimeout as delay } from 'node:timers/promises'

import {
  clock, eventually, failoverTimes, killMaster, notYet, orderFailover, pauseMaster, sameAddress, withDeployment,
  type Deployment, type DeploymentOptions, type FaultPoint, type RedisProcess, type SentinelKind,
} from '../../src/harness/index.ts'
import { AddressPoller } from './address-poller.ts'
import type { Contender } from './figures.ts'

/** What begins the failover: SIGKILL, SIGTERM or SIGSTOP of the master, or `SENTINEL FAILOVER`. */
export type FaultKind = 'kill' | 'term' | 'stop' | 'manual'

/** Milliseconds since the fault; what does not happen in a manual failover is NaN there. */
export interface FailoverTimes {
  /** When the process of the master had ended: one that gets SIGTERM waits for its replicas. NaN for other faults. */
  readonly ended: number
  readonly sdown: number
  readonly odown: number
  readonly elected: number
  readonly promoted: number
  readonly addressOnFirst: number
  readonly addressOnAll: number
  readonly switchOnAll: number
  readonly replicasSettled: number
  /** How many epochs it took: one for an election that succeeded at once. */
  readonly epochs: number
}

export interface RoundOptions {
  readonly sentinels: number
  readonly replicas: number
  readonly downAfterMs: number
  readonly fault: FaultKind
  /** Added to each direction between any two sentinels. */
  readonly delayMs: number
  /** crash-detection of ours; undefined: no ts-sentinel.ini. */
  readonly crashDetectionMs?: number | undefined
}

/** Hits the master of a fresh deployment and measures until everything stands right again. */
export async function measureFailover(contender: Contender, options: RoundOptions): Promise<FailoverTimes> {
  const deployed: DeploymentOptions = {
    replicas: options.replicas,
    downAfterMs: options.downAfterMs,
    sentinels: Array.from({ length: options.sentinels }, (_, at) => kindAt(contender, at)),
    network: options.delayMs > 0 ? 'relayed' : 'direct',
    folderPrefix: 'ts-sentinel-bench',
  }
  return withDeployment({ ...deployed, started: false }, async (deployment) => {
    if (options.crashDetectionMs !== undefined) writeSettings(deployment, options.crashDetectionMs)
    await deployment.start()
    await deployment.waitUntilFormed()
    delaySentinels(deployment, options.delayMs)
    const pollers = deployment.sentinels.map((sentinel) => new AddressPoller(sentinel, deployment.group.name))
    try {
      // PING goes out about once a second: a random moment makes the rounds hit different phases of it.
      await delay(500 + Math.random() * 1_000)
      return await measureFault(deployment, pollers, options.fault)
    } finally {
      for (const poller of pollers) poller.stop()
    }
  })
}

function writeSettings({ sentinels }: Deployment, crashDetectionMs: number): void {
  for (const { configFile, kind } of sentinels) {
    if (kind !== 'ours') continue
    writeFileSync(join(dirname(configFile), 'ts-sentinel.ini'), `[protection]\ncrash-detection = ${crashDetectionMs}\n`)
  }
}

/** A mixed fleet of three is two of ours and a genuine one. */
function kindAt(contender: Contender, at: number): SentinelKind {
  if (contender !== 'mixed') return contender
  return at % 2 === 0 ? 'ours' : 'genuine'
}

function delaySentinels({ network, sentinels }: Deployment, delayMs: number): void {
  sentinels.forEach(({ name }, at) => {
    for (const other of sentinels.slice(at + 1)) network?.delay(name, other.name, delayMs)
  })
}

const FAULTS: Readonly<Record<FaultKind, (deployment: Deployment) => Promise<FaultPoint>>> = {
  kill: (deployment) => killMaster(deployment),
  term: (deployment) => endMaster(deployment),
  stop: (deployment) => pauseMaster(deployment),
  manual: (deployment) => orderFailover(deployment),
}

async function endMaster(deployment: Deployment): Promise<FaultPoint> {
  const node = await deployment.currentMaster()
  const { position } = deployment.timeline
  const { at } = deployment.timeline.mark(node.name, 'fault: SIGTERM to the master')
  await node.stop()
  return { node, at, position }
}

async function measureFault(
  deployment: Deployment, pollers: readonly AddressPoller[], kind: FaultKind,
): Promise<FailoverTimes> {
  const { timeline } = deployment
  const fault = await FAULTS[kind](deployment)
  const ended = kind === 'kill' || kind === 'term' ? clock() - fault.at : Number.NaN
  const after = fault.position
  // Nobody is asked before a replica has been promoted, when no address can have changed: asking costs processor time
  // that the failover needs.
  const promoted = timeline.waitFor({ event: '+promoted-slave', after }, 60_000)
  const settled = promoted.then(() => {
    for (const poller of pollers) poller.watch()
    return replicasSettled(deployment, fault)
  })
  await Promise.all(deployment.sentinels.map(({ name }) =>
    timeline.waitFor({ source: name, event: '+switch-master', after }, 60_000)))
  const changes = await eventually('all sentinels to give the new address', () => pollers.map((poller) => {
    if (poller.changedAt === undefined) throw notYet('one still gives the old address')
    return poller.changedAt
  }), { everyMs: 5 })
  const phases = failoverTimes(timeline, fault)
  const epochs = timeline.all({ event: '+new-epoch', after }).map(({ text }) => text)
  return {
    ended,
    sdown: phases.sdownMs ?? Number.NaN,
    odown: phases.odownMs ?? Number.NaN,
    elected: phases.electedMs ?? Number.NaN,
    promoted: phases.promotedMs ?? Number.NaN,
    addressOnFirst: Math.min(...changes) - fault.at,
    addressOnAll: Math.max(...changes) - fault.at,
    switchOnAll: phases.switchedOnAllMs ?? Number.NaN,
    replicasSettled: await settled - fault.at,
    epochs: new Set(epochs).size,
  }
}

/** The moment when one of the others is master and all the rest replicate from it. */
function replicasSettled({ nodes }: Deployment, fault: FaultPoint): Promise<number> {
  const others = nodes.filter((node) => node !== fault.node)
  return eventually('the replicas to follow the new master', () => allFollow(others), { timeoutMs: 60_000, everyMs: 10 })
}

/** @throws NotYet until they do */
async function allFollow(others: readonly RedisProcess[]): Promise<number> {
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
}
