/** `/livez` and `/readyz`: the answers to probes. */
import type { SchemaVersion } from './values.ts'

/** The answer to `/livez`. */
export interface LivenessDocument {
  readonly schemaVersion: SchemaVersion
  readonly status: 'ok'
}

/** The answer to `/readyz`: ready with status 200, not ready with 503. */
export interface ReadinessDocument {
  readonly schemaVersion: SchemaVersion
  readonly status: 'ready' | 'not ready'
  /** Why the sentinel is not ready; absent when it is, and when the masters without a quorum are the reason. */
  readonly reason?: string
  readonly masters: readonly MasterReadinessJson[]
}

export interface MasterReadinessJson {
  readonly name: string
  /** Whether the sentinels can agree on a failover. */
  readonly ok: boolean
  /** The result of SENTINEL CKQUORUM. */
  readonly message: string
  /** What is wrong with the master; absent when nothing is. */
  readonly warning?: string
}
