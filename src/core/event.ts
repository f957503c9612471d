/**
 * The reports of the core and of the script runner: the catalogue of events with their fields, and notes for the log.
 */
import type { Endpoint } from './state/address.ts'
import type { Epoch } from './state/ids.ts'
import type { Millis } from './time.ts'

/** The node that an event is about, copied when it happened. */
export interface MasterSubject extends Endpoint {
  readonly kind: 'master'
  readonly name: string
}

interface SubjectOfMaster extends Endpoint {
  readonly name: string
  readonly master: Endpoint & { readonly name: string }
}

/** `name` is `addr:port`. */
export interface ReplicaSubject extends SubjectOfMaster {
  readonly kind: 'replica'
}

/** `name` is the 40-character id. */
export interface SentinelSubject extends SubjectOfMaster {
  readonly kind: 'sentinel'
}

export type Subject = MasterSubject | ReplicaSubject | SentinelSubject

/** An event whose payload begins with the description of a node. */
interface About<Node extends Subject> {
  readonly subject: Node
}

/** The reason for the end of a failover, where its event alone does not give it: the master answers again. */
interface Abort extends About<MasterSubject> {
  readonly because?: 'master-answers'
}

/** The role in the latest INFO reply. */
interface RoleChange extends About<MasterSubject | ReplicaSubject> {
  readonly role: 'master' | 'slave'
}

interface LinkFailure extends About<Subject> {
  /** Such as `Connection refused`. */
  readonly reason: string
}

/**
 * `stopped`: the process did not run for `byMs`. `forward` and `back`: its wall clock jumped by `byMs`.
 */
export interface TiltCause {
  readonly kind: 'stopped' | 'forward' | 'back'
  readonly byMs: Millis
}

/** Why a coordinated failover ended, where its event alone does not give it. */
export type HandoverEnd = 'master-down' | 'master-refuses' | 'replica-lost' | 'replica-down' | 'replica-behind'

/** What follows when a master restarted without its data. */
export type LostDataOutcome = 'failover' | 'report' | 'no-copy'

/** Why this sentinel no longer has a scheduled failover. */
export type ScheduleEnd = 'started' | 'cancelled' | 'late' | 'switched' | 'left-to-another'

export type PauseEnd = 'resumed' | 'expired'

/** Events of the core with their fields (protocol.md 3.2). Their levels and texts are in src/events. */
interface CoreCatalogue {
  '+monitor': About<MasterSubject> & { readonly quorum: number }
  '-monitor': About<MasterSubject>
  '+reset-master': About<MasterSubject>
  /** `value` as it may be shown: `******` for a password, empty when the option was cleared. */
  '+set': About<MasterSubject> & { readonly option: string, readonly value: string }
  '+slave': About<ReplicaSubject>
  '+sentinel': About<SentinelSubject>
  /** The sentinel `id` has moved to `address`. */
  '+sentinel-address-switch': About<MasterSubject> & { readonly id: string, readonly address: Endpoint }
  /** `others`: how many other masters know the sentinel that has moved. */
  '+sentinel-address-update': About<SentinelSubject> & { readonly others: number }
  '+sentinel-invalid-addr': About<SentinelSubject>
  /** Its record was removed, until `untilWall` (Unix time in milliseconds) unless it proves to be alive. Ours. */
  '+forgotten': About<ReplicaSubject | SentinelSubject> & {
    readonly by: 'operator' | 'expiry'
    readonly untilWall: number
  }
  '+reboot': About<MasterSubject | ReplicaSubject>
  /**
   * The master restarted without its data. `outcome`: a replica that has them shall be promoted; it is only reported,
   * because the settings say so; or no replica has them any more.
   */
  '+lost-data': About<MasterSubject> & { readonly outcome: LostDataOutcome }
  /**
   * The replica holds another deployment's data: `replid`, of the master at `follows`, or of its own where it is a
   * master; `ours` is the newest id of our lineage.
   */
  '+foreign-node': About<ReplicaSubject> & {
    readonly follows: string | undefined
    readonly replid: string
    readonly ours: string
  }
  '+role-change': RoleChange
  '-role-change': RoleChange
  '+sdown': About<Subject>
  '-sdown': About<Subject>
  /** `agree` sentinels, this one included, see the master down. */
  '+odown': About<MasterSubject> & { readonly agree: number, readonly quorum: number }
  '-odown': About<MasterSubject>
  /** SDOWN is due and withheld: `alive` of `reachable` replicas still receive data of the master. Ours. */
  '+witnessed': About<MasterSubject> & { readonly alive: number, readonly reachable: number }
  /** SDOWN is no longer withheld. Ours. */
  '-witnessed': About<MasterSubject> & { readonly why: 'master-answers' | 'no-majority' | 'time-limit' | 'other-cause' }
  /** `until`: Unix time in milliseconds at which the pause of failovers ends by itself. Ours. */
  '+paused': About<MasterSubject> & { readonly until: number, readonly reason: string | undefined }
  '-paused': About<MasterSubject> & { readonly why: PauseEnd }
  /** For 10 s a sentinel has announced another master, `names`, under the same or a lower configuration epoch. Ours. */
  '+peer-disagrees': About<SentinelSubject> & {
    readonly names: Endpoint
    readonly configEpoch: Epoch
    readonly ours: Epoch
  }
  '-peer-disagrees': About<SentinelSubject>
  /** A coordinated failover shall begin `at` this Unix time in milliseconds, to `to` if it was named. Ours. */
  '+scheduled': About<MasterSubject> & { readonly at: number, readonly to: Endpoint | undefined }
  '-scheduled': About<MasterSubject> & { readonly why: ScheduleEnd }
  '+tilt': unknown
  '-tilt': unknown
  '+new-epoch': { readonly master: string, readonly epoch: Epoch }
  /** `leader` is the id of the candidate that got our vote. */
  '+vote-for-leader': { readonly master: string, readonly leader: string, readonly epoch: Epoch }
  '+try-failover': About<MasterSubject>
  '-failover-abort-not-elected': Abort
  '+elected-leader': About<MasterSubject>
  '+failover-state-select-slave': About<MasterSubject>
  '-failover-abort-no-good-slave': Abort
  '+selected-slave': About<ReplicaSubject>
  '+failover-state-send-slaveof-noone': About<ReplicaSubject>
  '+failover-state-wait-promotion': About<ReplicaSubject>
  '-failover-abort-slave-timeout': Abort
  /** A coordinated failover ended: the master did not hand over in time. Valkey's name. */
  '-failover-abort-master-timeout': Abort
  '+promoted-slave': About<ReplicaSubject>
  '+failover-state-reconf-slaves': About<MasterSubject>
  '+slave-reconf-sent': About<ReplicaSubject>
  '+slave-reconf-inprog': About<ReplicaSubject>
  '+slave-reconf-done': About<ReplicaSubject>
  '-slave-reconf-sent-timeout': About<ReplicaSubject>
  '+slave-reconf-sent-be': About<ReplicaSubject>
  '+failover-end-for-timeout': About<MasterSubject>
  '+failover-end': About<MasterSubject>
  '+config-update-from': About<SentinelSubject>
  '+switch-master': { readonly master: string, readonly from: Endpoint, readonly to: Endpoint }
  '+convert-to-slave': About<ReplicaSubject>
  '+fix-slave-config': About<ReplicaSubject>
  '-cmd-link-reconnection': LinkFailure
  '-pubsub-link-reconnection': LinkFailure
}

/** Exit status and signal of a script; the one that does not apply is 0. */
interface ScriptEnd {
  readonly status: number
  readonly signal: number
}

/** Events of the script queue (behaviour.md 10.2). */
interface ScriptCatalogue {
  '+script-child': { readonly pid: number }
  '-script-child': { readonly pid: number } & ScriptEnd
  /** `no-process`: the system had no process for the script. */
  '-script-error': { readonly path: string, readonly end: ScriptEnd | 'no-process' }
  '-script-timeout': { readonly path: string, readonly pid: number }
}

/** The fields of every event beside its name and its context. */
export interface EventCatalogue extends CoreCatalogue, ScriptCatalogue {}

export type CoreEventName = keyof CoreCatalogue
export type ScriptEventName = keyof ScriptCatalogue
export type EventName = keyof EventCatalogue
export type AbortEventName = Extract<EventName, `-failover-abort-${string}`>

interface EventContext {
  /** The name of the master it belongs to, also where the payload does not print it. */
  readonly master?: string
  /** The master's notification script at that moment; warning-level events are handed to it. */
  readonly notificationScript?: string
}

/** One thing that happened, of the given name or names. */
export type EventOf<Name extends EventName> = {
  [Each in Name]: { readonly name: Each } & EventCatalogue[Each] & EventContext
}[Name]

/** One thing that happened. `name` determines its fields. */
export type SentinelEvent = EventOf<EventName>

/** A message for the log only, never published (protocol.md 6.3). */
export type Note =
  | { readonly kind: 'peer-voted', readonly peer: string, readonly leader: string, readonly epoch: Epoch }
  /** `untilWall`: Unix time in milliseconds before which no failover of this master will start. */
  | { readonly kind: 'failover-delay', readonly master: string, readonly untilWall: number }
  | { readonly kind: 'failover-requested', readonly master: string }
  | { readonly kind: 'handover-ended', readonly master: string, readonly why: HandoverEnd }
  | { readonly kind: 'resolve-failed', readonly host: string }
  | { readonly kind: 'simulated-failure-armed', readonly failure: 'crash-after-election' | 'crash-after-promotion' }
  | { readonly kind: 'simulated-crash' }
  /** A node or a peer refused our login, or a command because of missing rights. Logged once per change. */
  | {
    readonly kind: 'access-refused'
    /** Such as `master mymaster 10.0.0.1:6379`. */
    readonly node: string
    /** The user that we log in as; `default` without one. */
    readonly user: string
    readonly command: string
    /** The error text of the node. */
    readonly error: string
  }
  /** Why TILT began, or was prolonged. */
  | { readonly kind: 'tilt-cause', readonly cause: TiltCause }
  /** Why a node or a sentinel that is down now does not answer, as far as that is known. */
  | { readonly kind: 'down-cause', readonly node: string, readonly reason: string }
  /** Why a failover ended with `-failover-abort-slave-timeout`: the chosen replica refused the order. */
  | {
    readonly kind: 'promotion-refused'
    readonly master: string
    readonly replica: string
    readonly user: string
    readonly command: string
    readonly error: string
  }
  /** The same: the connection to the chosen replica failed. */
  | { readonly kind: 'promotion-unreachable', readonly master: string, readonly replica: string, readonly reason: string }
  /** Two addresses lead to one server; `dropped` is no replica of its own. */
  | { readonly kind: 'same-server', readonly master: string, readonly dropped: string, readonly kept: string }
  /** A sentinel at `address` has our own id; with `other`, the sentinels at both have this one. */
  | { readonly kind: 'same-id', readonly id: string, readonly address: string, readonly other: string | undefined }
  /** More than one server answers at the address of a replica. */
  | { readonly kind: 'shared-address', readonly master: string, readonly address: string }
  /** Our vote was withheld from its candidate, because the vote is not on disk. */
  | {
    readonly kind: 'vote-withheld'
    readonly master: string
    readonly candidate: string
    readonly epoch: Epoch
    /** Why the save failed. */
    readonly error: string
  }
  /** Why a master counts as down before down-after: its process has ended. */
  | {
    readonly kind: 'crash-detected'
    readonly master: string
    readonly host: string
    readonly port: number
    readonly downAfterMs: number
    /** Refused attempts to connect, and how long after the end of the connection the last one was. */
    readonly refusals: number
    readonly forMs: number
    /** Replicas that could be asked, and those of them that had lost the master. */
    readonly reachable: number
    readonly lost: number
  }
  /** A forgotten record is known again before its tombstone ended, because the node proved that it lives. */
  | { readonly kind: 'known-again', readonly master: string, readonly what: 'replica' | 'sentinel', readonly name: string }
  /** RESET kept the replicas of a master that cannot name them now. */
  | { readonly kind: 'reset-kept-replicas', readonly master: string, readonly count: number }
  /** A node or a peer sent a malformed or implausible message. Logged once per sender and kind of message. */
  | { readonly kind: 'nonsense', readonly from: string, readonly what: string }
