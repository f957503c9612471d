/** Limits of the HTTP server, each with its reason. HTTP must never delay the work of the sentinel itself. */

/** Number of connections, without streams, above which a new one ends the one that has been idle the longest. */
export const CONNECTIONS_MAX = 128

/** Time that a connection has to send its request before it may be ended for a new one, in milliseconds. */
export const CONNECTION_GRACE_MS = 1_000

/** Number of connections above which a new one ends the oldest, even a young one: each uses a descriptor. */
export const CONNECTIONS_HARD_MAX = 256

/** Number of event streams at a time. Each of them costs work at every event. */
export const STREAMS_MAX = 32

/** Bytes of the request line and all headers. The longest valid ones are a token and a few dozen browser headers. */
export const HEADER_BYTES_MAX = 8_192
export const HEADERS_MAX = 64

/** Bytes of the body of a request that acts. The longest has a reason for a pause. */
export const BODY_BYTES_MAX = 4_096

/** Time from the first byte of a request to the end of its headers, in milliseconds. */
export const HEADERS_MS_MAX = 5_000

/** Time in which a client must read an answer, in milliseconds. */
export const ANSWER_MS_MAX = 10_000

/** Time without a request, before the first one and between two requests of one connection, in milliseconds. */
export const KEEP_ALIVE_MS = 15_000

/** Time after the last answer in which input is read and dropped, in milliseconds. Otherwise the answer may be lost. */
export const LINGER_MS = 1_000

/** Interval of checks of the connections' time limits, in milliseconds. */
export const SWEEP_MS = 500

/** Time for requests in one turn of the event loop, in milliseconds. The request that exceeds it is completed. */
export const TURN_MS_MAX = 5

/** After a turn that used all its time, requests wait for this many times the time that they used. */
export const REST_FACTOR = 2

/** Time for which an answer to /readyz is reused, in milliseconds. Checking 100 masters takes a millisecond. */
export const READINESS_MS = 100

/**
 * Bytes that one stream may leave unread, more than the history has. A slower client is disconnected and may resume.
 */
export const STREAM_BYTES_MAX = 1_048_576

/** Delay after which events are written together, in milliseconds, so that a running failover is not delayed. */
export const STREAM_DELAY_MS = 100

/** Number of waiting events at which they are written without the delay. */
export const STREAM_BATCH_MAX = 100

/** Interval of comments in a stream, in milliseconds. They show both sides that the connection is alive. */
export const STREAM_BEAT_MS = 15_000

/** Number of events from which a client can resume. */
export const FEED_EVENTS_MAX = 1_000

/** Time limit of an answer that waits for the disk, in milliseconds. */
export const DURABLE_WAIT_MS = 2_000

/**
 * Interval of measurements of the event loop's delay, in milliseconds. At 100 ms they cost 9 % of the processor time of
 * a sentinel with one master, at 500 ms 2 %.
 */
export const LOOP_PROBE_MS = 500

/** Time for which the answer of another sentinel is used again, in milliseconds. */
export const FLEET_ANSWER_MS = 1_000

/** Other sentinels that are asked for one answer. */
export const FLEET_SENTINELS_MAX = 64

/** Masters of which another sentinel is asked for its findings: those with trouble first. Each costs it some work. */
export const FLEET_EXPLAINED_MAX = 128
