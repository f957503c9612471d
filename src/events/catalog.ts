/**
 * Every event: its level and the kind of node that its payload describes (protocol.md 3.2, behaviour.md 10.1). The
 * compiler refuses a missing name that the core or the script runner can report, and a kind of node that the fields of
 * the event (src/core/event.ts) do not have.
 */
import type { EventCatalogue, EventName, Subject } from '../core/index.ts'
import type { LogLevel } from '../ports/index.ts'

/** `data-node` is a master or a replica. */
export type SubjectKind = Subject['kind'] | 'data-node' | 'replica-or-sentinel' | 'any'

type NameOf<Kinds extends Subject['kind']> = [Subject['kind']] extends [Kinds]
  ? 'any'
  : 'master' | 'replica' extends Kinds ? 'data-node'
    : 'replica' | 'sentinel' extends Kinds ? 'replica-or-sentinel' : Kinds

/** The kind of node of an event as its fields have it. */
type Described<Name extends EventName> = EventCatalogue[Name] extends { readonly subject: Subject }
  ? { readonly describes: NameOf<EventCatalogue[Name]['subject']['kind']> }
  : { readonly describes?: never }

export interface EventKind {
  /** Events of level debug are logged and not published; warnings also go to the notification script. */
  readonly level: LogLevel
  /** The kind of node that the payload describes at its beginning; undefined where it is the detail alone. */
  readonly describes?: SubjectKind
  /** The payload describes no node, but the event belongs to a master and goes to its notification script. */
  readonly ofMaster?: true
}

export const CATALOG = Object.freeze({
  '+monitor': { level: 'warning', describes: 'master' },
  '-monitor': { level: 'warning', describes: 'master' },
  '+reset-master': { level: 'warning', describes: 'master' },
  '+set': { level: 'warning', describes: 'master' },
  '+slave': { level: 'notice', describes: 'replica' },
  '+sentinel': { level: 'notice', describes: 'sentinel' },
  '+sentinel-address-switch': { level: 'notice', describes: 'master' },
  '+sentinel-address-update': { level: 'notice', describes: 'sentinel' },
  '+sentinel-invalid-addr': { level: 'notice', describes: 'sentinel' },
  '+forgotten': { level: 'warning', describes: 'replica-or-sentinel' },
  '+reboot': { level: 'notice', describes: 'data-node' },
  '+lost-data': { level: 'warning', describes: 'master' },
  '+foreign-node': { level: 'warning', describes: 'replica' },
  '+role-change': { level: 'verbose', describes: 'data-node' },
  '-role-change': { level: 'verbose', describes: 'data-node' },
  '+sdown': { level: 'warning', describes: 'any' },
  '-sdown': { level: 'warning', describes: 'any' },
  '+odown': { level: 'warning', describes: 'master' },
  '-odown': { level: 'warning', describes: 'master' },
  '+witnessed': { level: 'warning', describes: 'master' },
  '-witnessed': { level: 'warning', describes: 'master' },
  '+paused': { level: 'warning', describes: 'master' },
  '-paused': { level: 'warning', describes: 'master' },
  '+peer-disagrees': { level: 'warning', describes: 'sentinel' },
  '-peer-disagrees': { level: 'warning', describes: 'sentinel' },
  '+scheduled': { level: 'warning', describes: 'master' },
  '-scheduled': { level: 'warning', describes: 'master' },
  '+tilt': { level: 'warning' },
  '-tilt': { level: 'warning' },
  '+new-epoch': { level: 'warning', ofMaster: true },
  '+vote-for-leader': { level: 'warning', ofMaster: true },
  '+try-failover': { level: 'warning', describes: 'master' },
  '-failover-abort-not-elected': { level: 'warning', describes: 'master' },
  '+elected-leader': { level: 'warning', describes: 'master' },
  '+failover-state-select-slave': { level: 'warning', describes: 'master' },
  '-failover-abort-no-good-slave': { level: 'warning', describes: 'master' },
  '+selected-slave': { level: 'warning', describes: 'replica' },
  '+failover-state-send-slaveof-noone': { level: 'notice', describes: 'replica' },
  '+failover-state-wait-promotion': { level: 'notice', describes: 'replica' },
  '-failover-abort-slave-timeout': { level: 'warning', describes: 'master' },
  '-failover-abort-master-timeout': { level: 'warning', describes: 'master' },
  '+promoted-slave': { level: 'warning', describes: 'replica' },
  '+failover-state-reconf-slaves': { level: 'warning', describes: 'master' },
  '+slave-reconf-sent': { level: 'notice', describes: 'replica' },
  '+slave-reconf-inprog': { level: 'notice', describes: 'replica' },
  '+slave-reconf-done': { level: 'notice', describes: 'replica' },
  '-slave-reconf-sent-timeout': { level: 'notice', describes: 'replica' },
  '+slave-reconf-sent-be': { level: 'notice', describes: 'replica' },
  '+failover-end-for-timeout': { level: 'warning', describes: 'master' },
  '+failover-end': { level: 'warning', describes: 'master' },
  '+config-update-from': { level: 'warning', describes: 'sentinel' },
  '+switch-master': { level: 'warning', ofMaster: true },
  '+convert-to-slave': { level: 'notice', describes: 'replica' },
  '+fix-slave-config': { level: 'notice', describes: 'replica' },
  '-script-error': { level: 'warning' },
  '-script-timeout': { level: 'warning' },
  '+script-child': { level: 'debug' },
  '-script-child': { level: 'debug' },
  '-cmd-link-reconnection': { level: 'debug', describes: 'any' },
  '-pubsub-link-reconnection': { level: 'debug', describes: 'any' },
} satisfies { readonly [Name in EventName]: EventKind & Described<Name> })
