/** Limits of the listening side that the configuration does not set, each with its reason. */

const KIB = 1024

/** Milliseconds that all clients together may take of one turn of the event loop; then other work runs. */
export const TURN_MS_MAX = 8

/** Milliseconds that one client may take before others run, and requests between two reads of the clock. */
export const SLICE_MS = 2
export const SLICE_REQUESTS = 8

/**
 * Unsent replies above which a connection that has not logged in is cut. As in the original with its fixed buffer of 16
 * KB and the 1 KB beyond it that it allows: 250 wrong logins sent together are answered, 300 are not.
 */
export const UNAUTHENTICATED_REPLY_BYTES_MAX = 17 * KIB

/**
 * Bytes of unfinished and waiting requests of all connections together, and of one connection that may always stay:
 * above both, the one that sends more is cut.
 */
export const WAITING_INPUT_BYTES_MAX = 128 * KIB * KIB
export const WAITING_INPUT_BYTES_FREE = 16 * KIB

/**
 * Replies of one chunk are written together, but after this many bytes other connections run: a client that asks for
 * thousands of long lists in one chunk must not delay the heartbeats.
 */
export const REPLY_BATCH_BYTES = 64 * KIB

/**
 * Unsent replies of one connection above which its further requests wait until it has read some. The original continues
 * to fill memory (its limit for normal clients is off by default); a client that reads its replies notices no
 * difference. Many clients may reach this limit, so it is not much above one long list of a large deployment.
 */
export const UNSENT_REPLY_BYTES_MAX = KIB * KIB

/** Unread bytes of a connection that must wait (for a save, for the end of a pause) above which we stop reading. */
export const HELD_INPUT_BYTES_MAX = 64 * KIB

/** Messages that may wait for the replies to the commands before them. More is a flood, and the connection is cut. */
export const HELD_PUSHES_MAX = 10_000

/**
 * Answers of one connection that may wait for saves, or for those before them. When its masters fail together, a peer
 * asks about all of them at once; beyond this limit its next requests wait.
 */
export const ANSWERS_MAX = 10_000

/** How long an answer may wait for a save before the client gets an error. A disk that is only slow is faster. */
export const ANSWER_MS_MAX = 60_000

/** Longest time from the decision to close until the socket is destroyed, even if the last reply was not read. */
export const CLOSING_MS_MAX = 5_000

/**
 * Longest time from the arrival of a connection to the end of its TLS handshake. The original has no limit but
 * `timeout`, which is off by default; silent connections would then use up `maxclients` permanently.
 */
export const HANDSHAKE_MS_MAX = 10_000

/** The longest time one timer can be set to. */
export const TIMER_MS_MAX = 2_147_483_647

/** Bytes of a malformed request that the log shows. */
export const PROTOCOL_SAMPLE_BYTES = 64
