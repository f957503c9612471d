/** Bounds of what a node may cost us, each with its reason. */

/**
 * Bytes of one reply. INFO of a busy node is tens of kilobytes, with thousands of replicas or databases some hundred. A
 * node that sends more talks nonsense, and so may many at once.
 */
export const REPLY_BYTES_MAX = 2 * 1024 * 1024

/** Bytes of a line: simple strings, errors, lengths. Errors of servers are a few hundred. */
export const REPLY_LINE_BYTES_MAX = 64 * 1024

/** Values in one reply, all levels together. The longest that we ask for has a handful. */
export const REPLY_ITEMS_MAX = 65_536

/** Arrays within arrays. EXEC needs two levels; parsers that recurse must not be led deeper. */
export const REPLY_DEPTH_MAX = 8

/**
 * Commands that wait for the connection or for their replies. The core stops at 100 for each user of a link, which is
 * 100,000 for a peer that watches a thousand masters with us; beyond this it is a fault, and memory is worth more.
 */
export const COMMANDS_MAX = 250_000

/** Lookups at the same time. The platform runs them on four threads that file access needs as well. */
export const LOOKUPS_AT_ONCE = 2

/** A lookup that takes longer is answered as failed; the name keeps its last good address. */
export const LOOKUP_LIMIT_MS = 2000

/**
 * An answer that came after the limit is kept this long for the next question, which the core asks once a second:
 * a resolver that always needs longer than the limit must not make a name unusable for ever.
 */
export const LATE_ANSWER_KEPT_MS = 30_000

/** Names that are being looked up or wait for it. Beyond this they fail at once. */
export const NAMES_MAX = 4096
