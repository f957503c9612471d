import type { LostDataOutcome, TiltCause } from '../event.ts'
import type { Precedence } from '../failover/selection.ts'
import type { Ineligible, LastResort } from '../state/verdict.ts'
import type { Endpoint } from '../state/address.ts'
import type { Phase } from '../state/failover.ts'
import type { Epoch } from '../state/ids.ts'
import type { RefusedPurpose } from '../state/link.ts'
import type { LostElection } from '../state/master.ts'
import type { Millis } from '../time.ts'
import type { ScheduleView } from './schedule-view.ts'
import type { PauseView } from './pause-view.ts'
import type { ForgottenView } from './forgotten-view.ts'
import type { OwnFacts } from './own-facts.ts'
import type { WitnessedView } from './witnessed-view.ts'

export interface NodeExplanation {
  readonly host: string
  readonly port: number
  readonly sdown: boolean
  /** For how long it has been down; undefined when it is up. */
  readonly downMs?: Millis | undefined
  /** For how long it has not answered, where an answer is late and it does not count as down. */
  readonly silentMs?: Millis | undefined
  /** Age of its last valid answer to PING. */
  readonly validReplyMs?: Millis
  readonly refusals: readonly RefusalView[]
  readonly lastFailure: FailureView | undefined
  /** Whether all connections that it needs exist or are being opened. */
  readonly isConnected?: boolean
  /** Why its host name could not be looked up the last time. */
  readonly nameFailure?: string | undefined
  /** Its host name, where names are resolved. */
  readonly hostName?: string | undefined
  /** Whether an address of it is known, be it an older one. */
  readonly hasAddress?: boolean
  /** Release of a data node, from INFO. */
  readonly version?: string | undefined
}

/**
 * Why a failover of one master happens now or does not, as data. Every `…Ms` is an age or a duration in milliseconds at
 * the moment of the query. src/explain turns it into text.
 */
export interface MasterExplanation extends NodeExplanation {
  readonly name: string
  readonly odown: boolean
  /** Why it counts as down before down-after: its process has ended. */
  readonly crash: CrashView | undefined
  /** `running`: this sentinel leads a failover. `due`: one starts at once, or at this sentinel's turn. */
  readonly failover: 'no' | 'due' | 'running'
  /** The conditions that prevent a failover now, or the present step of a running one; the decisive one first. */
  readonly reasons: readonly Obstacle[]
  /**
   * The conditions that would prevent a failover if the master failed now; undefined when it is down or a failover
   * runs.
   */
  readonly ifMasterDied: readonly Obstacle[] | undefined
  readonly votes: VoteCount
  readonly sentinels: readonly SentinelExplanation[]
  /** `addr:port` of the replica that is promoted, or that would be. */
  readonly candidate: string | undefined
  /** The best replica first, the excluded ones last. */
  readonly replicas: readonly ReplicaExplanation[]
  /** For how long the last attempt prevents another one of this sentinel; 0 = it does not. */
  readonly nextAttemptMs: Millis
  readonly currentEpoch: Epoch
  /** The votes when this sentinel last lost an election, if it was not elected after that. */
  readonly lostElection: LostElectionView | undefined
  readonly problems: readonly Problem[]
  /** The pause of failovers here; undefined when there is none. */
  readonly pause: PauseView | undefined
  /** Present only where replicas or sentinels were forgotten and stay away. */
  readonly forgotten?: readonly ForgottenView[]
  readonly schedule?: ScheduleView | undefined
  /** The result of this sentinel's last selection, if it made one since the last switch. */
  readonly lastSelection: SelectionView | undefined
  /** Undefined for an original sentinel: no reply of it has them. */
  readonly own?: OwnFacts
}

/** `lost` of `reachable` replicas had lost the master too; `refusals` attempts to connect were refused. */
export interface CrashView {
  readonly ageMs: Millis
  readonly refusals: number
  readonly reachable: number
  readonly lost: number
}

/** A mistake of the deployment that a sentinel noticed. Addresses are `addr:port`. */
export type Problem =
  /** `dropped` is another address of the server at `kept`, so it is no replica of its own. */
  | { readonly kind: 'same-server', readonly dropped: string, readonly kept: string }
  /** Several sentinels have this id; `isOwn`: it is the id of the one that was asked. */
  | { readonly kind: 'same-id', readonly id: string, readonly isOwn: boolean, readonly addresses: readonly string[] }
  /** More than one server answers at this address. */
  | { readonly kind: 'shared-address', readonly address: string }
  /**
   * The master restarted without its data. `outcome`: a failover shall save them, it is reported only, or no replica
   * has them.
   */
  | { readonly kind: 'lost-data', readonly outcome: LostDataOutcome }
  /**
   * The replica holds the data `replid` of the master at `follows`, which is none of this deployment. Without `follows`
   * it is a master, and `replid2` is the id that its data had before. `master` is the address of ours.
   */
  | {
    readonly kind: 'foreign-node'
    readonly replica: string
    readonly follows: string | undefined
    readonly replid: string
    readonly replid2: string | undefined
    readonly ours: string
    readonly master: Endpoint
  }
  /** The replica may be unable to read what its newer master sends. */
  | { readonly kind: 'older-release', readonly replica: string, readonly version: string, readonly masterVersion: string }

/** One condition that prevents a failover, or the present step of a running one. */
export type Obstacle =
  /** `cause`: undefined for an original sentinel. */
  | { readonly kind: 'tilt', readonly forMs: Millis, readonly leftMs: Millis, readonly cause?: TiltCause | undefined }
  | FailoverAtWork
  /**
   * The master answers, but INFO reports the role of a replica: writes are refused. It counts as down in `downInMs`.
   */
  | { readonly kind: 'master-is-replica', readonly forMs: Millis, readonly downInMs: Millis | undefined }
  /** `downInMs`: the master is silent now and counts as down after this time. */
  | { readonly kind: 'master-up', readonly answeredMs: Millis, readonly downInMs: Millis | undefined }
  /** The master does not answer, but replicas still receive its data, so that SDOWN is withheld. */
  | { readonly kind: 'witnessed', readonly answeredMs: Millis } & WitnessedView
  /** Failovers are paused here. */
  | { readonly kind: 'paused' } & PauseView
  | {
    readonly kind: 'no-quorum'
    readonly agree: number
    readonly quorum: number
    readonly disagree: number
    readonly unreachable: number
  }
  /** Fewer sentinels than the quorum can be asked. */
  | { readonly kind: 'quorum-out-of-reach', readonly quorum: number, readonly reachable: number, readonly known: number }
  | { readonly kind: 'no-majority', readonly needed: number, readonly reachable: number, readonly known: number }
  | { readonly kind: 'no-replicas' }
  | { readonly kind: 'no-good-replica', readonly excluded: readonly { readonly why: Ineligible, readonly count: number }[] }
  /** The replica that would be promoted refused what the promotion needs. */
  | { readonly kind: 'candidate-refuses', readonly replica: string, readonly refusal: RefusalView }
  /** Peers refuse to be asked, so that they neither agree nor vote. */
  | { readonly kind: 'peers-refuse', readonly count: number, readonly refusal: RefusalView }
  /** An attempt began recently: our own, or one of the sentinel that we voted for. */
  | { readonly kind: 'too-soon', readonly leftMs: Millis, readonly votedFor: string | undefined, readonly epoch: Epoch }
  /**
   * For `odownMs` a quorum has agreed, and no failover has started: an original sentinel waits for `waitMs` after an
   * attempt or a vote, and no reply of it contains that time.
   */
  | { readonly kind: 'held-back', readonly odownMs: Millis, readonly waitMs: Millis }
  /** The last election had no winner; the next one is scheduled. */
  | { readonly kind: 'retry', readonly leftMs: Millis }
  /** Other sentinels become candidates first. */
  | { readonly kind: 'not-our-turn', readonly leftMs: Millis }

export interface FailoverAtWork {
  readonly kind: 'in-progress'
  readonly phase: Exclude<Phase, 'none'>
  readonly epoch: Epoch
  readonly forced: boolean
  readonly forMs: Millis
  readonly promoted: string | undefined
  /** Set for a coordinated failover: for how long the writes of the master may stay paused at most. */
  readonly coordinated?: { readonly leftMs: Millis, readonly isAdopted: boolean } | undefined
}

export interface VoteCount {
  /** Sentinels that see the master down, this one included. */
  readonly agree: number
  readonly quorum: number
  /** This sentinel and all others that it knows. */
  readonly known: number
  /** This sentinel and those that it could ask now. */
  readonly reachable: number
  readonly majority: number
  /** Votes that a leader needs: the majority, and at least the quorum. */
  readonly needed: number
}

export interface RefusalView {
  readonly purpose: RefusedPurpose
  readonly command: string
  readonly error: string
  readonly ageMs: Millis
}

export interface FailureView {
  readonly purpose: 'command' | 'hello'
  readonly reason: string
  readonly ageMs: Millis
}

export interface SentinelExplanation extends NodeExplanation {
  readonly id: string
  /** This sentinel could ask it now. */
  readonly reachable: boolean
  readonly saysDown: boolean
  readonly answeredMs: Millis
  readonly votedFor: string | undefined
  readonly votedEpoch: Epoch
  /** The other master that it announces, as `addr:port`, and for how long where that was reported. */
  readonly otherMaster?: { readonly address: string, readonly forMs: Millis | undefined } | undefined
}

export interface ReplicaExplanation extends NodeExplanation {
  readonly name: string
  readonly priority: number
  readonly offset: bigint
  /** Its master is copying everything to it. */
  readonly syncInProgress: boolean
  /** Why it is considered only because no other replica may be promoted. */
  readonly lastResort: LastResort | undefined
  readonly zone: string | undefined
  /** How much of the data it lacks, where there is a limit. */
  readonly lag: LagView | undefined
  readonly standing: Standing
  /** In its last INFO reply; undefined before the first one. */
  readonly reported?: { readonly role: 'master' | 'slave', readonly isMasterLinkUp: boolean } | undefined
}

/** `bytes` (undefined = they cannot be counted) against `maxBytes`. `isStrict`: max-lag-strict. */
export interface LagView {
  readonly bytes: number | undefined
  readonly maxBytes: number
  readonly isStrict: boolean
}

export type Standing =
  /** `by`: the criterion that ranks it before the next one; undefined = there is no next one. */
  | { readonly kind: 'best', readonly by: Precedence | undefined }
  /** Eligible, but behind the best one. */
  | { readonly kind: 'lower', readonly rank: number, readonly by: Precedence }
  | Exclusion

/** `measuredMs` (undefined = never) against `limitMs`, where the rule has a limit. */
export interface Exclusion {
  readonly kind: 'excluded'
  readonly why: Ineligible
  readonly measuredMs: Millis | undefined
  readonly limitMs: Millis | undefined
}

export interface LostElectionView extends Omit<LostElection, 'at'> {
  readonly ageMs: Millis
}

export interface SelectionView {
  readonly chosen: string | undefined
  readonly rejected: readonly { readonly replica: string, readonly why: Ineligible }[]
}
