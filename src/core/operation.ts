import type { HandoverObstacle } from './state/ineligible.ts'
import type { Epoch } from './state/ids.ts'
import type { OutsidePasswords } from './state/outside-passwords.ts'
import type { ProtectionSettings } from './state/protection.ts'
import type { MasterSettings, SettingChange } from './state/settings.ts'
import type { Tunable } from './tunables.ts'

/** Failures that SENTINEL SIMULATE-FAILURE can arm (behaviour.md 12). */
export interface SimulatedFailure {
  readonly crashAfterElection: boolean
  readonly crashAfterPromotion: boolean
}

/**
 * One option of SENTINEL SET, already validated by the command (protocol.md 2.11). `option` keeps the case of the
 * request.
 */
export type SetChange = { readonly option: string } & SettingChange

/** One option of SENTINEL CONFIG SET, already validated (protocol.md 2.12). */
export type GlobalChange =
  | { readonly kind: 'announce-ip', readonly host: string | undefined }
  | { readonly kind: 'announce-port', readonly port: number }
  /** No command sets it: only a reload of the file. */
  | { readonly kind: 'deny-scripts-reconfig', readonly on: boolean }
  | { readonly kind: 'resolve-hostnames', readonly on: boolean }
  | { readonly kind: 'announce-hostnames', readonly on: boolean }
  | { readonly kind: 'sentinel-user', readonly user: string | undefined }
  | { readonly kind: 'sentinel-pass', readonly secret: string | undefined }

/** The record that SENTINEL FORGET names. */
export type ForgetTarget =
  | { readonly kind: 'replica' | 'sentinel', readonly host: string, readonly port: number }
  | { readonly kind: 'sentinel', readonly id: string }

/** Known sentinels and their majority, this one included. */
export interface VoterCount {
  readonly known: number
  readonly majority: number
}

/** Why a record is not forgotten. */
export type ForgetRefusal =
  | { readonly why: 'is-master' | 'unknown-replica' | 'unknown-sentinel' | 'master-unreachable' }
  | { readonly why: 'replica-answers' | 'sentinel-answers', readonly downAfterMs: number }
  /** The majority would be smaller than that of the sentinels that were alive at once. */
  | { readonly why: 'smaller-majority', readonly before: VoterCount, readonly after: VoterCount, readonly aliveAtOnce: number }

/** One request of an operator or a peer to the core. All requests that may change state are operations. */
export type Operation =
  | { readonly kind: 'hello', readonly payload: string }
  | { readonly kind: 'is-master-down', readonly host: string, readonly port: number, readonly epoch: Epoch, readonly candidate: string }
  | { readonly kind: 'monitor', readonly name: string, readonly host: string, readonly port: number, readonly quorum: number }
  | { readonly kind: 'remove', readonly name: string }
  | { readonly kind: 'reset', readonly pattern: string }
  | { readonly kind: 'failover', readonly name: string, readonly coordinated?: CoordinatedOrder }
  | { readonly kind: 'set', readonly name: string, readonly changes: readonly SetChange[] }
  | { readonly kind: 'set-globals', readonly changes: readonly GlobalChange[] }
  | { readonly kind: 'set-tunables', readonly changes: readonly TunableChange[] }
  | { readonly kind: 'simulate-failure', readonly failure: SimulatedFailure }
  | { readonly kind: 'save' }
  /** Forgets one record for `forMs`, from 1 to `FORGET_MAX_MS`. `isForced`: also a sentinel that is alive or needed. */
  | { readonly kind: 'forget', readonly name: string, readonly target: ForgetTarget, readonly forMs: number, readonly isForced: boolean }
  /** Pauses failovers of the master here for `forMs`, from 1 to `PAUSE_MAX_MS`. */
  | { readonly kind: 'pause', readonly name: string, readonly forMs: number, readonly reason: string | undefined }
  | { readonly kind: 'cancel-failover', readonly name: string }
  | { readonly kind: 'resume', readonly name: string }
  /** How far failovers of the master are paused. */
  | { readonly kind: 'paused', readonly name: string }
  /** A peer will ask for our vote because an operator ordered a failover from it. */
  | { readonly kind: 'note-order', readonly order: OrderMessage }
  /** A peer asks whether this sentinel holds failovers of the master back. */
  | { readonly kind: 'tell-pause', readonly name: string }
  | ReloadOperation

/** The notice of a sentinel that the vote which it asks for in this epoch is for the order of an operator. */
export interface OrderMessage {
  /** The sentinel. */
  readonly id: string
  readonly epoch: Epoch
  /** The name of the master. */
  readonly name: string
}

/** The options of SENTINEL FAILOVER <name> COORDINATED. */
export interface CoordinatedOrder {
  /** The replica that shall become the master; the best one where it is left out. */
  readonly to?: { readonly host: string, readonly port: number }
  /** For how long the order may take, and the writes of the master may be paused. */
  readonly timeoutMs?: number
  /** When it shall begin, as Unix time in milliseconds; at once where it is left out. */
  readonly at?: number
}

/** The files were read again: everything that ts-sentinel.ini says, and what is different in sentinel.conf. */
export interface ReloadOperation {
  readonly kind: 'reload'
  readonly protection: ProtectionSettings
  readonly outsidePasswords: OutsidePasswords
  /** Our own password, of clients and of peers without sentinel-pass. */
  readonly requirepass: string | undefined
  readonly globals: readonly GlobalChange[]
  /** At most one of each kind for a master; removals come first, then additions, moves and settings. */
  readonly masters: readonly MasterChange[]
}

export type MasterChange =
  | { readonly kind: 'remove', readonly name: string }
  | { readonly kind: 'add', readonly name: string, readonly host: string, readonly port: number, readonly settings: Readonly<MasterSettings> }
  /** Another address, as by REMOVE and MONITOR; the settings stay. */
  | { readonly kind: 'move', readonly name: string, readonly host: string, readonly port: number }
  | { readonly kind: 'set', readonly name: string, readonly changes: readonly SetChange[] }

/** A change of a reload that was not made because of what has happened since the file was written. */
export interface SkippedChange {
  readonly master: string
  readonly change: MasterChange['kind']
  readonly why: 'already-monitored' | 'not-monitored' | 'node-of-this-master'
}

/** One option of SENTINEL DEBUG, in milliseconds, above 0 (behaviour.md 14). */
export interface TunableChange { readonly tunable: Tunable, readonly ms: number }

/** Why an operation was refused. The command turns the code into the wire text (protocol.md 2). */
export type OperationError =
  | 'no-such-master'
  | 'unresolvable-address'
  | 'invalid-port'
  | 'duplicate-master'
  | 'too-many-masters'
  | 'failover-in-progress'
  | 'no-good-replica'
  /** The master is down, is no master, or was not asked yet. */
  | 'primary-not-ready'
  /** The master is a server without the command FAILOVER. */
  | 'primary-too-old'
  | 'names-in-use'
  /** A failover shall be scheduled for a time that has passed, or that is too far away. */
  | 'time-has-passed'
  | 'time-too-far'
  | 'no-schedule'

/** The sentinels of a master and what is known of their pauses. */
export interface PauseCount {
  /** Sentinels that hold failovers back, this one included. */
  readonly paused: number
  /** All sentinels, this one and those included that it was made to forget and that may still vote. */
  readonly known: number
  /** How many must be paused for a failover to be impossible. */
  readonly needed: number
  readonly effective: boolean
}

/** Why no replica, or not the one that the operator named, can take over. */
export interface HandoverRefusal {
  /** `addr:port`. */
  readonly replica: string
  readonly why: HandoverObstacle
}

/** The core's answer. It is sent after the save that the operation needs. */
export type OperationResult =
  | { readonly kind: 'ok' }
  /** `master`: which one a reload was refused for. */
  | { readonly kind: 'refused', readonly error: OperationError, readonly why?: HandoverRefusal, readonly master?: string }
  | { readonly kind: 'reloaded', readonly skipped: readonly SkippedChange[] }
  | { readonly kind: 'reset', readonly count: number }
  /** `until`: Unix time in milliseconds at which the pause of this sentinel ends. */
  | { readonly kind: 'paused', readonly until: number } & PauseCount
  | { readonly kind: 'not-paused' }
  /** `leftMs`: for how long this sentinel still holds failovers back; 0 where it does not. */
  | { readonly kind: 'pause-told', readonly isPaused: boolean, readonly leftMs: number }
  /** `untilWall`: Unix time in milliseconds. `voters` is given for a sentinel. */
  | {
    readonly kind: 'forgotten'
    readonly record: string
    readonly untilWall: number
    readonly voters: { readonly before: VoterCount, readonly after: VoterCount } | undefined
  }
  | { readonly kind: 'not-forgotten', readonly refusal: ForgetRefusal }
  /** `leader` is undefined where the wire shows `*`. */
  | { readonly kind: 'master-down', readonly down: boolean, readonly leader: string | undefined, readonly epoch: Epoch }
