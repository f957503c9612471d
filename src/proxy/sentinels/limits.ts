/** Times and bounds of the connections to sentinels, in milliseconds, each with its reason. */

/**
 * Time for connecting and for an answer. A running sentinel answers in a millisecond; a lost packet is sent again
 * after 200.
 */
export const ANSWER_MS_MAX = 1_000

/**
 * Connections for questions stay open between two regular questions, so that a question at an event needs no
 * handshake.
 */
export const KEPT_OPEN_MS = 30_000

/** Regular questions: an event can be lost with its connection. */
export const REFRESH_MS = 10_000

/** Questions while the sentinels do not agree or do not answer: the first pause, doubled up to the second. */
export const DOUBT_FIRST_MS = 100
export const DOUBT_LONGEST_MS = 2_000

/** Least time between two questions to one sentinel: a burst of events is answered by one question. */
export const SPACING_MS = 10

/**
 * Least time between two rounds of questions that broken connections to nodes cause: servers close connections all
 * the time.
 */
export const SUSPICION_SPACING_MS = 1_000

/** Pause before a lost subscription is opened again: the first one, doubled up to the second. */
export const REOPEN_FIRST_MS = 100
export const REOPEN_LONGEST_MS = 5_000

/** Time for connecting and subscribing. */
export const SUBSCRIBE_MS_MAX = 2_000

/** A subscription is checked by PING this often, and closed when the last PING has no answer. */
export const CHECK_MS = 5_000

/** Interval of questions for the lag of the replicas, where there is a limit for it. */
export const LAG_MS = 1_000
