/**
 * The JSON of HTTP answers, for the code that makes it and for the browser code of the dashboard. The browser code
 * compiles without Node and without the rest of the program, so this file has only types and no imports. Times are in
 * ISO 8601, durations in milliseconds, addresses as `10.0.0.1:6379` or `[::1]:6379`.
 */

/** A number, or its decimal digits when it is too large for a number of JavaScript. */
export type EpochJson = number | string

export type Status = 'ok' | 'sdown' | 'odown'

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
export interface OverviewJson {
  readonly sentinel: {
    readonly id: string
    readonly version: string
    readonly tilt: boolean
    readonly currentEpoch: EpochJson
    readonly uptimeMs: number
    readonly time: string
    /** Problems, as sentences for an operator. */
    readonly warnings: readonly string[]
  }
  readonly masters: readonly MasterJson[]
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
  /** Problems, as sentences for an operator. */
  readonly warnings: readonly string[]
}

/** The answer to `/masters/<name>`. */
export interface MasterDetailsJson extends MasterJson {
  readonly runId: string
  readonly flags: readonly string[]
  /** How long the master has been subjectively down; null when it is up. */
  readonly downMs: number | null
  readonly lastPingReplyMs: number
  readonly settings: {
    readonly quorum: number
    readonly downAfterMs: number
    readonly failoverTimeoutMs: number
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
  readonly downMs: number | null
  readonly lastPingReplyMs: number
}

export interface ReplicaJson extends InstanceJson {
  readonly replicationLinkUp: boolean
  readonly replicationLinkDownMs: number
  /** Address of its master; null until the replica has reported it. */
  readonly replicatesFrom: string | null
  readonly role: 'master' | 'slave'
  /** 0: the replica is never promoted. */
  readonly priority: number
  /** Decimal digits, because offsets may be too large for a number of JavaScript. */
  readonly offset: string
  readonly infoAgeMs: number
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
  readonly lastHelloMs: number
  /** Address of the master in its last hello message; null before the first. */
  readonly seesMaster: string | null
  /** Whether it is up and announces another master than this sentinel. */
  readonly disagrees: boolean
  readonly votedFor: string | null
  readonly votedEpoch: EpochJson
}

export type FailoverOutcome = 'running' | 'switched' | 'adopted' | 'aborted'

export interface FailoverJson {
  readonly role: 'leader' | 'follower'
  /** `adopted`: another sentinel led the failover, and this one accepted its configuration. */
  readonly outcome: FailoverOutcome
  /** Reason of an abort, such as `not-elected`; null when the failover was not aborted. */
  readonly reason: string | null
  readonly epoch: string | null
  readonly started: string
  /** Null while the failover runs. */
  readonly durationMs: number | null
  /** Addresses of the master before and after; null until the switch. */
  readonly from: string | null
  readonly to: string | null
  readonly phases: readonly PhaseJson[]
  /** It ended before this sentinel started. */
  readonly beforeRestart: boolean
}

export interface PhaseJson {
  /** Name of the event, such as `+odown`. */
  readonly name: string
  readonly sinceStartMs: number
}

/** The answer to `/masters/<name>/explain`: the fields of SENTINEL EXPLAIN, such as `answer` and `if-master-died`. */
export type ExplanationJson = Readonly<Record<string, string>>

/** One event of `/events`. The event determines which of the optional fields it has. */
export interface EventJson {
  /** Value for the header Last-Event-ID. */
  readonly id: string
  readonly time: string
  readonly level: 'debug' | 'verbose' | 'notice' | 'warning'
  /** Name of the event, such as `+switch-master`. */
  readonly event: string
  readonly master?: string
  /** Kind of the instance that the event is about. `name`, absent for a master, and `address` belong to it. */
  readonly subject?: 'master' | 'replica' | 'sentinel'
  readonly name?: string
  readonly address?: string
  readonly epoch?: string
  /** Id of the sentinel that was voted for. */
  readonly leader?: string
  /** Addresses of the master before and after. */
  readonly from?: string
  readonly to?: string
  /** Sentinels that agree and the quorum, such as `2/2`. */
  readonly agree?: string
  readonly reason?: string
  readonly detail?: string
  /** Text of the event, as subscribers get it. */
  readonly payload: string
}

/** The body of an error response. */
export interface ErrorJson {
  /** What is wrong and what to do. */
  readonly error: string
}
