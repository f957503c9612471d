/** A test has a limit of its own; waits inside of it end before, so that their message is what people see. */
export interface WaitLimit {
  /** How long a wait may take that would like to take `timeoutMs`, in milliseconds. */
  clip(timeoutMs: number): number
}

/** What is left of a test's time for the report of a wait and for stopping the deployment, in milliseconds. */
const RESERVE_MS = 2_000

/** Waits take as long as they say. */
export const NO_LIMIT: WaitLimit = Object.freeze({ clip: (timeoutMs: number) => timeoutMs })

/**
 * Every wait ends some time before `totalMs` from now are over: 2 s before, or a tenth of a shorter time.
 *
 * @param totalMs the test's limit in milliseconds; 0 or Infinity: it has none
 */
export function limitFor(totalMs: number): WaitLimit {
  if (!(totalMs > 0) || totalMs === Infinity) return NO_LIMIT
  const deadline = performance.now() + totalMs - Math.min(RESERVE_MS, totalMs / 10)
  return { clip: (timeoutMs) => Math.max(1, Math.min(timeoutMs, Math.floor(deadline - performance.now()))) }
}
