/** Bounds of the resources that a node can use, each with its reason. */

/**
 * Bytes of one reply. INFO of a busy node has tens of kilobytes, with thousands of replicas or databases some hundred.
 * A longer reply is a fault of the node, and many nodes may have it at the same time.
 */
export const REPLY_BYTES_MAX = 2 * 1024 * 1024

/** Bytes of a line: simple strings, errors, lengths. Errors of servers have a few hundred. */
export const REPLY_LINE_BYTES_MAX = 64 * 1024

/** Values in one reply, all levels together. The longest reply to our commands has about ten. */
export const REPLY_ITEMS_MAX = 65_536

/** Arrays within arrays. EXEC needs two levels; the limit bounds recursion. */
export const REPLY_DEPTH_MAX = 8

/**
 * Commands that wait for the connection or for their replies. The core stops at 100 for each user of a link, which is
 * 100,000 for a peer that monitors a thousand masters with us; more than that is a fault, and the connection is closed.
 */
export const COMMANDS_MAX = 250_000

/** Lookups at the same time. The platform runs them on four threads, which file access needs as well. */
export const LOOKUPS_AT_ONCE = 2

/** A lookup that takes longer is answered as failed; the core keeps the last address of the name. */
export const LOOKUP_LIMIT_MS = 2000

/**
 * An answer that came after the limit is kept this long for the next request, which the core makes once a second:
 * otherwise a resolver that always needs longer than the limit would make a name unusable for ever.
 */
export const LATE_ANSWER_KEPT_MS = 30_000

/** Names that are being looked up or wait for it. Beyond this they fail at once. */
export const NAMES_MAX = 4096

/** Milliseconds in which another sentinel must answer a question for a person, connecting included. */
export const ASK_MS_MAX = 1500

/** Milliseconds without a question after which such a connection is closed: a page asks every few seconds. */
export const ASK_IDLE_MS = 10_000

/** Connections for such questions. More sentinels than that are asked one after the other. */
export const ASK_CONNECTIONS_MAX = 64
