/** What bounds the HTTP side, each with its reason. It must never cost the sentinel its own work. */

/** Connections at a time, without streams. From here on a new one ends the one that has been idle the longest. */
export const CONNECTIONS_MAX = 128

/** A connection is not ended for a new one before it has had this time, in milliseconds, to send its request. */
export const CONNECTION_GRACE_MS = 1_000

/** From here on a new connection ends the oldest, however young that is: each costs a descriptor and a buffer. */
export const CONNECTIONS_HARD_MAX = 256

/** Streams of events at a time; each of them costs work at every event. */
export const STREAMS_MAX = 32

/** Bytes of the first line and all headers. The longest honest one is a token and a few dozen browser headers. */
export const HEADER_BYTES_MAX = 8_192
export const HEADERS_MAX = 64

/** Time from the first byte of a request to the end of its headers. */
export const HEADERS_MS_MAX = 5_000

/** Time in which a client must read an answer. */
export const ANSWER_MS_MAX = 10_000

/** Silence before the first request, and between two requests of one connection. */
export const KEEP_ALIVE_MS = 15_000

/** How long what a client still sends is read and dropped after the last answer, so that it gets that answer. */
export const LINGER_MS = 1_000

/** How often time limits of connections are looked at. */
export const SWEEP_MS = 500

/** Time for requests in one turn of the event loop; the request that exceeds it is finished. */
export const TURN_MS_MAX = 5

/** After a turn that used up its time for requests, further ones wait for this many times the time used. */
export const REST_FACTOR = 2

/** How long an answer to /readyz is repeated: checking all masters takes a millisecond for each hundred. */
export const READINESS_MS = 100

/** Bytes that one stream may leave unread: the history, and then some. Who is slower is cut and may resume. */
export const STREAM_BYTES_MAX = 1_048_576

/** Events are written so much later, together: a failover that is under way comes first. */
export const STREAM_DELAY_MS = 100

/** So many events are written at once, whatever the time. */
export const STREAM_BATCH_MAX = 100

/** A comment this often shows both sides that the stream stands. */
export const STREAM_BEAT_MS = 15_000

/** Events that can be resumed from. */
export const FEED_EVENTS_MAX = 1_000

/** An answer that waits for the disk is given up after this time. */
export const DURABLE_WAIT_MS = 2_000

/** How often the delay of the event loop is measured. */
export const LOOP_PROBE_MS = 100
