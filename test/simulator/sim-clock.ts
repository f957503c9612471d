/**
 * The clock of one process, as the driver sees it. It starts anywhere, may run fast or slow, and its wall clock may
 * be set. It is made anew with every life of the process.
 */
import type { Millis, Now } from '../../src/core/index.ts'
import type { Clock } from '../../src/ports/index.ts'
import type { Micros, Scheduled } from './event-queue.ts'
import type { Life } from './host.ts'

/** Unix time in milliseconds at the beginning of every run. */
export const WALL_START_MS = 1_760_000_000_000

export interface ClockOptions {
  /** Value of the monotonic clock, in milliseconds, at its start. */
  readonly monoStart?: Millis
  /** How much it runs fast (or slow, if negative), in millionths. */
  readonly driftPpm?: number
  /** How far the wall clock is off, in milliseconds. */
  readonly wallOffset?: Millis
}

export class SimClock implements Clock {
  readonly #life: Life
  /** Monotonic microseconds at `#since`. */
  #base: Micros
  #since: Micros
  #driftPpm: number
  #wallOffset: Millis
  #armed: Scheduled | undefined
  #armedFor: Millis = 0
  #target: { readonly mono: Millis, readonly fire: () => void } | undefined

  constructor(life: Life, options: ClockOptions = {}) {
    this.#life = life
    this.#since = life.host.queue.now
    this.#base = (options.monoStart ?? 1_000_000) * 1000
    this.#driftPpm = options.driftPpm ?? 0
    this.#wallOffset = (options.wallOffset ?? 0) + WALL_START_MS - Math.floor((this.#base - this.#since) / 1000)
  }

  now(): Now {
    const mono = Math.floor(this.#monoMicros(this.#life.host.queue.now) / 1000)
    return { mono, wall: mono + this.#wallOffset }
  }

  /** A later target keeps the entry of an earlier one, which then arms again: targets move on with every step. */
  armAt(mono: Millis | undefined, fire: () => void): void {
    this.#target = mono === undefined ? undefined : { mono, fire }
    if (this.#armed !== undefined && mono !== undefined && mono >= this.#armedFor) return
    this.#disarm()
    this.#arm()
  }

  /** Somebody sets the wall clock forward (or back). */
  jumpWall(ms: Millis): void {
    this.#wallOffset += ms
  }

  setDrift(driftPpm: number): void {
    const { now } = this.#life.host.queue
    this.#base = this.#monoMicros(now)
    this.#since = now
    this.#driftPpm = driftPpm
    this.#disarm()
    this.#arm()
  }

  #disarm(): void {
    this.#life.host.queue.cancel(this.#armed)
    this.#armed = undefined
  }

  #arm(): void {
    if (this.#target === undefined) return
    this.#armedFor = this.#target.mono
    this.#armed = this.#life.at(this.#momentOf(this.#armedFor), () => { this.#ring() })
  }

  #ring(): void {
    this.#armed = undefined
    const target = this.#target
    if (target !== undefined && target.mono <= this.now().mono) {
      this.#target = undefined
      target.fire()
    } else {
      this.#arm()
    }
  }

  #monoMicros(time: Micros): Micros {
    const elapsed = time - this.#since
    return this.#base + elapsed + Math.floor(elapsed * this.#driftPpm / 1_000_000)
  }

  /** The first moment of the run at which this clock shows `mono`. */
  #momentOf(mono: Millis): Micros {
    const missing = mono * 1000 - this.#base
    let time = this.#since + Math.floor(missing / (1 + this.#driftPpm / 1_000_000))
    while (this.#monoMicros(time) < mono * 1000) time += 1
    return time
  }
}
