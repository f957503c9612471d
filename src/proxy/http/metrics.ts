/** The metrics of a proxy, in the text format of Prometheus, version 0.0.4. */
import { MetricsText, type Labels, type Sample } from '../../prometheus/index.ts'
import type { RoleCounts } from '../multiplex/upstreams.ts'
import type { Counters } from '../pipe/counters.ts'
import type { Traffic, UpstreamCount } from '../pipe/sessions.ts'
import type { RunKind } from '../requests/run.ts'
import type { Role } from '../route/route.ts'
import type { Mode } from '../settings/settings.ts'
import type { SentinelFacts } from '../sentinels/sentinel-topology.ts'

/** Everything that the metrics show, at one moment. */
export interface ProxyFacts {
  readonly masterName: string
  readonly mode: Mode
  readonly clients: number
  readonly maxClients: number
  readonly waiting: number
  readonly counters: Counters
  readonly traffic: Traffic
  readonly upstreams: readonly UpstreamCount[]
  readonly replicas: number
  readonly sentinels: SentinelFacts
  /** Whether new clients are refused because too few sentinels answer. */
  readonly isMinority: boolean
  readonly version: string
  /** Processes that serve clients. */
  readonly workers: number
  readonly process: ProcessFacts
  /** Requests and latency by the role of the node; undefined in pipe mode, which does not look at requests. */
  readonly counts?: Readonly<Record<Role, RoleCounts>> | undefined
}

/** Of one process, or of all that belong to one proxy. */
export interface ProcessFacts {
  readonly residentBytes: number
  readonly cpuSeconds: number
}

/** The whole answer to `/metrics`. */
export function metricsText(facts: ProxyFacts): string {
  const { counters, traffic, sentinels } = facts
  const text = new MetricsText()
  text.gauge('ts_sentinel_proxy_info', 'The proxy: always 1.', sample({ version: facts.version, master: facts.masterName, mode: facts.mode }, 1))
  text.gauge('ts_sentinel_proxy_clients', 'Connected clients.', facts.clients)
  text.gauge('ts_sentinel_proxy_clients_max', 'Limit of connected clients (max-clients).', facts.maxClients)
  text.gauge('ts_sentinel_proxy_waiting_clients', 'Clients that wait for a node.', facts.waiting)
  text.counter('ts_sentinel_proxy_connections_accepted_total', 'Connections of clients, refused ones included.', counters.accepted)
  text.gauge('ts_sentinel_proxy_upstreams', 'Open connections to nodes.',
    ...facts.upstreams.map(({ node, role, connections }) => sample({ node, role }, connections)))
  text.counter('ts_sentinel_proxy_upstream_failures_total', 'Attempts to connect to a node that failed.', counters.connectFailures)
  text.counter('ts_sentinel_proxy_bytes_total', 'Bytes passed on.',
    sample({ direction: 'from_clients' }, traffic.fromClients), sample({ direction: 'from_nodes' }, traffic.fromNodes))
  text.counter('ts_sentinel_proxy_switches_total', 'Changes of the master.', counters.switches)
  text.counter('ts_sentinel_proxy_cut_connections_total', 'Connections cut because their node lost its role.', ...byReason(counters.cut))
  text.counter('ts_sentinel_proxy_refused_total', 'Clients refused.', ...byReason(counters.refused))
  if (facts.counts !== undefined) commandFamilies(text, facts.counts)
  text.gauge('ts_sentinel_proxy_master_known', 'Whether the address of the master is known.', Number(sentinels.master !== undefined))
  text.gauge('ts_sentinel_proxy_master_reachable', 'Whether the master answered the last question.', Number(sentinels.isMasterReachable))
  text.gauge('ts_sentinel_proxy_replicas', 'Replicas that serve reads.', facts.replicas)
  text.gauge('ts_sentinel_proxy_sentinels', 'Configured sentinels.', sentinels.configured)
  text.gauge('ts_sentinel_proxy_sentinels_reachable', 'Sentinels that answer.', sentinels.reachable)
  text.gauge('ts_sentinel_proxy_minority', 'Whether new clients are refused, because too few sentinels answer.', Number(facts.isMinority))
  text.gauge('ts_sentinel_proxy_workers', 'Processes that serve clients.', facts.workers)
  text.gauge('process_resident_memory_bytes', 'Resident memory of the process.', facts.process.residentBytes)
  text.counter('process_cpu_seconds_total', 'Processor time of the process.', facts.process.cpuSeconds)
  return text.text
}

/** Kinds of requests as operators know them. */
const KIND_NAMES: Readonly<Record<RunKind, string>> = {
  read: 'read', write: 'write', blocking: 'blocking', pinned: 'transaction',
}

function commandFamilies(text: MetricsText, counts: Readonly<Record<Role, RoleCounts>>): void {
  const roles = [['master', counts.master], ['replica', counts.replica]] as const
  const kinds = Object.entries(KIND_NAMES) as [RunKind, string][]
  text.counter('ts_sentinel_proxy_commands_total', 'Commands sent to nodes.', ...roles.flatMap(([target, { commands }]) => (
    kinds.map(([kind, name]) => sample({ kind: name, target }, commands[kind]))
  )))
  text.histogram('ts_sentinel_proxy_upstream_latency_seconds', 'Time until a node answers.',
    roles.map(([target, { latency }]) => ({ labels: { target }, histogram: latency })))
}

function byReason(counts: Readonly<Record<string, number>>): Sample[] {
  return Object.entries(counts).map(([reason, value]) => sample({ reason }, value))
}

function sample(labels: Labels, value: number): Sample {
  return { labels, value }
}

/** Of this process. */
export function processFacts(): ProcessFacts {
  const { user, system } = process.cpuUsage()
  return { residentBytes: process.memoryUsage.rss(), cpuSeconds: (user + system) / 1_000_000 }
}
