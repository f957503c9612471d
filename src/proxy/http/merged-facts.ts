/** The facts of all worker processes as those of one proxy. Pure. */
import { Histogram } from '../../prometheus/index.ts'
import type { RoleCounts } from '../multiplex/upstreams.ts'
import type { Counters } from '../pipe/counters.ts'
import { countUpstreams } from '../pipe/sessions.ts'
import type { Role } from '../route/route.ts'
import type { SentinelFacts } from '../sentinels/sentinel-topology.ts'
import type { ProcessFacts, ProxyFacts } from './metrics.ts'

/**
 * `own`: of the process that watches the workers, which has no clients. The proxy is ready when every worker is; what
 * each of them sees for itself, such as a switch, is counted once.
 */
export function mergeFacts(own: ProxyFacts, workers: readonly ProxyFacts[]): ProxyFacts {
  const all = [own, ...workers]
  const [counts, ...more] = workers.flatMap((one) => one.counts ?? [])
  return {
    ...own,
    clients: total(all, ({ clients }) => clients),
    waiting: total(all, ({ waiting }) => waiting),
    counters: all.map(({ counters }) => counters).reduce(addCounters),
    traffic: {
      fromClients: total(all, ({ traffic }) => traffic.fromClients),
      fromNodes: total(all, ({ traffic }) => traffic.fromNodes),
    },
    upstreams: countUpstreams(all.flatMap(({ upstreams }) => upstreams)),
    replicas: Math.max(...all.map(({ replicas }) => replicas)),
    sentinels: workers.map(({ sentinels }) => sentinels).reduce(worse, workers[0]?.sentinels ?? own.sentinels),
    isMinority: workers.some(({ isMinority }) => isMinority),
    workers: total(workers, (one) => one.workers),
    process: all.map((one) => one.process).reduce(addProcesses),
    counts: counts === undefined ? undefined : more.reduce(addCounts, counts),
  }
}

function total(all: readonly ProxyFacts[], of: (facts: ProxyFacts) => number): number {
  return all.reduce((sum, facts) => sum + of(facts), 0)
}

function addCounters(one: Counters, other: Counters): Counters {
  return {
    accepted: one.accepted + other.accepted,
    switches: Math.max(one.switches, other.switches),
    refused: addEach(one.refused, other.refused),
    cut: addEach(one.cut, other.cut),
    connectFailures: one.connectFailures + other.connectFailures,
  }
}

function addEach<Key extends string>(
  one: Readonly<Record<Key, number>>, other: Readonly<Record<Key, number>>,
): Record<Key, number> {
  const sums: Record<Key, number> = { ...one }
  for (const key in other) sums[key] += other[key]
  return sums
}

/** What the worker sees that is worse off. */
function worse(one: SentinelFacts, other: SentinelFacts): SentinelFacts {
  if (one.master === undefined || other.master === undefined) return one.master === undefined ? one : other
  if (one.isMasterReachable !== other.isMasterReachable) return one.isMasterReachable ? other : one
  return one.reachable <= other.reachable ? one : other
}

function addProcesses(one: ProcessFacts, other: ProcessFacts): ProcessFacts {
  return { residentBytes: one.residentBytes + other.residentBytes, cpuSeconds: one.cpuSeconds + other.cpuSeconds }
}

type Counts = Readonly<Record<Role, RoleCounts>>

function addCounts(one: Counts, other: Counts): Counts {
  return { master: addRole(one.master, other.master), replica: addRole(one.replica, other.replica) }
}

function addRole(one: RoleCounts, other: RoleCounts): RoleCounts {
  const latency = new Histogram(one.latency.bounds)
  for (const { counts, sum, count } of [one.latency, other.latency]) {
    for (const [at, value] of counts.entries()) latency.counts[at] = (latency.counts[at] ?? 0) + value
    latency.sum += sum
    latency.count += count
  }
  return { commands: addEach(one.commands, other.commands), latency }
}
