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
  /** Time since the master was first seen down, or since the failover began if it was not down. */
  readonly sinceStartMs: Millis
}

export interface FailoverRecord {
  readonly master: string
  readonly role: 'leader' | 'follower'
  readonly outcome: FailoverOutcome
  /** Why a failover was aborted. */
  readonly reason: AbortReason | undefined
  /** The new epoch at its beginning. */
  readonly epoch: Epoch | undefined
  readonly startedWall: number
  /** From start to end; undefined while it runs. */
  readonly durationMs: Millis | undefined
  /** Address of the master before and after; undefined until the switch. */
  readonly from: Endpoint | undefined
  readonly to: Endpoint | undefined
  readonly phases: readonly FailoverPhase[]
  /** It ended before this process started; its times are those of the clock at that time. */
  readonly isBeforeRestart: boolean
}

/** Finished failovers by master's name, oldest first. */
export type FailoverHistory = ReadonlyMap<string, readonly FailoverRecord[]>

interface OpenFailover {
  role: 'leader' | 'follower'
  readonly start: Now
  epoch: Epoch | undefined
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
])

export class Journal {
  readonly #masters = new Map<string, MasterHistory>()
  readonly #onChange: () => void

  /** `past` was kept before a restart. `onChange` runs when a failover has ended or a history was removed. */
  constructor(past: FailoverHistory = new Map(), onChange: () => void = () => undefined) {
    for (const [master, failovers] of past) this.#historyOf(master).finished.push(...failovers.slice(-FAILOVERS_MAX))
    this.#onChange = onChange
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
    addPhase(history, published)
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

function addPhase(history: MasterHistory, { event, now }: PublishedEvent): void {
  const starts = event.name === '+sdown' || event.name === '+try-failover' || event.name === '+config-update-from'
  if (history.open === undefined && !starts) return
  history.open ??= { role: 'follower', start: now, epoch: undefined, phases: [] }
  const { open } = history
  if (event.name === '+try-failover') open.role = 'leader'
  if (event.name === '+try-failover' || event.name === '+config-update-from') {
    history.failingOver = true
    open.epoch = history.epoch
  }
  if (open.phases.length < PHASES_MAX) {
    open.phases.push({ name: event.name, wall: now.wall, sinceStartMs: now.mono - open.start.mono })
  }
}

function finish(history: MasterHistory, { master, from, to }: EventOf<'+switch-master'>, now: Now): void {
  const { open } = history
  if (open === undefined) return
  const adopted = open.phases.some((phase) => phase.name === '+config-update-from')
  keep(history, {
    ...close(master, open, adopted ? 'adopted' : 'switched', now),
    from,
    to,
  })
  history.open = undefined
}

function isAbort(event: SentinelEvent): event is EventOf<AbortEventName> {
  return event.name.startsWith('-failover-abort')
}

/** Why an attempt was given up. The field `because` is more precise than the name (`core/failover/conclude.ts`). */
export function abortReason({ name, because }: EventOf<AbortEventName>): AbortReason {
  return because ?? name
}

/**
 * While the master is down, the next attempt counts from the same start but has its own phases. When the master answers
 * again, the next attempt has its own start.
 */
function abort(history: MasterHistory, master: string, now: Now, reason: AbortReason): void {
  const { open } = history
  if (open === undefined) return
  keep(history, { ...close(master, open, 'aborted', now), reason })
  if (reason === 'master-answers') return forget(history)
  const before = open.phases.findIndex((phase) => phase.name === '+new-epoch' || phase.name === '+try-failover')
  const phases = open.phases.slice(0, Math.max(0, before))
  history.open = phases.length === 0 ? undefined : { role: 'follower', start: open.start, epoch: undefined, phases }
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
    from: undefined,
    to: undefined,
    phases: [...open.phases],
    isBeforeRestart: false,
  }
}
