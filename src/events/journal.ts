/**
 * Keeps the last failovers of each master with their phases. It is built from events alone, so it agrees with the log;
 * those that ended before a restart come from the file of our own state. Explanations, metrics and the history read it.
 */
import type { AbortEventName, Endpoint, Epoch, EventName, EventOf, Millis, Now, SentinelEvent } from '../core/index.ts'
import type { PublishedEvent } from '../ports/index.ts'

/** Failovers kept per master; an operator asks for the last few. */
export const FAILOVERS_MAX = 20

/** Phases kept of one failover: the steps of a leader plus three per replica of a large group. */
export const PHASES_MAX = 256

/** The event that ended it; `master-answers` when its reason is that the master answers again. */
export type AbortReason = AbortEventName | 'master-answers'

/** `adopted`: another sentinel led the failover, and this one accepted its configuration. */
export type FailoverOutcome = 'running' | 'switched' | 'adopted' | 'aborted'

export interface FailoverPhase {
  readonly name: EventName
  readonly wall: number
  /** Time since the attempt began. */
  readonly sinceStartMs: Millis
}

/**
 * One attempt to replace a master. The first attempt of an outage begins when the master is found down, a later one
 * with its own first event; an ordered failover of a master that answers begins with the order.
 */
export interface FailoverRecord {
  readonly master: string
  readonly role: 'leader' | 'follower'
  readonly outcome: FailoverOutcome
  /** Why a failover was aborted. */
  readonly reason: AbortReason | undefined
  /** The new epoch at its beginning. */
  readonly epoch: Epoch | undefined
  readonly startedWall: number
  /** From start to end of the attempt; undefined while it runs. */
  readonly durationMs: Millis | undefined
  /** Whether an operator ordered it; undefined where this sentinel cannot know. */
  readonly isPlanned: boolean | undefined
  /** Number of the attempt in its outage, from 1. */
  readonly attempt: number
  /** From the end of the attempt before to the beginning of this one; undefined for the first. */
  readonly waitedMs: Millis | undefined
  /** When the master last gave a good answer; undefined when it was not down, or when that is not known. */
  readonly lastAnswerWall: number | undefined
  /** From the last good answer to the end of the outage; undefined while it lasts. */
  readonly outageMs: Millis | undefined
  /** Address of the master before and after; undefined until the switch. */
  readonly from: Endpoint | undefined
  readonly to: Endpoint | undefined
  readonly phases: readonly FailoverPhase[]
  /** It ended before this process started; its times are those of the clock at that time. */
  readonly isBeforeRestart: boolean
}

/** Finished failovers by master's name, oldest first. */
export type FailoverHistory = ReadonlyMap<string, readonly FailoverRecord[]>

/** What the events do not show, read when one of them is published. */
export interface FailoverFacts {
  /** Since the last good answer of the master, as a master. */
  lastAnswerMs(master: string, now: Now): Millis | undefined
  /** Whether the failover that this sentinel begins was ordered by an operator. */
  isOrdered(master: string, now: Now): boolean
}

/** The master is down. */
interface Outage {
  readonly lastAnswer: Now | undefined
}

interface OpenFailover {
  role: 'leader' | 'follower'
  /** Until the attempt begins, the end of the one before. */
  start: Now
  /** Between two attempts. */
  isWaiting: boolean
  epoch: Epoch | undefined
  isPlanned: boolean | undefined
  readonly attempt: number
  waitedMs: Millis | undefined
  /** Undefined when the master was not down. */
  readonly outage: Outage | undefined
  readonly phases: FailoverPhase[]
}

interface MasterHistory {
  readonly finished: FailoverRecord[]
  /** Exists while the master is down or a failover runs. */
  open: OpenFailover | undefined
  failingOver: boolean
  epoch: Epoch | undefined
}

/** Events that are phases of a failover, in addition to +sdown and +new-epoch. */
const PHASES: ReadonlySet<EventName> = new Set<EventName>([
  '+odown', '-odown', '+try-failover', '+vote-for-leader', '+elected-leader',
  '+failover-state-select-slave', '+selected-slave', '+failover-state-send-slaveof-noone',
  '+failover-state-wait-promotion', '+promoted-slave', '+failover-state-reconf-slaves', '+slave-reconf-sent',
  '+slave-reconf-inprog', '+slave-reconf-done', '-slave-reconf-sent-timeout', '+slave-reconf-sent-be',
  '+failover-end-for-timeout', '+failover-end', '+config-update-from', '+switch-master',
  '-failover-abort-not-elected', '-failover-abort-no-good-slave', '-failover-abort-slave-timeout',
  '-failover-abort-master-timeout',
])

/** Events with which an attempt after another one begins. */
const BEGINNINGS: ReadonlySet<EventName> = new Set<EventName>([
  '+new-epoch', '+try-failover', '+vote-for-leader', '+config-update-from',
])

const NO_FACTS: FailoverFacts = { lastAnswerMs: () => undefined, isOrdered: () => false }

export class Journal {
  readonly #masters = new Map<string, MasterHistory>()
  readonly #onChange: () => void
  readonly #facts: FailoverFacts

  /** `past` was kept before a restart. `onChange` runs when a failover has ended or a history was removed. */
  constructor(
    past: FailoverHistory = new Map(), onChange: () => void = () => undefined, facts: FailoverFacts = NO_FACTS,
  ) {
    for (const [master, failovers] of past) this.#historyOf(master).finished.push(...failovers.slice(-FAILOVERS_MAX))
    this.#onChange = onChange
    this.#facts = facts
  }

  /** The sink: records one event. */
  record(published: PublishedEvent): void {
    const { event } = published
    if (event.master !== undefined) this.#follow(event.master, published)
  }

  /** Oldest first; the last one may be running. */
  failovers(master: string): readonly FailoverRecord[] {
    const history = this.#masters.get(master)
    if (history === undefined) return []
    const { open, failingOver, finished } = history
    return open === undefined || !failingOver ? [...finished] : [...finished, close(master, open, 'running')]
  }

  /** All that have ended, of all masters. */
  finished(): FailoverHistory {
    return new Map([...this.#masters].map(([master, { finished }]) => [master, [...finished]]))
  }

  #follow(master: string, published: PublishedEvent): void {
    const { event, now } = published
    const history = this.#historyOf(master)
    switch (event.name) {
      case '-monitor':
        this.#masters.delete(master)
        this.#onChange()
        return
      case '+reset-master':
        forget(history)
        return
      case '-sdown':
        if (event.subject.kind === 'master' && !history.failingOver) forget(history)
        return
      case '+sdown':
        if (event.subject.kind !== 'master') return
        break
      case '+new-epoch':
        history.epoch = event.epoch
        break
      default:
        if (!PHASES.has(event.name)) return
    }
    addPhase(history, published, this.#facts)
    const last = history.finished.at(-1)
    if (event.name === '+switch-master') finish(history, event, now)
    else if (isAbort(event)) abort(history, master, now, abortReason(event))
    if (history.finished.at(-1) !== last) this.#onChange()
  }

  #historyOf(master: string): MasterHistory {
    const known = this.#masters.get(master)
    if (known !== undefined) return known
    const history: MasterHistory = { finished: [], open: undefined, failingOver: false, epoch: undefined }
    this.#masters.set(master, history)
    return history
  }
}

function forget(history: MasterHistory): void {
  history.open = undefined
  history.failingOver = false
}

function addPhase(history: MasterHistory, { event, now }: PublishedEvent, facts: FailoverFacts): void {
  const { master = '' } = event
  history.open ??= opened(event, now, facts)
  const { open } = history
  if (open === undefined) return
  if (open.isWaiting) {
    if (!BEGINNINGS.has(event.name)) return
    open.isWaiting = false
    open.waitedMs = now.mono - open.start.mono
    open.start = now
  }
  if (event.name === '+try-failover') {
    open.role = 'leader'
    open.isPlanned = facts.isOrdered(master, now)
  }
  if (event.name === '+try-failover' || event.name === '+config-update-from') {
    history.failingOver = true
    open.epoch = history.epoch
  }
  if (open.phases.length < PHASES_MAX) {
    open.phases.push({ name: event.name, wall: now.wall, sinceStartMs: now.mono - open.start.mono })
  }
}

/** The attempt that begins with this event; undefined for an event that begins none. */
function opened({ name, master = '' }: SentinelEvent, now: Now, facts: FailoverFacts): OpenFailover | undefined {
  if (name !== '+sdown' && name !== '+try-failover' && name !== '+config-update-from') return undefined
  const agoMs = name === '+sdown' ? facts.lastAnswerMs(master, now) : undefined
  const lastAnswer = agoMs === undefined ? undefined : { wall: now.wall - agoMs, mono: now.mono - agoMs }
  return {
    role: 'follower', start: now, isWaiting: false, epoch: undefined, isPlanned: name === '+sdown' ? false : undefined,
    attempt: 1, waitedMs: undefined, outage: name === '+sdown' ? { lastAnswer } : undefined, phases: [],
  }
}

function finish(history: MasterHistory, { master, from, to }: EventOf<'+switch-master'>, now: Now): void {
  const { open } = history
  if (open === undefined) return
  const adopted = open.phases.some((phase) => phase.name === '+config-update-from')
  keep(history, {
    ...close(master, open, adopted ? 'adopted' : 'switched', now),
    outageMs: outageMs(open, now),
    from,
    to,
  })
  history.open = undefined
}

/** From the last good answer until clients get the new address: the promotion is confirmed before the event. */
function outageMs({ outage, start, phases }: OpenFailover, now: Now): Millis | undefined {
  if (outage?.lastAnswer === undefined) return undefined
  const promoted = phases.find(({ name }) => name === '+promoted-slave')
  return (promoted === undefined ? now.mono : start.mono + promoted.sinceStartMs) - outage.lastAnswer.mono
}

function isAbort(event: SentinelEvent): event is EventOf<AbortEventName> {
  return event.name.startsWith('-failover-abort')
}

/** Why an attempt was given up. The field `because` is more precise than the name (`core/failover/conclude.ts`). */
export function abortReason({ name, because }: EventOf<AbortEventName>): AbortReason {
  return because ?? name
}

/**
 * While the master is down, the next attempt belongs to the same outage. When the master answers again, the outage is
 * over.
 */
function abort(history: MasterHistory, master: string, now: Now, reason: AbortReason): void {
  const { open } = history
  if (open === undefined) return
  const isOver = reason === 'master-answers'
  keep(history, { ...close(master, open, 'aborted', now), reason, outageMs: isOver ? outageMs(open, now) : undefined })
  if (isOver) return forget(history)
  history.open = open.outage === undefined ? undefined : {
    role: 'follower', start: now, isWaiting: true, epoch: undefined, isPlanned: false, attempt: open.attempt + 1,
    waitedMs: undefined, outage: open.outage, phases: [],
  }
}

function keep(history: MasterHistory, record: FailoverRecord): void {
  history.failingOver = false
  history.finished.push(record)
  if (history.finished.length > FAILOVERS_MAX) history.finished.shift()
}

function close(master: string, open: OpenFailover, outcome: FailoverOutcome, now?: Now): FailoverRecord {
  return {
    master,
    role: open.role,
    outcome,
    reason: undefined,
    epoch: open.epoch,
    startedWall: open.start.wall,
    durationMs: now === undefined ? undefined : now.mono - open.start.mono,
    isPlanned: open.isPlanned,
    attempt: open.attempt,
    waitedMs: open.waitedMs,
    lastAnswerWall: open.outage?.lastAnswer?.wall,
    outageMs: undefined,
    from: undefined,
    to: undefined,
    phases: [...open.phases],
    isBeforeRestart: false,
  }
}
