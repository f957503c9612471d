/** Largest file that is read or written: a damaged or foreign file must not fill the memory. */
export const FILE_BYTES_MAX = 16 * 1024 * 1024

/**
 * Bytes of all failovers in the file. With thousands of masters the newest of each are kept, as many as fit: the whole
 * file is written at each change, and that must not hold the event loop.
 */
export const HISTORY_BYTES_MAX = 1024 * 1024

/** Replication ids that are read of one master; the core keeps fewer. */
export const IDS_READ_MAX = 64

/** Files set aside that are kept of each kind. With more of them, the next one stays where it is and is not used. */
export const ASIDE_MAX = 9

/** Forgotten replicas and sentinels that are read of one master; the core keeps no more. */
export const TOMBSTONES_READ_MAX = 128
