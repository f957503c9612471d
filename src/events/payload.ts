/**
 * The text of an event as clients, scripts and the log get it (protocol.md 3.1). It is made only here; other code reads
 * the fields of the event.
 */
import {
  SECRET_NAMES, type Endpoint, type EventCatalogue, type EventName, type EventOf, type SentinelEvent, type Subject,
} from '../core/index.ts'
import { cutAtBytes } from './cut.ts'

/** Longest payload in bytes; the original's buffer has no space for more. */
export const PAYLOAD_BYTES_MAX = 1023

export function payloadOf(event: SentinelEvent): string {
  const detail = detailOf(event)
  if (!('subject' in event)) return cutAtBytes(detail, PAYLOAD_BYTES_MAX)
  const prefix = describeSubject(event.subject)
  return cutAtBytes(detail === '' ? prefix : `${prefix} ${detail}`, PAYLOAD_BYTES_MAX)
}

/** What follows the description of the subject; the whole payload where there is no subject (protocol.md 3.2). */
export function detailOf(event: SentinelEvent): string {
  switch (event.name) {
    case '+monitor':
      return `quorum ${event.quorum}`
    case '+set':
      return `${event.option} ${SECRET_OPTIONS.has(event.option.toLowerCase()) ? '******' : event.value}`
    case '+sentinel-address-switch':
      return `ip ${event.address.host} port ${event.address.port} for ${event.id}`
    case '+sentinel-address-update':
      return `${event.others} additional matching instances`
    case '+role-change':
    case '-role-change':
      return `new reported role is ${event.role}`
    case '+odown':
      return `#quorum ${event.agree}/${event.quorum}`
    case '+foreign-node':
      return `#${event.follows === undefined ? 'is a master' : `follows ${event.follows}`} with replication id ${event.replid}, ours is ${event.ours}`
    case '+forgotten':
      return `until ${event.untilWall} by ${event.by}`
    case '+lost-data':
      return LOST_DATA[event.outcome]
    case '+witnessed':
      return `#replicas ${event.alive}/${event.reachable}`
    case '-witnessed':
      return END_OF_WITNESS[event.why]
    case '+paused':
      return `until ${event.until}${event.reason === undefined ? '' : ` ${event.reason}`}`
    case '-paused':
      return END_OF_PAUSE[event.why]
    case '+peer-disagrees':
      return `#names ${twoWords(event.names)} under config-epoch ${event.configEpoch}, ours is ${event.ours}`
    case '+scheduled':
      return `at ${event.at}${event.to === undefined ? '' : ` to ${twoWords(event.to)}`}`
    case '-scheduled':
      return END_OF_SCHEDULE[event.why]
    case '+tilt':
      return '#tilt mode entered'
    case '-tilt':
      return '#tilt mode exited'
    case '+new-epoch':
      return String(event.epoch)
    case '+vote-for-leader':
      return `${event.leader} ${event.epoch}`
    case '+switch-master':
      return `${event.master} ${twoWords(event.from)} ${twoWords(event.to)}`
    case '-failover-abort-not-elected':
    case '-failover-abort-no-good-slave':
    case '-failover-abort-slave-timeout':
    case '-failover-abort-master-timeout':
      return event.because === undefined ? '' : BECAUSE[event.because]
    case '-cmd-link-reconnection':
    case '-pubsub-link-reconnection':
      return `#${event.reason}`
    case '+script-child':
    case '-script-child':
    case '-script-error':
    case '-script-timeout':
      return scriptDetail(event)
    default:
      return noDetail(event)
  }
}

/** An addition of ours: the original does not end a failover because the master answers again (Q19). */
const BECAUSE = { 'master-answers': '#the master answers again' } as const

/** The same texts as read-payload.ts has. */
const LOST_DATA = {
  'failover': '#restarted empty, a replica has the data',
  'report': '#restarted empty, a replica has the data, no failover is wanted',
  'no-copy': '#restarted empty, no replica has the data',
} as const
/** Why SDOWN is no longer withheld; the master itself answers, or SDOWN follows. */
export const END_OF_WITNESS: { readonly [Why in EventOf<'-witnessed'>['why']]: string } = {
  'master-answers': '#the master answers again',
  'no-majority': '#no majority of its replicas receives data',
  'time-limit': '#witness-max has passed',
  'other-cause': '#for another reason',
}

/** Why failovers are no longer paused: by an order, or by the time that it had. */
export const END_OF_PAUSE: { readonly [Why in EventOf<'-paused'>['why']]: string } = { resumed: '#resumed', expired: '#expired' }

/** Why this sentinel no longer has a scheduled failover. */
export const END_OF_SCHEDULE: { readonly [Why in EventOf<'-scheduled'>['why']]: string } = {
  'started': '#started',
  'cancelled': '#cancelled',
  'late': '#it could not begin within a minute',
  'switched': '#the master was replaced',
  'left-to-another': '#another sentinel begins it',
}

function scriptDetail(event: EventOf<'+script-child' | '-script-child' | '-script-error' | '-script-timeout'>): string {
  switch (event.name) {
    case '+script-child':
      return String(event.pid)
    case '-script-child':
      return `${event.pid} ${event.status} ${event.signal}`
    case '-script-error':
      return `${event.path} ${event.end === 'no-process' ? '99 0' : `${event.end.signal} ${event.end.status}`}`
    case '-script-timeout':
      return `${event.path} ${event.pid}`
  }
}

/** Events without fields in addition to their subject. */
type Plain = {
  [Name in EventName]: Exclude<keyof EventCatalogue[Name], 'subject'> extends never ? EventOf<Name> : never
}[EventName]

/** The compiler refuses an event that has other fields and no text above. */
function noDetail(_event: Plain): string {
  return ''
}

/** Options that hold a password. The core hides it already; this applies to every event (protocol.md 2.11). */
const SECRET_OPTIONS: ReadonlySet<string> = new Set(SECRET_NAMES)

function describeSubject(subject: Subject): string {
  const { name } = subject
  if (subject.kind === 'master') return `master ${name} ${twoWords(subject)}`
  const kind = subject.kind === 'replica' ? 'slave' : 'sentinel'
  const { master } = subject
  return `${kind} ${name} ${twoWords(subject)} @ ${master.name} ${twoWords(master)}`
}

/** IPv6 addresses have no brackets here (protocol.md 3.1). */
function twoWords({ host, port }: Endpoint): string {
  return `${host} ${port}`
}
