import type { QuorumCheck } from '../detection/quorum.ts'
import type { LostDataOutcome } from '../event.ts'
import type { SimulatedFailure } from '../operation.ts'
import type { Tunable } from '../tunables.ts'
import type { Globals } from '../state/durable.ts'
import type { Epoch } from '../state/ids.ts'
import type { ShownSettings } from '../state/settings.ts'
import type { Millis, Now } from '../time.ts'
import type { MasterExplanation } from './explanation.ts'
import type { ScheduleView } from './schedule-view.ts'
import type { PauseView } from './pause-view.ts'
import type { ForgottenView } from './forgotten-view.ts'
import type { WitnessedView } from './witnessed-view.ts'

/**
 * Read-only queries to the core. They need no step. Every `…Ms` is an age or a duration in milliseconds at `now`. Hosts
 * are in announce form (behaviour.md 1.6). Field meanings: protocol.md 2.2 and 2.3.
 */
export interface SentinelView {
  readonly myId: string
  readonly currentEpoch: Epoch
  /** Grows when the state may have changed. At the same time and revision every question has the same answer. */
  readonly revision: number
  masterNames(): readonly string[]
  hasMaster(name: string): boolean
  master(name: string, now: Now): MasterView | undefined
  /** All replicas, unannounced ones included. */
  replicas(name: string, now: Now): readonly ReplicaView[]
  peers(name: string, now: Now): readonly PeerView[]
  /**
   * The master's address for clients: the promoted replica as soon as its promotion is confirmed (behaviour.md 1.6.6).
   */
  clientAddress(name: string): ClientAddress | undefined
  infoCache(name: string, now: Now): readonly InfoCacheEntry[]
  quorumCheck(name: string): QuorumCheck | undefined
  /** Why a failover happens now or does not. */
  explain(name: string, now: Now): MasterExplanation | undefined
  summary(now: Now): SentinelSummary
  /** What sentinel.conf holds: an outside password is not part of it. */
  globals(): Globals
  /** Whether the password for peers, or for the data nodes of a master, is not that of sentinel.conf. */
  isPasswordOutside(of: 'peers' | { readonly master: string }): boolean
  /** The words after AUTH toward other sentinels, secrets included; undefined where none is needed. */
  peerLogin(): readonly string[] | undefined
  tunable(name: Tunable): Millis
}

export interface ClientAddress {
  readonly host: string
  readonly port: number
  /** Number of the save after which the answer may be given (behaviour.md 11.4 P5). */
  readonly durableFrom: number
}

export interface InstanceView {
  readonly name: string
  readonly host: string
  readonly port: number
  readonly runId: string
  /** Words in the order of protocol.md 2.3. */
  readonly flags: readonly string[]
  readonly pendingCommands: number
  readonly linkRefcount: number
  readonly lastPingSentMs: Millis
  readonly lastOkPingReplyMs: Millis
  readonly lastPingReplyMs: Millis
  /** Present only while the instance is SDOWN. */
  readonly sdownMs?: Millis
  readonly downAfterMs: Millis
}

export interface DataNodeView extends InstanceView {
  /** 0 = never. */
  readonly infoRefreshMs: Millis
  readonly roleReported: 'master' | 'slave'
  readonly roleReportedMs: Millis
}

/** A watched master, as SENTINEL MASTER shows it. */
export interface MasterView extends DataNodeView {
  readonly odownMs?: Millis
  /** Since INFO last showed it as a master; only while it reports to be a replica, or after RESET kept its replicas. */
  readonly shownAsMasterMs?: Millis
  /** It restarted without its data, and this is what follows; otherwise undefined. */
  readonly lostData?: LostDataOutcome
  /** Present and true while it is down because its process has ended. */
  readonly hasCrashed?: boolean
  /** Present only while SDOWN is withheld. */
  readonly witnessed?: WitnessedView
  /** Present only while failovers are paused here. */
  readonly pause?: PauseView
  /** Present only where replicas or sentinels were forgotten and stay away. */
  readonly forgotten?: readonly ForgottenView[]
  /** Present only while a failover is scheduled here. */
  readonly schedule?: ScheduleView
  /** Wire name of the state; present only during a failover. */
  readonly failoverState?: string
  readonly configEpoch: Epoch
  readonly replicaCount: number
  readonly otherSentinelCount: number
  readonly settings: ShownSettings
}

/** A replica of a master, as SENTINEL REPLICAS shows it. */
export interface ReplicaView extends DataNodeView {
  readonly masterLinkDownMs: Millis
  readonly masterLinkUp: boolean
  /** Undefined before the first INFO. */
  readonly masterHost: string | undefined
  readonly masterPort: number
  readonly priority: number
  readonly offset: bigint
  /** Bytes of the replication stream that it lacked in its last INFO; undefined = they cannot be compared. */
  readonly lagBytes: number | undefined
  readonly announced: boolean
  /** It certainly holds another deployment's data. */
  readonly isForeign: boolean
}

/** Another sentinel of a master, as SENTINEL SENTINELS shows it. */
export interface PeerView extends InstanceView {
  readonly lastHelloMs: Millis
  readonly votedLeader: string | undefined
  readonly votedLeaderEpoch: Epoch
  /**
   * The master's address in the last hello of the peer, and whether we have the same; undefined before the first hello.
   */
  readonly announcedMaster?: {
    readonly host: string
    readonly port: number
    readonly configEpoch: Epoch
    readonly agrees: boolean
  }
  /** For how long it has disagreed; only where that was reported. */
  readonly disagreesMs?: Millis
}

export interface InfoCacheEntry {
  readonly ageMs: number
  readonly text: string | undefined
}

export interface SentinelSummary {
  readonly tilt: boolean
  /** Undefined when not in TILT. */
  readonly tiltMs: Millis | undefined
  readonly simulatedFailure: SimulatedFailure
  readonly masters: readonly {
    readonly name: string
    readonly status: 'ok' | 'sdown' | 'odown'
    readonly host: string
    readonly port: number
    readonly replicas: number
    /** Including this one. */
    readonly sentinels: number
  }[]
}
