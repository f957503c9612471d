/** Times and bounds of connections in route mode, each with its reason. */

/** Milliseconds in which a deposed master may still refuse the writes that it holds back; it answers within one. */
export const DEPOSED_MS = 150

/**
 * Milliseconds for which writes wait after the last event of a failover that runs. A planned one takes about 200 ms;
 * one that does not succeed delays writes by this.
 */
export const FAILOVER_HOLD_MS = 2_000

/** Milliseconds for which requests wait for another master when a node refuses them because of its state. */
export const REFUSED_HOLD_MS = 1_000

/** Least time between two of these waits without a change of the master, in milliseconds. */
export const REFUSED_HOLD_SPACING_MS = 10_000

/** Bytes of the replies to the login; more are a fault of the node. */
export const LOGIN_BYTES_MAX = 64 * 1_024

/** Bytes that a node has not taken after which a client is not read whose bytes go through untouched. */
export const UNSENT_BYTES_SLOW = 256 * 1_024
