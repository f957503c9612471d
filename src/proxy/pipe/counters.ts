/** What the proxy counts, for metrics. */

/** Why a client was refused. */
export type Refusal = 'max-clients' | 'minority' | 'no-node'

/** Why a connection to a node was cut. */
export type CutReason = 'master-changed' | 'replica-out'

export interface Counters {
  accepted: number
  /** Changes of the master, the first one not counted. */
  switches: number
  readonly refused: Record<Refusal, number>
  readonly cut: Record<CutReason, number>
  /** Attempts to connect to a node that failed. */
  connectFailures: number
}

export function newCounters(): Counters {
  return {
    accepted: 0, switches: 0, refused: { 'max-clients': 0, 'minority': 0, 'no-node': 0 },
    cut: { 'master-changed': 0, 'replica-out': 0 }, connectFailures: 0,
  }
}
