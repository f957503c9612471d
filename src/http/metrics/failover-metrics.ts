/** Counters of failovers by outcome, phases, votes, TILT and failed scripts. */
import type { EventName, Millis } from '../../core/index.ts'
import type { FailoverPhase, FailoverRecord, Journal } from '../../events/index.ts'
import { abortWord } from '../../explain/index.ts'
import type { PublishedEvent } from '../../ports/index.ts'
import { Histogram, type HistogramSeries, type MetricsText, type Sample } from './text-format.ts'

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

/** Number of series. Operators use few master names, but a faulty script may create very many. */
const SERIES_MAX = 5_000

interface Ended {
  readonly labels: Readonly<Record<'master_name' | 'role' | 'outcome' | 'reason', string>>
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
        if (event.master !== undefined) this.#noteEnd(event.master)
        return
      default:
    }
  }

  write(text: MetricsText, now: Millis): void {
    const tiltMs = this.#tiltMs + (this.#tiltSince === undefined ? 0 : now - this.#tiltSince)
    text.counter('redis_sentinel_failovers_started_total', 'Failovers in which this sentinel was a candidate', this.#started)
    text.counter('redis_sentinel_failovers_total',
      'Ended failovers; reason is the cause of the start (odown, forced) or of the abort',
      ...[...this.#ended.values()].map(({ labels, count }): Sample => ({ labels, value: count })))
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
    const key = JSON.stringify(labels)
    const known = this.#ended.get(key)
    if (known !== undefined) known.count += 1
    else if (this.#ended.size < SERIES_MAX) this.#ended.set(key, { labels, count: 1 })
    if (record.role === 'leader' && record.outcome === 'switched') this.#notePhases(record.phases)
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

function reasonOf({ reason, phases, outcome }: FailoverRecord): string {
  if (reason !== undefined) return abortWord(reason)
  if (outcome === 'adopted') return 'told'
  return phases.some(({ name }) => name === '+odown') ? 'odown' : 'forced'
}
