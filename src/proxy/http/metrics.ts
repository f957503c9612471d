/** The metrics of a proxy, in the text format of Prometheus, version 0.0.4. */
import { LATENCY_BOUNDS } from '../multiplex/latency.ts'
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
  /** Requests and latency by the role of the node; undefined in pipe mode, which does not look at requests. */
  readonly counts?: Readonly<Record<Role, RoleCounts>> | undefined
}

type Labels = Readonly<Record<string, string>>

/** A number, and the labels of its series; a number alone is a series without labels. */
type Sample = number | readonly [Labels, number]

/** The whole answer to `/metrics`. */
export function metricsText(facts: ProxyFacts): string {
  const { counters, traffic, sentinels } = facts
  return [
    family('gauge', 'ts_sentinel_proxy_info', 'The proxy: always 1.', [{ version: facts.version, master: facts.masterName, mode: facts.mode }, 1]),
    family('gauge', 'ts_sentinel_proxy_clients', 'Connected clients.', facts.clients),
    family('gauge', 'ts_sentinel_proxy_clients_max', 'Limit of connected clients (max-clients).', facts.maxClients),
    family('gauge', 'ts_sentinel_proxy_waiting_clients', 'Clients that wait for a node.', facts.waiting),
    family('counter', 'ts_sentinel_proxy_connections_accepted_total', 'Connections of clients, refused ones included.', counters.accepted),
    family('gauge', 'ts_sentinel_proxy_upstreams', 'Open connections to nodes.',
      ...facts.upstreams.map(({ node, role, connections }): Sample => [{ node, role }, connections])),
    family('counter', 'ts_sentinel_proxy_upstream_failures_total', 'Attempts to connect to a node that failed.', counters.connectFailures),
    family('counter', 'ts_sentinel_proxy_bytes_total', 'Bytes passed on.',
      [{ direction: 'from_clients' }, traffic.fromClients], [{ direction: 'from_nodes' }, traffic.fromNodes]),
    family('counter', 'ts_sentinel_proxy_switches_total', 'Changes of the master.', counters.switches),
    family('counter', 'ts_sentinel_proxy_cut_connections_total', 'Connections cut because their node lost its role.',
      ...Object.entries(counters.cut).map(([reason, value]): Sample => [{ reason }, value])),
    family('counter', 'ts_sentinel_proxy_refused_total', 'Clients refused.',
      ...Object.entries(counters.refused).map(([reason, value]): Sample => [{ reason }, value])),
    facts.counts === undefined ? '' : commandFamilies(facts.counts),
    family('gauge', 'ts_sentinel_proxy_master_known', 'Whether the address of the master is known.', Number(sentinels.master !== undefined)),
    family('gauge', 'ts_sentinel_proxy_master_reachable', 'Whether the master answered the last question.', Number(sentinels.isMasterReachable)),
    family('gauge', 'ts_sentinel_proxy_replicas', 'Replicas that serve reads.', facts.replicas),
    family('gauge', 'ts_sentinel_proxy_sentinels', 'Configured sentinels.', sentinels.configured),
    family('gauge', 'ts_sentinel_proxy_sentinels_reachable', 'Sentinels that answer.', sentinels.reachable),
    family('gauge', 'ts_sentinel_proxy_minority', 'Whether new clients are refused, because too few sentinels answer.', Number(facts.isMinority)),
    family('gauge', 'process_resident_memory_bytes', 'Resident memory of the process.', process.memoryUsage.rss()),
    family('counter', 'process_cpu_seconds_total', 'Processor time of the process.', cpuSeconds()),
  ].join('')
}

/** Kinds of requests as operators know them. */
const KIND_NAMES: Readonly<Record<RunKind, string>> = {
  read: 'read', write: 'write', blocking: 'blocking', pinned: 'transaction',
}

function commandFamilies(counts: Readonly<Record<Role, RoleCounts>>): string {
  const roles = [['master', counts.master], ['replica', counts.replica]] as const
  const kinds = Object.entries(KIND_NAMES) as [RunKind, string][]
  return family('counter', 'ts_sentinel_proxy_commands_total', 'Commands sent to nodes.', ...roles.flatMap(([target, { commands }]) => (
    kinds.map(([kind, name]): Sample => [{ kind: name, target }, commands[kind]])
  ))) + latencyFamily('ts_sentinel_proxy_upstream_latency_seconds', roles)
}

/** A histogram: its buckets count everything up to their bound. */
function latencyFamily(name: string, roles: readonly (readonly [Role, RoleCounts])[]): string {
  const lines = roles.flatMap(([target, { latency: { counts, sumSeconds } }]) => {
    let total = 0
    const buckets = counts.map((value, at) => {
      total += value
      const le = at < LATENCY_BOUNDS.length ? String(LATENCY_BOUNDS[at]) : '+Inf'
      return `${name}_bucket${labelText({ target, le })} ${total}\n`
    })
    const labels = labelText({ target })
    return [...buckets, `${name}_sum${labels} ${sumSeconds}\n`, `${name}_count${labels} ${total}\n`]
  })
  return `# HELP ${name} Time until a node answers.\n# TYPE ${name} histogram\n${lines.join('')}`
}

function cpuSeconds(): number {
  const { user, system } = process.cpuUsage()
  return (user + system) / 1_000_000
}

/** A family without samples is left out, as client libraries of Prometheus do. */
function family(type: 'gauge' | 'counter', name: string, help: string, ...samples: readonly Sample[]): string {
  if (samples.length === 0) return ''
  const lines = samples.map((sample) => typeof sample === 'number'
    ? `${name} ${sample}\n` : `${name}${labelText(sample[0])} ${sample[1]}\n`)
  return `# HELP ${name} ${help}\n# TYPE ${name} ${type}\n${lines.join('')}`
}

function labelText(labels: Labels): string {
  const pairs = Object.entries(labels).map(([name, value]) => `${name}="${escaped(value)}"`)
  return `{${pairs.join(',')}}`
}

/** The name of a master may have any characters. */
function escaped(value: string): string {
  return value.replace(/[\\"\n]/g, (character) => character === '\n' ? '\\n' : `\\${character}`)
}
