/** A save that takes longer counts as failed for the effects behind it: a vote this old no longer helps an election. */
export const SAVE_WAIT_MAX_MS = 10_000

/** First and longest pause before a failed save is tried again. It doubles in between. */
export const SAVE_RETRY_FIRST_MS = 1_000
export const SAVE_RETRY_MAX_MS = 60_000

/**
 * Effects that may wait behind one save. A storm of a thousand masters makes some ten thousand; more means that the
 * disk has stopped answering, and the effects must not fill the memory.
 */
export const WAITING_EFFECTS_MAX = 100_000

/** Inputs handled in one turn; then the sockets get their turn again. */
export const INPUTS_PER_TURN_MAX = 10_000

/** How long inputs are handled in one turn, in milliseconds. */
export const TURN_MS_MAX = 15

/**
 * Inputs that wait, above which hello messages are dropped: they come again in two seconds, while a node that floods us
 * with them could fill the memory.
 */
export const INPUTS_WAITING_MAX = 50_000
