/** Limits on sending webhooks, each with its reason. */

/** Most events that wait for one webhook: those of hundreds of failovers at once, some hundred kilobytes at most. */
export const QUEUED_MAX = 512

/**
 * Delay between an event that finds the queue empty and its first attempt. A failover is over by then, so the requests,
 * of which the first costs most, do not compete with it for the processor.
 */
export const START_DELAY_MS = 300

/** Pause before the second attempt; it doubles with each further attempt. */
export const RETRY_FIRST_MS = 1_000

/** Longest pause between two attempts, so that an event arrives soon after its receiver works again. */
export const RETRY_MAX_MS = 60_000

/** How long `stop` continues to send. SIGTERM must end the process within a second. */
export const DRAIN_MAX_MS = 400

/** Most bytes read of a response. Its body is ignored, but only a connection that was read to its end can be reused. */
export const ANSWER_BYTES_MAX = 65_536

/** Least time between two log lines about one webhook. */
export const COMPLAINT_PAUSE_MS = 60_000
