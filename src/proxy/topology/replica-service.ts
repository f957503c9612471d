/** Which replicas serve reads, by the answers of the sentinels and the lag that the master reports. Pure. */
import { hostAndPort } from '../../text/index.ts'
import type { NodeAddress } from './topology.ts'

/** What a sentinel reports about a replica. */
export interface ReplicaReport {
  readonly address: NodeAddress
  /** The flags of SENTINEL REPLICAS. */
  readonly flags: readonly string[]
  /** Whether the link to the master is up, as the replica last reported. */
  readonly isLinkUp: boolean
  /** Milliseconds for which it has been down. */
  readonly linkDownMs: number
}

export interface ServiceRules {
  /**
   * Replicas that serve reads at present, by `host:port`: they stay during short breaks, which are part of every
   * failover.
   */
  readonly serving: ReadonlySet<string>
  /** Milliseconds for which the link of a serving replica may be down. */
  readonly linkDownMs: number
  /** Bytes that a replica may lack; undefined: any number. */
  readonly maxLagBytes: number | undefined
}

export interface ReplicaInService {
  readonly address: NodeAddress
  /** Why it does not serve reads; undefined: it does. */
  readonly obstacle: string | undefined
}

const DOWN_FLAGS: ReadonlySet<string> = new Set(['s_down', 'o_down'])

/**
 * Judges every replica that a sentinel reports. `reports` has one list for each sentinel that answered. A replica
 * serves reads when most of these sentinels report it without an obstacle, and its lag is small enough.
 *
 * @param lags bytes that each replica lacks, by `host:port`, as the master reports; undefined: not measured
 */
export function judgeReplicas(
  reports: readonly (readonly ReplicaReport[])[], lags: ReadonlyMap<string, number> | undefined, rules: ServiceRules,
): readonly ReplicaInService[] {
  const addresses = new Map(reports.flat().map(({ address }) => [keyOf(address), address]))
  return [...addresses].map(([key, address]) => ({
    address,
    obstacle: reportedObstacle(key, reports, rules) ?? lagObstacle(key, lags, rules),
  }))
}

function reportedObstacle(
  key: string, reports: readonly (readonly ReplicaReport[])[], rules: ServiceRules,
): string | undefined {
  const obstacles = reports.map((list) => {
    const report = list.find(({ address }) => keyOf(address) === key)
    return report === undefined ? 'not known to the sentinels' : obstacleOf(report, rules)
  })
  const good = obstacles.filter((obstacle) => obstacle === undefined).length
  return good * 2 > obstacles.length ? undefined : obstacles.find((obstacle) => obstacle !== undefined)
}

function obstacleOf({ address, flags, isLinkUp, linkDownMs }: ReplicaReport, rules: ServiceRules): string | undefined {
  if (flags.some((flag) => DOWN_FLAGS.has(flag))) return 'down'
  const isServing = rules.serving.has(keyOf(address))
  // After a failover a sentinel knows its replicas anew, and is not connected to them for a moment.
  if (flags.includes('disconnected') && !isServing) return 'not reached by the sentinels'
  return isLinkUp || (isServing && linkDownMs <= rules.linkDownMs) ? undefined : 'its link to the master is down'
}

function lagObstacle(
  key: string, lags: ReadonlyMap<string, number> | undefined, rules: ServiceRules,
): string | undefined {
  const { maxLagBytes, serving } = rules
  if (maxLagBytes === undefined || lags === undefined) return undefined
  const lag = lags.get(key)
  if (lag === undefined) return serving.has(key) ? undefined : 'the master does not list it'
  return lag > maxLagBytes ? `it lacks ${lag} bytes` : undefined
}

function keyOf({ host, port }: NodeAddress): string {
  return hostAndPort(host, port)
}
