/** Bounds of what a node may cost us. */

/** Bytes of one reply. INFO of a busy node is tens of kilobytes; a node that sends more than this talks nonsense. */
export const REPLY_BYTES_MAX = 16 * 1024 * 1024

/** Lookups at the same time. The platform runs them on four threads that file access needs as well. */
export const LOOKUPS_AT_ONCE = 2

/** A lookup that takes longer is answered as failed; the name keeps its last good address. */
export const LOOKUP_LIMIT_MS = 2000

/** Names that wait for a free lookup. Beyond this they fail at once. */
export const LOOKUPS_WAITING_MAX = 1024
