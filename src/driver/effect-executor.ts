/**
 * Runs the effects of the core in order. Effects that show our state to another party (`waitsForSave`) queue
 * behind every save that was requested before them; the others, which keep links alive, run at once. The queue
 * holds barriers (a save that has not ended) and effects, in the order of the steps.
 */
import { waitsForSave, type Effect, type OperationId } from '../core/index.ts'
import type { Clock, EventSink, Links, OperationOutcome, ScriptRunner } from '../ports/index.ts'
import { WAITING_EFFECTS_MAX } from './limits.ts'
import type { Saver } from './saver.ts'

export interface ExecutorOptions {
  readonly clock: Clock
  readonly saver: Saver
  readonly links: Links
  readonly scripts: Pick<ScriptRunner, 'enqueue'>
  readonly events: EventSink
  readonly resolve: (host: string) => void
  readonly answer: (operation: OperationId, outcome: OperationOutcome) => void
  /** Our own state is to be written soon. */
  readonly keep: (isBeforeSave: boolean) => void
  readonly exit: (status: number) => void
}

type AnswerEffect = Extract<Effect, { type: 'answer' }>

type Waiting =
  | { readonly barrier: number }
  | { readonly barrier?: never, readonly effect: Effect, readonly ownSave: number | undefined }

export class EffectExecutor {
  readonly #options: ExecutorOptions
  #waiting: Waiting[] = []
  #exited = false

  constructor(options: ExecutorOptions) {
    this.#options = options
  }

  /** Effects and barriers that wait for a save. */
  get waitingCount(): number {
    return this.#waiting.length
  }

  /** Runs the effects of one step: at once, or when the saves before them have ended. */
  run(effects: readonly Effect[]): void {
    const { saver } = this.#options
    let ownSave: number | undefined
    for (const effect of effects) {
      if (this.#exited) return
      if (effect.type === 'persist') {
        ownSave = effect.seq
        saver.request(effect.seq)
        if (effect.seq > saver.settledSeq) this.#waiting.push({ barrier: effect.seq })
      } else if (this.#waiting.length > 0 && waitsForSave(effect)) {
        this.#waiting.push({ effect, ownSave })
      } else {
        this.#perform(effect, ownSave)
      }
    }
    if (this.#waiting.length > WAITING_EFFECTS_MAX) {
      saver.giveUpWaiting(`more than ${WAITING_EFFECTS_MAX} effects wait for the disk`)
      this.release()
    }
  }

  /** Runs the waiting effects up to the first save that has not ended. */
  release(): void {
    const { settledSeq } = this.#options.saver
    const waiting = this.#waiting
    let at = 0
    for (; at < waiting.length && !this.#exited; at += 1) {
      const entry = waiting[at]
      if (entry === undefined) break
      if (entry.barrier === undefined) this.#perform(entry.effect, entry.ownSave)
      else if (entry.barrier > settledSeq) break
    }
    // Nothing above runs a step, so no entry was added meanwhile.
    if (at > 0) this.#waiting = waiting.slice(at)
  }

  #perform(effect: Effect, ownSave: number | undefined): void {
    const { links, events, clock, scripts, resolve, keep, exit } = this.#options
    switch (effect.type) {
      case 'connect': {
        const { connection, purpose, nodeKind, host, port } = effect
        return links.open(connection, { purpose, nodeKind, host, port })
      }
      case 'send':
        return links.send(effect.connection, effect.argv, effect.request)
      case 'subscribe':
        return links.subscribe(effect.connection, effect.command, effect.channel)
      case 'close':
        return links.close(effect.connection)
      case 'resolve':
        return resolve(effect.host)
      case 'answer':
        return this.#answer(effect, ownSave)
      case 'emit':
        return events.event(effect.event, clock.now())
      case 'note':
        return events.note(effect.note, clock.now())
      case 'run-script':
        return scripts.enqueue(effect.argv)
      case 'keep':
        return keep(effect.isBeforeSave)
      case 'exit':
        this.#exited = true
        return exit(effect.status)
      case 'persist':
        return
    }
  }

  #answer({ operation, result, unlessSaved }: AnswerEffect, ownSave: number | undefined): void {
    const { saver, answer } = this.#options
    // The save that this answer waited for is the one that was settled last.
    const save = ownSave === undefined ? 'none' : saver.lastResult
    const isUnsaved = unlessSaved !== undefined && saver.savedSeq < unlessSaved.seq
    answer(operation, { result: isUnsaved ? unlessSaved.result : result, save })
  }
}
