/** The context of one step: the state, the time, the randomness and the effects so far. */
import type { Effect } from './effect.ts'
import type { CoreEventName, EventCatalogue, Note, SentinelEvent, Subject } from './event.ts'
import { COMPLAINT_CHARS_MAX, COMPLAINTS_MAX } from './limits.ts'
import { ownText } from './own-text.ts'
import type { Random } from './random.ts'
import { announcedEndpoint } from './state/address.ts'
import type { ConnectionId, RecordId } from './state/ids.ts'
import type { Instance } from './state/instance.ts'
import type { Master } from './state/master.ts'
import type { Peer } from './state/peer.ts'
import type { Replica } from './state/replica.ts'
import { masterOf, type SentinelState } from './state/sentinel-state.ts'
import type { Now } from './time.ts'

export class Turn {
  readonly state: SentinelState
  readonly now: Now
  readonly random: Random
  readonly effects: Effect[] = []
  /** Commands that are almost due are sent with those that are due (`GATHER_MS`). */
  gathers = false

  constructor(state: SentinelState, now: Now, random: Random) {
    this.state = state
    this.now = now
    this.random = random
  }

  push(effect: Effect): void {
    this.effects.push(effect)
  }

  note(note: Note): void {
    this.effects.push({ type: 'note', note })
  }

  /** Logs a malformed message once per sender and text. */
  complain(from: string, what: string): void {
    if (this.state.complaints.size >= COMPLAINTS_MAX) return
    const [shownFrom, shownWhat] = [shortened(from), shortened(what)]
    this.noteOnce(ownText(`${shownFrom} ${shownWhat}`), { kind: 'nonsense', from: shownFrom, what: shownWhat })
  }

  /** Logs a note once for each `key`. */
  noteOnce(key: string, note: Note): void {
    const { complaints } = this.state
    if (complaints.has(key) || complaints.size >= COMPLAINTS_MAX) return
    complaints.add(key)
    this.note(note)
  }

  /** Requests a save of the whole state. Later effects that wait for saves run after it. Returns its number. */
  persist(): number {
    this.state.saveSeq += 1
    this.effects.push({ type: 'persist', seq: this.state.saveSeq })
    return this.state.saveSeq
  }

  /** Requests that our own state is written soon, once per step. Nothing waits for it. */
  keep(): void {
    if (!this.effects.some(({ type }) => type === 'keep')) this.effects.push({ type: 'keep', isBeforeSave: false })
  }

  /** Requests that our own state is written soon, and before the configuration is saved with what changes now. */
  keepBeforeSave(): void {
    const isAsked = this.effects.some((effect) => effect.type === 'keep' && effect.isBeforeSave)
    if (!isAsked) this.effects.push({ type: 'keep', isBeforeSave: true })
  }

  /** Schedules a check of this record before the step ends. */
  touch(instance: Instance): void {
    this.state.dirty.add(instance.id)
  }

  nextRecordId(): RecordId {
    this.state.lastRecordId += 1
    return this.state.lastRecordId as RecordId
  }

  nextConnectionId(): ConnectionId {
    this.state.lastConnectionId += 1
    return this.state.lastConnectionId as ConnectionId
  }

  /** Reports something about a record; the payload starts with its description. */
  emit<Name extends AboutRecord>(name: Name, record: RecordOf<Name> & Instance, ...[fields]: FieldsOf<Name>): void {
    const { state } = this
    this.#emit({ name, subject: subjectOf(state, record) }, fields, masterOf(state, record))
  }

  /** Reports something that belongs to a master but whose payload does not describe it. */
  emitBare<Name extends OfMaster>(name: Name, master: Master, ...[fields]: FieldsOf<Name>): void {
    this.#emit({ name }, fields, master)
  }

  /** The types of `emit` and `emitBare` match name and fields; the compiler cannot follow that through a spread. */
  #emit(start: { name: CoreEventName, subject?: Subject }, fields: object | undefined, master?: Master): void {
    const event = { ...start, ...fields, ...contextOf(master) } as SentinelEvent
    this.effects.push({ type: 'emit', event })
  }
}

/** Events whose payload begins with the description of a record, and those that only belong to a master. */
type AboutRecord = NamesWith<{ readonly subject: Subject }>
type OfMaster = NamesWith<{ readonly master: string }>
type NamesWith<Fields> = {
  [Name in CoreEventName]: EventCatalogue[Name] extends Fields ? Name : never
}[CoreEventName]

interface RecordOfSubject {
  readonly master: Master
  readonly replica: Replica
  readonly sentinel: Peer
}

/** The record that an event may be about. */
type RecordOf<Name extends AboutRecord> = NeededByAll<Name extends AboutRecord
  ? (needed: RecordOfSubject[EventCatalogue[Name]['subject']['kind']]) => void : never>

/** The fields that an emitter gives: none, or an object that may be left out when all of them may. */
type FieldsOf<Name extends CoreEventName> = keyof Fields<Name> extends never
  ? []
  : object extends Fields<Name> ? [fields?: Fields<Name>] : [fields: Fields<Name>]

type Fields<Name extends CoreEventName> = NeededByAll<Name extends CoreEventName
  ? (needed: Omit<EventCatalogue[Name], 'subject' | 'master'>) => void : never>

/** An emitter that names one of several events gives what each of them needs. */
type NeededByAll<Uses> = [Uses] extends [(needed: infer All extends object) => void] ? All : never

function shortened(text: string): string {
  return text.length > COMPLAINT_CHARS_MAX ? `${text.slice(0, COMPLAINT_CHARS_MAX)}...` : text
}

function contextOf(master: Master | undefined): { master?: string, notificationScript?: string } {
  if (master === undefined) return {}
  const { name, settings: { notificationScript } } = master
  return { master: name, ...(notificationScript === undefined ? {} : { notificationScript }) }
}

function subjectOf(state: SentinelState, instance: Instance): Subject {
  const { name } = instance
  const { announceHostnames } = state.globals
  const endpoint = announcedEndpoint(instance.address, announceHostnames)
  if (instance.kind === 'master') return { kind: 'master', name, ...endpoint }
  const master = state.masters.get(instance.masterName)
  return {
    kind: instance.kind === 'replica' ? 'replica' : 'sentinel',
    name,
    ...endpoint,
    master: {
      name: instance.masterName,
      ...(master === undefined ? { host: '', port: 0 } : announcedEndpoint(master.address, announceHostnames)),
    },
  }
}
