/** `/fleet`, `/fleet/<master>` and `status --json`: what all sentinels say, and where they differ. */
import type { EpochJson, FindingJson, Milliseconds, SchemaVersion, Status, TimeJson } from './values.ts'
import type { QuorumJson, ReplicaJson } from './masters.ts'

/** The answer to `/fleet`. `status --json` prints the same. */
export interface StatusDocument {
  readonly schemaVersion: SchemaVersion
  readonly time: TimeJson
  /** The sentinel that was asked, first, and the sentinels that it knows. */
  readonly sentinels: readonly FleetSentinelJson[]
  /** The masters that this sentinel monitors, in the order of their names. */
  readonly masters: readonly FleetMasterJson[]
}

/** The answer to `/fleet/<master>`: one master and its sentinels. */
export interface FleetMasterDocument {
  readonly schemaVersion: SchemaVersion
  readonly time: TimeJson
  readonly sentinels: readonly FleetSentinelJson[]
  readonly master: FleetMasterJson
}

/** `ts-sentinel`: this program. `older`: this program without findings. `original`: redis-sentinel, which says less. */
export type SentinelKind = 'ts-sentinel' | 'older' | 'original'

export interface FleetSentinelJson {
  readonly address: string
  /** Null when the sentinel did not say it. */
  readonly id: string | null
  /** The sentinel that was asked first. */
  readonly isSelf: boolean
  readonly answers: boolean
  /** Why it did not answer; null when it did. */
  readonly problem: string | null
  /** Null when it did not answer. */
  readonly kind: SentinelKind | null
  /** The release of ts-sentinel, or of Redis for an original sentinel; null when it did not answer. */
  readonly version: string | null
  /** URL of its dashboard; null when it has none that others can open. */
  readonly page: string | null
  readonly tilt: boolean | null
  /** For how long it stays in TILT; null when it is not in TILT, or did not answer. */
  readonly tiltLeftMs: Milliseconds | null
  /** How old the answer is. */
  readonly ageMs: Milliseconds
}

export interface FleetMasterJson {
  readonly name: string
  /** The address with the highest configuration epoch. */
  readonly address: string
  readonly configEpoch: EpochJson
  /** What is wrong, as far as all sentinels together know it, the cause first. */
  readonly findings: readonly FindingJson[]
  /** Whether all sentinels that answer name the same address. */
  readonly agreed: boolean
  /** The addresses that sentinels name, the one with the highest configuration epoch first. */
  readonly addresses: readonly FleetAddressJson[]
  /** What each sentinel says, in the order of `sentinels`; those that do not answer are left out. */
  readonly views: readonly FleetViewJson[]
  /** Only in `status --json`. */
  readonly replicaList?: readonly ReplicaJson[]
}

export interface FleetAddressJson {
  readonly address: string
  readonly configEpoch: EpochJson
  /** Addresses of the sentinels that name it. */
  readonly sentinels: readonly string[]
}

/** What one sentinel says about a master. */
export interface FleetViewJson {
  /** Address of the sentinel. */
  readonly sentinel: string
  readonly address: string
  readonly configEpoch: EpochJson
  readonly status: Status
  readonly flags: readonly string[]
  /** Phase of a failover that it leads; null when there is none. */
  readonly failover: string | null
  /**
   * Epoch of that failover. Where two sentinels lead for a moment, the higher one is current. Null when there is none,
   * and for sentinels that do not report it (redis-sentinel, older releases).
   */
  readonly failoverEpoch: EpochJson | null
  /** How many it knows. */
  readonly replicas: number
  /** How many it knows, itself included. */
  readonly sentinels: number
  /** Null when it does not say it (releases without SENTINEL CKQUORUM). */
  readonly quorum: Pick<QuorumJson, 'ok' | 'message'> | null
  /** How long ago the master answered it. */
  readonly lastPingReplyMs: Milliseconds | null
  /** What it says is wrong; empty for sentinels that say no findings. */
  readonly findings: readonly FindingJson[]
}
