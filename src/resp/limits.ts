/**
 * Limits on what a request may announce or need (protocol.md 5.1). Every length is checked before it sizes anything.
 */

const MIB = 1024 * 1024

/** Bytes of an inline request, a count or a length without its line end. */
export const LINE_BYTES_MAX = 65_536

/** Words that one request may announce. */
export const MULTIBULK_LENGTH_MAX = 2_147_483_647

/** The same two limits while the client must still authenticate: enough for AUTH and HELLO, useless for an attack. */
export const UNAUTHENTICATED_MULTIBULK_LENGTH_MAX = 10
export const UNAUTHENTICATED_BULK_BYTES_MAX = 16_384

/** Bytes waiting for the rest of their request while the client must still authenticate. */
export const UNAUTHENTICATED_BUFFER_BYTES_MAX = MIB

/**
 * What one connection may make us hold for the rest of its request, whatever the configuration allows. The
 * original's default is 1 GB; no command of a sentinel needs a thousandth of this, and V8 strings end at 512 MB.
 */
export const BUFFER_BYTES_CEILING = 64 * MIB

/** Limits that the configuration sets. */
export interface RequestLimits {
  /** proto-max-bulk-len: bytes of one word. */
  readonly bulkBytesMax: number
  /** client-query-buffer-limit: bytes held for an unfinished request; cut at BUFFER_BYTES_CEILING. */
  readonly bufferBytesMax: number
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = Object.freeze({
  bulkBytesMax: 512 * MIB,
  bufferBytesMax: 1024 * MIB,
})
