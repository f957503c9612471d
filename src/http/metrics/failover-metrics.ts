/** Counters of failovers by outcome, phases, votes, TILT and failed scripts. */
import type { EventName, Millis } from '../../core/index.ts'
import type { FailoverPhase, FailoverRecord, Journal } from '../../events/index.ts'
import { abortWord } from '../../explain/index.ts'
import type { PublishedEvent } from '../../ports/index.ts'
import { Histogram, SharedLabels, type HistogramSeries, type MetricsText, type Sample } from '../../prometheus/index.ts'

/** Bounds in seconds. After detection a good failover takes a fraction of a second, a bad one its failover-timeout. */
const PHASE_BOUNDS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 180]

/** The phases of a failover that this sentinel leads, with the events at which each begins and ends. */
const PHASES: readonly (readonly [name: string, from: EventName, to: EventName])[] = [
  ['agreement', '+sdown', '+odown'],
  ['election', '+try-failover', '+elected-leader'],
  ['selection', '+elected-leader', '+selected-slave'],
  ['promotion', '+selected-slave', '+promoted-slave'],
  ['reconfiguration', '+promoted-slave', '+switch-master'],
  ['switch', '+sdown', '+switch-master'],
]

/** Every kind of end of a failover. Each is counted from the start, so that the first one is an increase from 0. */
const ENDS: readonly Omit<Ended['labels'], 'master_name'>[] = [
  { role: 'leader', outcome: 'switched', reason: 'odown' },
  { role: 'leader', outcome: 'switched', reason: 'forced' },
  { role: 'leader', outcome: 'adopted', reason: 'told' },
  { role: 'follower', outcome: 'adopted', reason: 'told' },
  ...['not-elected', 'no-good-slave', 'slave-timeout', 'master-timeout', 'master-answers'].map((reason) => (
    { role: 'leader', outcome: 'aborted', reason }
  )),
]

/** Number of series. Operators use few master names, but a faulty script may create very many. */
const SERIES_MAX = 5_000

interface Ended {
  readonly labels: Readonly<Record<'master_name' | 'role' | 'outcome' | 'reason', string>>
  /** The text of the labels, made once. */
  readonly shared: SharedLabels
  count: number
}

export class FailoverMetrics {
  readonly #journal: Pick<Journal, 'failovers'>
  readonly #myId: string
  /**
   * Records that were counted. After a switch without a failover of this sentinel, the last record is an earlier one.
   */
  readonly #counted = new WeakSet<FailoverRecord>()
  readonly #ended = new Map<string, Ended>()
  /** Monitored masters whose counters exist. */
  readonly #known = new Set<string>()
  readonly #phases = new Map(PHASES.map(([name]) => [name, new Histogram(PHASE_BOUNDS)]))
  #started = 0
  #votes = { self: 0, other: 0 }
  #tilts = 0
  #tiltSince: Millis | undefined
  #tiltMs = 0
  #scriptFailures = 0

  constructor(journal: Pick<Journal, 'failovers'>, myId: string) {
    this.#journal = journal
    this.#myId = myId
  }

  /** A sink of the event bus, subscribed after the journal, whose records it reads. */
  event({ event, now }: PublishedEvent): void {
    switch (event.name) {
      case '+try-failover':
        this.#started += 1
        return
      case '+vote-for-leader':
        this.#votes[event.leader === this.#myId ? 'self' : 'other'] += 1
        return
      case '+tilt':
        this.#tilts += 1
        this.#tiltSince = now.mono
        return
      case '-tilt':
        this.#tiltMs += this.#tiltSince === undefined ? 0 : now.mono - this.#tiltSince
        this.#tiltSince = undefined
        return
      case '-script-error':
      case '-script-timeout':
        this.#scriptFailures += 1
        return
      case '+switch-master':
      case '-failover-abort-not-elected':
      case '-failover-abort-no-good-slave':
      case '-failover-abort-slave-timeout':
      case '-failover-abort-master-timeout':
        if (event.master !== undefined) this.#noteEnd(event.master)
        return
      default:
    }
  }

  /** @param masters the names of the monitored masters */
  write(text: MetricsText, now: Millis, masters: readonly string[]): void {
    this.#forgetUncounted(new Set(masters))
    for (const master of masters) this.#countFromNow(master)
    const tiltMs = this.#tiltMs + (this.#tiltSince === undefined ? 0 : now - this.#tiltSince)
    text.counter('redis_sentinel_failovers_started_total', 'Failovers in which this sentinel was a candidate', this.#started)
    text.counter('redis_sentinel_failovers_total',
      'Ended failovers; reason is the cause of the start (odown, forced) or of the abort',
      ...[...this.#ended.values()].map(({ shared, count }): Sample => ({ labels: shared, value: count })))
    text.histogram('redis_sentinel_failover_phase_seconds',
      'Duration of the phases of failovers that this sentinel led; switch is the whole, from +sdown to +switch-master',
      [...this.#phases].map(([phase, histogram]): HistogramSeries => ({ labels: { phase }, histogram })))
    text.counter('redis_sentinel_votes_total', 'Votes of this sentinel, for itself and for others',
      { labels: { for: 'self' }, value: this.#votes.self }, { labels: { for: 'other' }, value: this.#votes.other })
    text.counter('redis_sentinel_tilts_total', 'Times that this sentinel entered TILT', this.#tilts)
    text.counter('redis_sentinel_tilt_seconds_total', 'Time that this sentinel spent in TILT', tiltMs / 1000)
    text.counter('redis_sentinel_script_failures_total', 'Scripts that failed in all attempts or ran too long', this.#scriptFailures)
  }

  #noteEnd(master: string): void {
    const record = this.#journal.failovers(master).at(-1)
    if (record === undefined || record.outcome === 'running' || record.isBeforeRestart || this.#counted.has(record)) return
    this.#counted.add(record)
    const labels = { master_name: master, role: record.role, outcome: record.outcome, reason: reasonOf(record) }
    const ended = this.#count(labels)
    if (ended !== undefined) ended.count += 1
    if (record.role === 'leader' && record.outcome === 'switched') this.#notePhases(record.phases)
  }

  /** Creates the counters of a master that is new. */
  #countFromNow(master: string): void {
    if (this.#known.has(master)) return
    this.#known.add(master)
    for (const end of ENDS) this.#count({ master_name: master, ...end })
  }

  /** Removes counters at 0 of masters that are no longer monitored. */
  #forgetUncounted(masters: ReadonlySet<string>): void {
    const gone = [...this.#known].filter((master) => !masters.has(master))
    if (gone.length === 0) return
    for (const master of gone) this.#known.delete(master)
    for (const [key, { labels, count }] of this.#ended) {
      if (count === 0 && !masters.has(labels.master_name)) this.#ended.delete(key)
    }
  }

  /** The counter with these labels, which may be new; undefined when there are too many. */
  #count(labels: Ended['labels']): Ended | undefined {
    const key = JSON.stringify(labels)
    const known = this.#ended.get(key)
    if (known !== undefined) return known
    if (this.#ended.size >= SERIES_MAX) return undefined
    const ended = { labels, shared: new SharedLabels(labels), count: 0 }
    this.#ended.set(key, ended)
    return ended
  }

  #notePhases(phases: readonly FailoverPhase[]): void {
    for (const [name, from, to] of PHASES) {
      const start = phases.find((phase) => phase.name === from)
      const end = phases.findLast((phase) => phase.name === to)
      if (start === undefined || end === undefined) continue
      this.#phases.get(name)?.add((end.sinceStartMs - start.sinceStartMs) / 1000)
    }
  }
}

function reasonOf({ reason, phases, outcome, attempt }: FailoverRecord): string {
  if (reason !== undefined) return abortWord(reason)
  if (outcome === 'adopted') return 'told'
  return attempt > 1 || phases.some(({ name }) => name === '+odown') ? 'odown' : 'forced'
}
