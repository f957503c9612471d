/**
 * Schedules the answers to requests. Each turn of the event loop has a little time for them, and after a turn that used
 * all of it requests wait, so that HTTP never takes more than a third of the process's time. Probes are answered first,
 * and also during the wait: they are very cheap, and a supervisor kills a process that does not answer them.
 */
import { REST_FACTOR, TURN_MS_MAX } from '../limits.ts'

export type Work = () => void

export class RequestTurns {
  readonly #probes: Work[] = []
  readonly #others: Work[] = []
  #immediate: NodeJS.Immediate | undefined
  #rest: NodeJS.Timeout | undefined

  /** Queues the work of a request. It runs in a later turn of the event loop and must not throw. */
  add(work: Work, { isProbe }: { readonly isProbe: boolean }): void {
    ;(isProbe ? this.#probes : this.#others).push(work)
    if (isProbe || this.#rest === undefined) this.#runSoon()
  }

  /** Drops all queued work. */
  stop(): void {
    this.#probes.length = 0
    this.#others.length = 0
    clearImmediate(this.#immediate)
    clearTimeout(this.#rest)
    this.#immediate = undefined
    this.#rest = undefined
  }

  #runSoon(): void {
    this.#immediate ??= setImmediate(() => {
      this.#immediate = undefined
      this.#run()
    })
  }

  #run(): void {
    const begun = performance.now()
    const isOver = () => performance.now() - begun >= TURN_MS_MAX
    runUntil(this.#probes, isOver)
    if (this.#rest === undefined && !isOver()) runUntil(this.#others, isOver)
    if (this.#probes.length > 0 || (this.#others.length > 0 && !isOver())) this.#runSoon()
    if (isOver()) this.#restFor((performance.now() - begun) * REST_FACTOR)
  }

  /** Pauses requests for this time. Probes are answered meanwhile. */
  #restFor(ms: number): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined
      if (this.#others.length > 0) this.#runSoon()
    }, ms).unref()
  }
}

/** Runs queued work until `isOver`, but at least one piece of it. */
function runUntil(works: Work[], isOver: () => boolean): void {
  let done = 0
  while (done < works.length) {
    works[done]?.()
    done += 1
    if (isOver()) break
  }
  works.splice(0, done)
}
