/** Reads events that a sentinel published, ours or the original: the inverse of the formatter in `payload.ts`. */
import type { Endpoint, EventCatalogue, EventName, Subject } from '../core/index.ts'
import { CATALOG, type EventKind, type SubjectKind } from './catalog.ts'
import { END_OF_PAUSE, END_OF_SCHEDULE, END_OF_WITNESS } from './payload.ts'

/** An event with the fields that its payload contains. Without a subject, only `+switch-master` names its master. */
export type ReadEvent = { [Name in EventName]: { readonly name: Name } & Printed<Name> }[EventName]

type Printed<Name extends EventName> = Name extends '+switch-master'
  ? EventCatalogue[Name] : Omit<EventCatalogue[Name], 'master'>

/**
 * The fields of an event; undefined for a channel and payload that are not an event of the catalogue, such as a payload
 * that was cut. The name of a master may contain blanks, but not a text like the end of a description (`m 10.0.0.1 1
 * #x`).
 */
export function readPayload(channel: string, payload: string): ReadEvent | undefined {
  if (!isEventName(channel)) return undefined
  const { describes }: EventKind = CATALOG[channel]
  const { pattern, fields } = (DETAILS as Partial<Record<EventName, Detail<object>>>)[channel] ?? NO_DETAIL
  const prefix = describes === undefined ? '()' : `(${DESCRIPTION})`
  const match = new RegExp(`^${prefix}${pattern.source}$`, 's').exec(payload)
  if (match === null) return undefined
  const [, described = '', ...groups] = match
  const subject = describes === undefined ? undefined : readSubject(described)
  if (describes !== undefined && (subject === undefined || !KINDS[describes].includes(subject.kind))) return undefined
  return { name: channel, ...(subject === undefined ? {} : { subject }), ...fields(...groups) } as ReadEvent
}

function isEventName(channel: string): channel is EventName {
  return Object.hasOwn(CATALOG, channel)
}

/** As short as the rest of the payload allows. */
const DESCRIPTION = String.raw`(?:master|slave|sentinel) .+? \S+ \d+(?: @ .+? \S+ \d+)?`

const KINDS: Readonly<Record<SubjectKind, readonly Subject['kind'][]>> = {
  'master': ['master'],
  'replica': ['replica'],
  'sentinel': ['sentinel'],
  'data-node': ['master', 'replica'],
  'replica-or-sentinel': ['replica', 'sentinel'],
  'any': ['master', 'replica', 'sentinel'],
}

function readSubject(described: string): Subject | undefined {
  const ofMaster = /^(slave|sentinel) (\S+) (\S+) (\d+) @ (.+) (\S+) (\d+)$/s.exec(described)
  if (ofMaster !== null) {
    const [, kind, name = '', host, port, masterName = '', masterHost, masterPort] = ofMaster
    const master = { name: masterName, ...endpoint(masterHost, masterPort) }
    return { kind: kind === 'slave' ? 'replica' : 'sentinel', name, ...endpoint(host, port), master }
  }
  const [, name, host, port] = /^master (.+) (\S+) (\d+)$/s.exec(described) ?? []
  return name === undefined ? undefined : { kind: 'master', name, ...endpoint(host, port) }
}

function endpoint(host = '', port = ''): Endpoint {
  return { host, port: Number(port) }
}

/** What follows the description, or the whole payload if there is none. The groups are the arguments of `fields`. */
interface Detail<Fields> {
  readonly pattern: RegExp
  readonly fields: (...groups: string[]) => Fields
}

const NO_DETAIL: Detail<object> = { pattern: /(?:)/, fields: () => ({}) }

type Fields<Name extends EventName> = Omit<Printed<Name>, 'subject'>

/** Events that have fields beside their subject, and those whose payload is a fixed text. */
type Detailed = '+tilt' | '-tilt' | {
  [Name in EventName]: keyof Fields<Name> extends never ? never : Name
}[EventName]

const ABORT: Detail<Fields<'-failover-abort-not-elected'>> = {
  pattern: /( #the master answers again)?/,
  fields: (because?: string) => because === undefined ? {} : { because: 'master-answers' },
}

const ROLE: Detail<Fields<'+role-change'>> = {
  pattern: / new reported role is (master|slave)/,
  fields: (role) => ({ role: role === 'master' ? role : 'slave' }),
}

const LINK_FAILURE: Detail<Fields<'-cmd-link-reconnection'>> = {
  pattern: / #(.*)/,
  fields: (reason = '') => ({ reason }),
}

function endsOfSchedule() {
  return Object.keys(END_OF_SCHEDULE) as (keyof typeof END_OF_SCHEDULE)[]
}

function endsOfWitness() {
  return Object.keys(END_OF_WITNESS) as (keyof typeof END_OF_WITNESS)[]
}

const DETAILS: { readonly [Name in Detailed]: Detail<Fields<Name>> } = {
  '+monitor': { pattern: / quorum (\d+)/, fields: (quorum) => ({ quorum: Number(quorum) }) },
  '+set': { pattern: / (\S+) (.*)/, fields: (option = '', value = '') => ({ option, value }) },
  '+sentinel-address-switch': {
    pattern: / ip (\S+) port (\d+) for (\S+)/,
    fields: (host, port, id = '') => ({ id, address: endpoint(host, port) }),
  },
  '+sentinel-address-update': {
    pattern: / (\d+) additional matching instances/,
    fields: (others) => ({ others: Number(others) }),
  },
  '+role-change': ROLE,
  '-role-change': ROLE,
  '+odown': {
    pattern: / #quorum (\d+)\/(\d+)/,
    fields: (agree, quorum) => ({ agree: Number(agree), quorum: Number(quorum) }),
  },
  '+foreign-node': {
    pattern: / #(?:follows (\S+)|is a master) with replication id (\S+), ours is (\S+)/,
    fields: (follows?: string, replid = '', ours = '') => ({ follows, replid, ours }),
  },
  '+forgotten': {
    pattern: / until (\d+) by (operator|expiry)/,
    fields: (untilWall, by) => ({ untilWall: Number(untilWall), by: by === 'expiry' ? by : 'operator' }),
  },
  '+lost-data': {
    pattern: / #restarted empty, (no replica has the data|a replica has the data(, no failover is wanted)?)/,
    fields: (copies = '', report?: string) => (
      { outcome: copies.startsWith('no') ? 'no-copy' : report === undefined ? 'failover' : 'report' }),
  },
  '+witnessed': {
    pattern: / #replicas (\d+)\/(\d+)/,
    fields: (alive, reachable) => ({ alive: Number(alive), reachable: Number(reachable) }),
  },
  '-witnessed': {
    pattern: new RegExp(` (${Object.values(END_OF_WITNESS).join('|')})`),
    fields: (text) => ({ why: endsOfWitness().find((why) => END_OF_WITNESS[why] === text) ?? 'other-cause' }),
  },
  '+paused': {
    pattern: / until (\d+)(?: (.+))?/,
    fields: (until: string, reason?: string) => ({ until: Number(until), reason }),
  },
  '-paused': {
    pattern: new RegExp(` (${Object.values(END_OF_PAUSE).join('|')})`),
    fields: (text) => ({ why: text === END_OF_PAUSE.expired ? 'expired' : 'resumed' }),
  },
  '+peer-disagrees': {
    pattern: / #names (\S+) (\d+) under config-epoch (\d+), ours is (\d+)/,
    fields: (host, port, configEpoch = '', ours = '') => (
      { names: endpoint(host, port), configEpoch: BigInt(configEpoch), ours: BigInt(ours) }),
  },
  '+scheduled': {
    pattern: / at (\d+)(?: to (\S+) (\d+))?/,
    fields: (at: string, host?: string, port?: string) => (
      { at: Number(at), to: host === undefined ? undefined : endpoint(host, port) }),
  },
  '-scheduled': {
    pattern: new RegExp(` (${Object.values(END_OF_SCHEDULE).join('|')})`),
    fields: (text) => ({ why: endsOfSchedule().find((why) => END_OF_SCHEDULE[why] === text) ?? 'late' }),
  },
  '+tilt': { pattern: /#tilt mode entered/, fields: () => ({}) },
  '-tilt': { pattern: /#tilt mode exited/, fields: () => ({}) },
  '+new-epoch': { pattern: /(\d+)/, fields: (epoch = '') => ({ epoch: BigInt(epoch) }) },
  '+vote-for-leader': {
    pattern: /(\S+) (\d+)/,
    fields: (leader = '', epoch = '') => ({ leader, epoch: BigInt(epoch) }),
  },
  '-failover-abort-not-elected': ABORT,
  '-failover-abort-no-good-slave': ABORT,
  '-failover-abort-slave-timeout': ABORT,
  '-failover-abort-master-timeout': ABORT,
  '+switch-master': {
    pattern: /(.+) (\S+) (\d+) (\S+) (\d+)/,
    fields: (master = '', fromHost, fromPort, toHost, toPort) => (
      { master, from: endpoint(fromHost, fromPort), to: endpoint(toHost, toPort) }),
  },
  '-cmd-link-reconnection': LINK_FAILURE,
  '-pubsub-link-reconnection': LINK_FAILURE,
  '+script-child': { pattern: /(\d+)/, fields: (pid) => ({ pid: Number(pid) }) },
  '-script-child': {
    pattern: /(\d+) (\d+) (\d+)/,
    fields: (pid, status, signal) => ({ pid: Number(pid), status: Number(status), signal: Number(signal) }),
  },
  '-script-error': {
    pattern: /(.*) (\d+) (\d+)/,
    fields: (path = '', signal, status) => (
      { path, end: signal === '99' ? 'no-process' : { signal: Number(signal), status: Number(status) } }),
  },
  '-script-timeout': { pattern: /(.*) (\d+)/, fields: (path = '', pid) => ({ path, pid: Number(pid) }) },
}
