/** A histogram of the time that nodes take, as Prometheus counts it. */

/** Upper bounds in seconds. */
export const LATENCY_BOUNDS: readonly number[] = [
  0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5,
]

export class Latency {
  /** One for each bound and one for what is longer; each value is counted once. */
  readonly counts: number[] = Array.from({ length: LATENCY_BOUNDS.length + 1 }, () => 0)
  sumSeconds = 0

  observe(ms: number): void {
    const seconds = ms / 1_000
    let at = 0
    while (at < LATENCY_BOUNDS.length && seconds > (LATENCY_BOUNDS[at] ?? Infinity)) at += 1
    this.counts[at] = (this.counts[at] ?? 0) + 1
    this.sumSeconds += seconds
  }
}
