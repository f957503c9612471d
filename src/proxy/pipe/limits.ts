/** Times and bounds of client connections, each with its reason. */

/** Time for a connection to a node, in milliseconds: a lost packet is sent again after one second. */
export const CONNECT_MS_MAX = 2_000

/** Time in which a client whose connection is cut reads what was sent to it, in milliseconds. */
export const LINGER_MS = 1_000

/** The same when the node closed the connection, for example after QUIT. */
export const LAST_REPLY_MS = 30_000

/** Time for the handshake of a client, in milliseconds. */
export const HANDSHAKE_MS_MAX = 10_000

/** Bytes read at once; the buffer is shared by all connections without TLS. */
export const READ_BYTES = 64 * 1_024

/** Up to this size bytes are written as text: that needs no buffer, because the system usually takes them at once. */
export const SHORT_BYTES = 4 * 1_024

/** Connections that are closed because the limit of clients is reached, at a time; further ones get no message. */
export const REFUSALS_MAX = 256

/** Pause before another waiting client tries to reach a node, when the one that tried has gone, in milliseconds. */
export const RETRY_MS = 50
