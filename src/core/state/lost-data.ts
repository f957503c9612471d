import type { Millis } from '../time.ts'

/** What a master held in the last INFO reply that showed it working with the data of its deployment. */
export interface AcceptedData {
  readonly runId: string
  /** Undefined where INFO did not say. */
  readonly hasKeys: boolean | undefined
}

/** A master that restarted without its data (docs/decisions/0049-empty-master.md). */
export interface LostData {
  /** The run id and the replication id of the empty server. */
  readonly runId: string
  readonly replid: string
  /** The master or a replica was seen with data before. */
  readonly hadData: boolean
  /** When INFO showed it. */
  readonly at: Millis
  /** Its offset then, or 0 where it certainly began there; copies of the lost data are beyond it. */
  readonly offset: bigint
  /**
   * `asked`: INFO of the replicas will show which of them have the data. `down`: at least one has, so the master counts
   * as down. `reported`: the settings want no failover. `no-copy`: no replica that answers has them.
   */
  readonly stage: 'asked' | 'down' | 'reported' | 'no-copy'
  /** When this stage began. */
  readonly since: Millis
}
