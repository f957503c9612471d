/**
 * When requests are answered. Each turn of the event loop gives them a little time, and after a turn that used all
 * of it they rest, so that HTTP never takes more than a third of the process. Requests of probes come first: they cost
 * next to nothing, and a supervisor kills the process that does not answer them.
 */
import { REST_FACTOR, TURN_MS_MAX } from '../limits.ts'

export type Work = () => void

export class RequestTurns {
  readonly #probes: Work[] = []
  readonly #others: Work[] = []
  #immediate: NodeJS.Immediate | undefined
  #rest: NodeJS.Timeout | undefined

  /** `work` runs in a later turn of the event loop, and must not throw. */
  add(work: Work, { isProbe }: { readonly isProbe: boolean }): void {
    ;(isProbe ? this.#probes : this.#others).push(work)
    if (isProbe || this.#rest === undefined) this.#runSoon()
  }

  /** Forgets everything that waits. */
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

  /** Probes are answered meanwhile. */
  #restFor(ms: number): void {
    this.#rest ??= setTimeout(() => {
      this.#rest = undefined
      if (this.#others.length > 0) this.#runSoon()
    }, ms).unref()
  }
}

/** At least one piece of work is done, however late it is. */
function runUntil(works: Work[], isOver: () => boolean): void {
  let done = 0
  while (done < works.length) {
    works[done]?.()
    done += 1
    if (isOver()) break
  }
  works.splice(0, done)
}
