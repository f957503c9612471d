/** Shortens waits inside of a test, so that they end before the test's own limit and their message is shown. */
export interface WaitLimit {
  /** The time that a wait with the limit `timeoutMs` gets, in milliseconds. */
  clip(timeoutMs: number): number
}

/** Time of a test that is reserved for the report of a wait and for stopping the deployment, in milliseconds. */
const RESERVE_MS = 2_000

/** Does not shorten waits. */
export const NO_LIMIT: WaitLimit = Object.freeze({ clip: (timeoutMs: number) => timeoutMs })

/**
 * Ends every wait before `totalMs` from now have passed: 2 s before, or a tenth of a shorter time.
 *
 * @param totalMs the test's limit in milliseconds; 0 or Infinity: no limit
 */
export function limitFor(totalMs: number): WaitLimit {
  if (!(totalMs > 0) || totalMs === Infinity) return NO_LIMIT
  const deadline = performance.now() + totalMs - Math.min(RESERVE_MS, totalMs / 10)
  return { clip: (timeoutMs) => Math.max(1, Math.min(timeoutMs, Math.floor(deadline - performance.now()))) }
}
