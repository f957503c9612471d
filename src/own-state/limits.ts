/** Largest file that is read or written: a damaged or foreign file must not fill the memory. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024

/**
 * Bytes of all failovers in the file. With thousands of masters the newest of each are kept, as many as fit: the whole
 * file is written at each change, and that must not hold the event loop.
 */
export const HISTORY_BYTES_MAX = 1024 * 1024

/** Replication ids that are read of one master; the core keeps fewer. */
export const IDS_READ_MAX = 64

/** Events in the file of events. `/events` resumes from as many. */
export const EVENTS_KEPT_MAX = 1_000

/** Bytes of the events that stay when the file of events is written anew; the newest ones stay. */
export const EVENTS_BYTES_MAX = 512 * 1024

/** Bytes of the file of events at which it is written anew. Until then, events are appended. */
export const EVENT_FILE_BYTES_MAX = 1024 * 1024

/** How long events are gathered before they are written, and the least time between writes, in milliseconds. */
export const EVENTS_AFTER_MS = 1_000

/** Events whose text is made in one turn of the event loop; more would hold it for milliseconds. */
export const EVENTS_PER_TURN_MAX = 100

/** Longest pause before a failed write of events is repeated, in milliseconds. */
export const EVENTS_RETRY_MAX_MS = 60_000

/**
 * How far the numbers of a start are above those in the file: a process that was killed may have sent events that it
 * had not written, and their numbers must not be given again.
 */
export const EVENT_NUMBERS_SKIPPED = 100_000

/** Files set aside that are kept of each kind. With more of them, the next one stays where it is and is not used. */
export const ASIDE_MAX = 9

/** Forgotten replicas and sentinels that are read of one master; the core keeps no more. */
export const TOMBSTONES_READ_MAX = 128

/** Former voters that are read of one master; the core keeps no more. */
export const VOTERS_READ_MAX = 128
