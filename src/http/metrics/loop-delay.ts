/** Measures the delay of the event loop: how much later than scheduled a timer fires every 500 ms. */
import { LOOP_PROBE_MS } from '../limits.ts'
import { Histogram } from '../../prometheus/index.ts'

/** Bounds in seconds. TILT begins at a delay of 2 s. */
const BOUNDS = [0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2]

export class LoopDelay {
  readonly histogram = new Histogram(BOUNDS)
  #timer: NodeJS.Timeout | undefined
  #last = 0

  start(): void {
    this.#last = performance.now()
    this.#timer = setInterval(() => { this.#probe() }, LOOP_PROBE_MS)
    this.#timer.unref()
  }

  stop(): void {
    clearInterval(this.#timer)
  }

  #probe(): void {
    const now = performance.now()
    this.histogram.add(Math.max(0, now - this.#last - LOOP_PROBE_MS) / 1000)
    this.#last = now
  }
}
