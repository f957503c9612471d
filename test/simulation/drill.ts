/**
 * The last act of every run: on a deployment at rest the master dies. It must be replaced in time, and on a local
 * network with quick disks in the first round of the election.
 */
import { isLossForOperator, type Cluster, type SentinelNode, type TraceLine } from '../simulator/index.ts'
import type { Plan } from './plan.ts'
import { forgetLeftovers } from './watch-again.ts'

/** Past down-after, on any network of a plan, with any of its disks. */
const REPLACED_WITHIN_MS = 6000

/** What went wrong, if anything. */
export async function drill(cluster: Cluster, plan: Plan): Promise<string[]> {
  const problems: string[] = []
  forgetLeftovers(cluster)
  // Attempts of the past block nobody any more.
  await cluster.runFor(longestBlockMs(cluster))
  for (const { name } of cluster.groups) {
    const problem = await loseMaster(cluster, name, plan)
    if (problem !== undefined) problems.push(problem)
  }
  return problems
}

async function loseMaster(cluster: Cluster, group: string, plan: Plan): Promise<string | undefined> {
  const host = cluster.sentinels[0]?.view?.clientAddress(group)?.host ?? ''
  const master = cluster.nodeAt(host)
  if (master === undefined || awaitsOperator(cluster, group) || !hasHeir(cluster, group)) return undefined
  const before = cluster.trace.lines.length
  cluster.observers.disturbed(`drill: ${master.name} dies`)
  master.kill()
  const isReplaced = () => cluster.sentinels.every(({ view }) => {
    const address = view?.clientAddress(group)
    return address !== undefined && address.host !== host
  })
  const within = downAfterMs(cluster, group) + REPLACED_WITHIN_MS
  if (!await cluster.reaches(isReplaced, within, { everyMs: 50 })) return `${master.name} is not replaced within ${within} ms`
  if (!isQuick(plan) || !isEven(cluster, group)) return undefined
  if (isElectedInFirstRound(cluster.trace.lines.slice(before))) return undefined
  return `the election about ${master.name} took more than one round`
}

/** No election ended without a leader before the attempt of the one that was elected. A rival may lose beside it. */
function isElectedInFirstRound(lines: readonly TraceLine[]): boolean {
  const elected = lines.findIndex(({ event }) => event?.name === '+elected-leader')
  const leader = lines[elected]?.who
  const tried = lines.slice(0, elected + 1).findLastIndex(({ who, event }) => who === leader && event?.name === '+try-failover')
  const lost = lines.findIndex(({ event }) => event?.name === '-failover-abort-not-elected')
  return lost < 0 || tried < lost
}

/** Sentinels still take the master for one that lost its data. */
function awaitsOperator(cluster: Cluster, name: string): boolean {
  const group = cluster.groups.find((one) => one.name === name)
  return group !== undefined && isLossForOperator(cluster, group, { hasForgotten: true })
}

/** Somebody can follow, in the eyes of everybody, and belongs to the deployment still. */
function hasHeir(cluster: Cluster, group: string): boolean {
  return cluster.sentinels.every((sentinel) => (
    sentinel.view?.replicas(group, sentinel.now()).some(({ name, host, priority, flags, masterLinkUp, isForeign }) => (
      priority !== 0 && flags.length === 1 && masterLinkUp && !isForeign && !isExcluded(sentinel, name, group)
      && cluster.nodeAt(host)?.dataset.origin === group
    )) === true
  ))
}

/** By its zone; or it may lack too much of what the master writes until it dies. */
function isExcluded(sentinel: SentinelNode, replica: string, group: string): boolean {
  const { neverPromoteIn, maxLagBytes, isLagStrict } = sentinel.protection.placement
  const zone = sentinel.view?.explain(group, sentinel.now())?.replicas.find(({ name }) => name === replica)?.zone
  return (maxLagBytes !== undefined && isLagStrict) || neverPromoteIn.includes(zone ?? '')
}

function downAfterMs(cluster: Cluster, group: string): number {
  return Math.max(...cluster.sentinels.map((sentinel) => (
    sentinel.view?.master(group, sentinel.now())?.downAfterMs ?? 0
  )))
}

function longestBlockMs(cluster: Cluster): number {
  const timeouts = cluster.sentinels.flatMap((sentinel) => cluster.groups.map(({ name }) => (
    sentinel.view?.master(name, sentinel.now())?.settings.failoverTimeoutMs ?? 0
  )))
  return 2 * Math.max(...timeouts) + 2000
}

/**
 * Where more than the majority must agree, or some look longer than others, the first in turn may learn of it later
 * than the second one's turn comes.
 */
function isEven(cluster: Cluster, group: string): boolean {
  const majority = Math.floor(cluster.sentinels.length / 2) + 1
  const views = cluster.sentinels.map((sentinel) => sentinel.view?.master(group, sentinel.now()))
  const patience = new Set(views.map((view) => view?.downAfterMs))
  return patience.size === 1 && views.every((view) => (view?.settings.quorum ?? 1) <= majority)
}

function isQuick({ cluster: { delay, disk } }: Plan): boolean {
  return (delay?.min ?? 0) + (delay?.jitter ?? 0) <= 300 && (disk?.writeMin ?? 0) + (disk?.writeJitter ?? 0) <= 2000
}
