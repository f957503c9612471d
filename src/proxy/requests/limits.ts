/** Bounds of what one client can make the proxy hold in route mode, each with its reason. */

const MIB = 1_024 * 1_024

/** Bytes of one request. It is held until it is complete, because other clients share the connection to the node. */
export const REQUEST_BYTES_MAX = 64 * MIB

/** Words of one request; the same as the largest MSET that is of use. */
export const REQUEST_WORDS_MAX = MIB

/** Bytes of unfinished and waiting requests of all clients together. */
export const HELD_BYTES_MAX = 512 * MIB

/** Bytes of requests that a client may send while its earlier ones wait; then it is not read any more. */
export const WAITING_BYTES = 64 * 1_024

/** Requests of one client that were sent and not answered; further ones wait. */
export const PENDING_REQUESTS_MAX = 1_024

/** Bytes of requests of one client that were not answered; further requests wait. */
export const PENDING_BYTES_MAX = MIB

/** Unsent reply bytes of a client after which none of its requests is sent until it reads. */
export const OUTPUT_BYTES_SLOW = 256 * 1_024

/** Unsent reply bytes after which a client that does not read is closed. */
export const OUTPUT_BYTES_MAX = 64 * MIB

/** Bytes of an error line: those of servers have a few hundred. */
export const ERROR_BYTES_MAX = 64 * 1_024

/** Requests are copied into pieces of this size, which a shared connection sends at once. */
export const SLAB_BYTES = 64 * 1_024

/** A request of this size is sent from a buffer of its own. */
export const LARGE_BYTES = 16 * 1_024

/** Bytes of a request without counts and lengths; the limit of the server. */
export const INLINE_BYTES_MAX = 64 * 1_024
