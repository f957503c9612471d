import type { Epoch } from './state/ids.ts'

/** Every event that the core reports (protocol.md 3.2). Script events come from the script runner. */
export type CoreEventName =
  | '+monitor' | '-monitor' | '+set' | '+reset-master'
  | '+slave' | '+sentinel' | '+sentinel-address-switch' | '+sentinel-address-update' | '+sentinel-invalid-addr'
  | '+reboot' | '+role-change' | '-role-change' | '+sdown' | '-sdown' | '+odown' | '-odown' | '+tilt' | '-tilt'
  | '+new-epoch' | '+vote-for-leader' | '+try-failover' | '+elected-leader' | '+failover-state-select-slave'
  | '-failover-abort-not-elected' | '-failover-abort-no-good-slave' | '-failover-abort-slave-timeout'
  | '+selected-slave' | '+failover-state-send-slaveof-noone' | '+failover-state-wait-promotion'
  | '+promoted-slave' | '+failover-state-reconf-slaves'
  | '+slave-reconf-sent' | '+slave-reconf-inprog' | '+slave-reconf-done'
  | '-slave-reconf-sent-timeout' | '+slave-reconf-sent-be'
  | '+failover-end-for-timeout' | '+failover-end' | '+config-update-from' | '+switch-master'
  | '+convert-to-slave' | '+fix-slave-config'
  | '-cmd-link-reconnection' | '-pubsub-link-reconnection'

/** Events of the script queue (behaviour.md 10.2): no subject, payload in `detail`. */
export type ScriptEventName = '-script-error' | '-script-timeout' | '+script-child' | '-script-child'

export type EventName = CoreEventName | ScriptEventName

/** Whom an event is about, copied when it happened. Hosts are in announce form (behaviour.md 1.6). */
export type Subject =
  | { readonly kind: 'master', readonly name: string, readonly host: string, readonly port: number }
  | {
    readonly kind: 'replica' | 'sentinel'
    /** `addr:port` for a replica, the 40-character id for a sentinel. */
    readonly name: string
    readonly host: string
    readonly port: number
    readonly master: { readonly name: string, readonly host: string, readonly port: number }
  }

/** One thing that happened. `payload` of the wire is built from `subject` and `detail` by src/events. */
export interface SentinelEvent {
  readonly name: EventName
  /** The name of the master it belongs to, also where the payload does not print it. */
  readonly master?: string
  /** Printed as prefix of the payload. Absent where the payload is `detail` alone. */
  readonly subject?: Subject
  /** What follows the prefix, without the separating space; or the whole payload when there is no subject. */
  readonly detail?: string
  /** The master's notification script at that moment; warning-level events are handed to it. */
  readonly notificationScript?: string
}

/** Things said in the log only, never published (protocol.md 6.3). */
export type Note =
  | { readonly kind: 'peer-voted', readonly peer: string, readonly leader: string, readonly epoch: Epoch }
  /** `untilWall`: Unix time in milliseconds before which no failover of this master will start. */
  | { readonly kind: 'failover-delay', readonly master: string, readonly untilWall: number }
  | { readonly kind: 'failover-requested', readonly master: string }
  | { readonly kind: 'resolve-failed', readonly host: string }
  | { readonly kind: 'simulated-failure-armed', readonly failure: 'crash-after-election' | 'crash-after-promotion' }
  | { readonly kind: 'simulated-crash' }
  /** A node or a peer refused our login, or a command for want of rights. Logged once per change. */
  | {
    readonly kind: 'access-refused'
    /** Such as `master mymaster 10.0.0.1:6379`. */
    readonly node: string
    /** The user that we log in as; `default` without one. */
    readonly user: string
    readonly command: string
    /** The node's own words. */
    readonly error: string
  }
  /** Two addresses lead to one server; `dropped` is no replica of its own. */
  | { readonly kind: 'same-server', readonly master: string, readonly dropped: string, readonly kept: string }
  /** A sentinel at `address` has our own id; with `other`, the sentinels at both have this one. */
  | { readonly kind: 'same-id', readonly id: string, readonly address: string, readonly other: string | undefined }
  /** More than one server answers at the address of a replica. */
  | { readonly kind: 'shared-address', readonly master: string, readonly address: string }
  /** A candidate was not told the vote that it has: the vote is not on the disk. */
  | {
    readonly kind: 'vote-withheld'
    readonly master: string
    readonly candidate: string
    readonly epoch: Epoch
    /** Why the save failed. */
    readonly error: string
  }
  /** A node or a peer said something that makes no sense. Said once per node and kind of nonsense. */
  | { readonly kind: 'nonsense', readonly from: string, readonly what: string }
