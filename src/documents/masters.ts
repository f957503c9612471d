/** `/masters` and `/masters/<name>`: what one sentinel sees. */
import type { EpochJson, FindingJson, Milliseconds, SchemaVersion, Status, TimeJson } from './values.ts'
import type { FailoverJson } from './failovers.ts'

export interface Counts {
  readonly total: number
  readonly ok: number
}

/** The result of SENTINEL CKQUORUM. */
export interface QuorumJson {
  readonly usable: number
  readonly quorum: number
  readonly majority: number
  readonly ok: boolean
  readonly message: string
}

/** The answer to `/masters`. */
export interface MastersDocument {
  readonly schemaVersion: SchemaVersion
  readonly sentinel: ThisSentinelJson
  readonly masters: readonly MasterJson[]
}

/** The sentinel that answers. */
export interface ThisSentinelJson {
  readonly id: string
  /** The release of ts-sentinel. */
  readonly version: string
  readonly tilt: boolean
  readonly currentEpoch: EpochJson
  readonly uptimeMs: Milliseconds
  readonly time: TimeJson
  /** Whether POST requests can act (docs/hardening.md#http). */
  readonly actions: boolean
  /** What is wrong with this sentinel. */
  readonly findings: readonly FindingJson[]
}

export interface MasterJson {
  readonly name: string
  readonly address: string
  readonly status: Status
  /** Phase of a failover that this sentinel leads; null when there is none. */
  readonly failover: string | null
  readonly quorum: QuorumJson
  readonly replicas: Counts
  /** Sentinels including this one. */
  readonly sentinels: Counts
  readonly configEpoch: EpochJson
  /** The pause of failovers on this sentinel; null when there is none. */
  readonly paused: PauseJson | null
  /** The coordinated failover that is scheduled; null when there is none. */
  readonly scheduled: ScheduleJson | null
  /** What is wrong with the master, its nodes or its sentinels, the cause first. */
  readonly findings: readonly FindingJson[]
}

export interface ScheduleJson {
  readonly at: TimeJson
  readonly leftMs: Milliseconds
  /** Address of the replica that shall become the master; null: the best one. */
  readonly to: string | null
}

/** What is known of the pauses of failovers of a master, as of the last answers of the other sentinels. */
export interface PauseJson {
  readonly until: TimeJson
  readonly leftMs: Milliseconds
  readonly reason: string | null
  /** Sentinels that hold failovers back, all sentinels, and how many must hold them back. */
  readonly paused: number
  readonly known: number
  readonly needed: number
  /** No failover is possible while these pauses last. */
  readonly effective: boolean
}

/** The answer to `/masters/<name>`. */
export interface MasterDocument extends MasterDetailsJson {
  readonly schemaVersion: SchemaVersion
}

export interface MasterDetailsJson extends MasterJson {
  readonly runId: string
  readonly flags: readonly string[]
  /** How long the master has been subjectively down; null when it is up. */
  readonly downMs: Milliseconds | null
  readonly lastPingReplyMs: Milliseconds
  readonly settings: {
    readonly quorum: number
    readonly downAfterMs: Milliseconds
    readonly failoverTimeoutMs: Milliseconds
    readonly parallelSyncs: number
  }
  readonly replicaList: readonly ReplicaJson[]
  /** The sentinels, this one first. */
  readonly sentinelList: readonly SentinelJson[]
  /** The failovers, oldest first. */
  readonly failovers: readonly FailoverJson[]
}

export interface InstanceJson {
  readonly name: string
  readonly address: string
  readonly runId: string
  readonly status: Status
  /** Flags of protocol.md 2.3. */
  readonly flags: readonly string[]
  readonly downMs: Milliseconds | null
  readonly lastPingReplyMs: Milliseconds
}

export interface ReplicaJson extends InstanceJson {
  readonly replicationLinkUp: boolean
  /** How long its connection to its master has been down; null when it has had none since its start. */
  readonly replicationLinkDownMs: Milliseconds | null
  /** Address of its master; null until the replica has reported it. */
  readonly replicatesFrom: string | null
  readonly role: 'master' | 'slave'
  /** 0: the replica is never promoted. */
  readonly priority: number
  /** Decimal digits, because offsets may be too large for a number of JavaScript. */
  readonly offset: string
  /** Bytes of the replication stream that it lacked in its last INFO; null where they cannot be compared. */
  readonly lagBytes: number | null
  readonly infoAgeMs: Milliseconds
}

export type SentinelJson = OwnSentinelJson | PeerJson

/** The sentinel that sends the answer. */
export interface OwnSentinelJson {
  readonly isSelf: true
  /** The id of the sentinel. */
  readonly name: string
  readonly status: 'ok'
  readonly flags: readonly string[]
}

export interface PeerJson extends InstanceJson {
  readonly isSelf: false
  readonly lastHelloMs: Milliseconds
  /** Address of the master in its last hello message; null before the first. */
  readonly seesMaster: string | null
  /** Whether it is up and announces another master than this sentinel. */
  readonly disagrees: boolean
  /** For how long it has announced another master; null where that has not lasted for 10 s. */
  readonly disagreesMs: Milliseconds | null
  readonly votedFor: string | null
  readonly votedEpoch: EpochJson
}
