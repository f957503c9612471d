/** What bounds the sending of webhooks, each with its reason. */

/** Events that wait for one webhook: a storm of hundreds of masters, and a few hundred kilobytes at most. */
export const QUEUED_MAX = 512

/**
 * Sending begins so long after an event that found the queue empty. A failover is over by then: the work of requests,
 * the first of which is the dearest, does not compete with it for the processor.
 */
export const START_DELAY_MS = 300

/** Pause before the second attempt; then twice as long each time. */
export const RETRY_FIRST_MS = 1_000

/** An event that is an hour late still tells what happened; one that is tried once an hour never arrives. */
export const RETRY_MAX_MS = 60_000

/** How long a stop goes on sending. SIGTERM must end the process within a second. */
export const DRAIN_MAX_MS = 400

/** Bytes read of an answer: nobody looks at it, but a connection that was read to its end can be used again. */
export const ANSWER_BYTES_MAX = 65_536

/** The same complaint is made once in this time. */
export const COMPLAINT_PAUSE_MS = 60_000
