/** A save that takes longer counts as failed for the effects behind it: a vote this old no longer helps an election. */
export const SAVE_WAIT_MAX_MS = 10_000

/** First and longest pause before a failed save is repeated. It doubles in between. */
export const SAVE_RETRY_FIRST_MS = 1_000
export const SAVE_RETRY_MAX_MS = 60_000

/**
 * Most effects that may wait behind one save. When a thousand masters fail together, some ten thousand wait; more means
 * that the disk has stopped answering, and the effects must not fill the memory.
 */
export const WAITING_EFFECTS_MAX = 100_000

/** Most inputs handled in one turn; then sockets are read again. */
export const INPUTS_PER_TURN_MAX = 10_000

/** Longest time for which inputs are handled in one turn. */
export const TURN_MS_MAX = 15

/**
 * Waiting inputs above which hello messages are dropped. A hello is repeated within two seconds, while a node that
 * sends far too many could fill the memory.
 */
export const INPUTS_WAITING_MAX = 50_000

/** How long changes of our own state are gathered before they are written. It is also the least time between writes. */
export const KEEP_AFTER_MS = 1_000
