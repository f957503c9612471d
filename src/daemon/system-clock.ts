/** The real clock. In the running program all times for decisions come from it. */
import { performance } from 'node:perf_hooks'
import type { Millis, Now } from '../core/index.ts'
import type { Clock } from '../ports/index.ts'

/** Longest timeout of Node, in milliseconds. For a longer wait the timer is armed again when it fires. */
const TIMER_MAX_MS = 2_147_483_647

export class SystemClock implements Clock {
  #target: Millis | undefined
  #fire: () => void = () => undefined
  #timer: NodeJS.Timeout | undefined
  /** Monotonic time at which `#timer` fires. */
  #timerAt: Millis = 0
  #immediate: NodeJS.Immediate | undefined

  now(): Now {
    return { mono: monotonic(), wall: Date.now() }
  }

  armAt(mono: Millis | undefined, fire: () => void): void {
    this.#target = mono
    this.#fire = fire
    if (mono === undefined) {
      this.#clear()
      return
    }
    const wait = mono - monotonic()
    if (wait <= 0) {
      // A timer would wait for at least a millisecond.
      this.#immediate ??= setImmediate(() => {
        this.#immediate = undefined
        this.#check()
      })
      return
    }
    // A timer that fires too early is kept: checking the time then costs less than a new timer at each turn.
    if (this.#timer !== undefined && this.#timerAt <= mono) return
    clearTimeout(this.#timer)
    this.#setTimer(wait)
  }

  #setTimer(wait: Millis): void {
    const ms = Math.min(wait, TIMER_MAX_MS)
    this.#timerAt = monotonic() + ms
    this.#timer = setTimeout(() => {
      this.#timer = undefined
      this.#check()
    }, ms)
  }

  #check(): void {
    if (this.#target === undefined) return
    const wait = this.#target - monotonic()
    if (wait > 0) {
      if (this.#timer === undefined) this.#setTimer(wait)
      return
    }
    this.#target = undefined
    this.#fire()
  }

  #clear(): void {
    clearTimeout(this.#timer)
    this.#timer = undefined
    clearImmediate(this.#immediate)
    this.#immediate = undefined
  }
}

function monotonic(): Millis {
  return Math.floor(performance.now())
}
