/** What one step carries: the state, the time, the randomness and the effects that it has decided on so far. */
import type { Effect } from './effect.ts'
import type { CoreEventName, Note, Subject } from './event.ts'
import { COMPLAINT_CHARS_MAX, COMPLAINTS_MAX } from './limits.ts'
import { ownText } from './own-text.ts'
import type { Random } from './random.ts'
import { announcedHost } from './state/address.ts'
import type { ConnectionId, RecordId } from './state/ids.ts'
import type { Instance } from './state/instance.ts'
import type { Master } from './state/master.ts'
import { masterOf, type SentinelState } from './state/sentinel-state.ts'
import type { Now } from './time.ts'

export class Turn {
  readonly state: SentinelState
  readonly now: Now
  readonly random: Random
  readonly effects: Effect[] = []
  /** What is nearly due goes along with what is due (`GATHER_MS`). */
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

  /** Say once in the log that somebody talks nonsense. */
  complain(from: string, what: string): void {
    if (this.state.complaints.size >= COMPLAINTS_MAX) return
    const [shownFrom, shownWhat] = [shortened(from), shortened(what)]
    this.noteOnce(ownText(`${shownFrom} ${shownWhat}`), { kind: 'nonsense', from: shownFrom, what: shownWhat })
  }

  /** Tell something in the log once, as long as `key` is the same. */
  noteOnce(key: string, note: Note): void {
    const { complaints } = this.state
    if (complaints.has(key) || complaints.size >= COMPLAINTS_MAX) return
    complaints.add(key)
    this.note(note)
  }

  /** Ask for a save of the whole state. Effects after it that wait for saves stay behind it. Returns its number. */
  persist(): number {
    this.state.saveSeq += 1
    this.effects.push({ type: 'persist', seq: this.state.saveSeq })
    return this.state.saveSeq
  }

  /** Look at this record again before the step ends. */
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

  /** Report something about a record; the payload starts with its description. */
  emit(name: CoreEventName, instance: Instance, detail?: string): void {
    const { state } = this
    const master = masterOf(state, instance)
    this.effects.push({
      type: 'emit',
      event: {
        name,
        subject: subjectOf(state, instance),
        ...(detail === undefined ? {} : { detail }),
        ...contextOf(master),
      },
    })
  }

  /** Report something that belongs to a master but whose payload does not describe it. */
  emitBare(name: CoreEventName, master: Master | undefined, detail: string): void {
    this.effects.push({ type: 'emit', event: { name, detail, ...contextOf(master) } })
  }
}

function shortened(text: string): string {
  return text.length > COMPLAINT_CHARS_MAX ? `${text.slice(0, COMPLAINT_CHARS_MAX)}...` : text
}

function contextOf(master: Master | undefined): { master?: string, notificationScript?: string } {
  if (master === undefined) return {}
  return {
    master: master.name,
    ...(master.notificationScript === undefined ? {} : { notificationScript: master.notificationScript }),
  }
}

function subjectOf(state: SentinelState, instance: Instance): Subject {
  const { announceHostnames } = state.globals
  const host = announcedHost(instance.address, announceHostnames)
  const { port } = instance.address
  if (instance.kind === 'master') return { kind: 'master', name: instance.name, host, port }
  const master = state.masters.get(instance.masterName)
  return {
    kind: instance.kind === 'replica' ? 'replica' : 'sentinel',
    name: instance.name,
    host,
    port,
    master: {
      name: instance.masterName,
      host: master === undefined ? '' : announcedHost(master.address, announceHostnames),
      port: master?.address.port ?? 0,
    },
  }
}
