/** What bounds the HTTP side, each with its reason. It must never cost the sentinel its own work. */

/** Connections at a time: some dashboards, scrapers and the checks of a row of load balancers. */
export const CONNECTIONS_MAX = 128

/** Streams of events at a time; each of them costs work at every event. */
export const STREAMS_MAX = 32

/** Bytes of the first line and all headers. The longest honest one is a token and a few dozen browser headers. */
export const HEADER_BYTES_MAX = 8_192
export const HEADERS_MAX = 64

/** Time for the headers of a request, and for all of it. */
export const HEADERS_MS_MAX = 5_000
export const REQUEST_MS_MAX = 10_000

/** Silence between two requests of one connection. */
export const KEEP_ALIVE_MS = 15_000

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
