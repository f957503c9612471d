/**
 * Limits on what a request may announce or need (protocol.md 5.1). Every length is checked before it sizes anything.
 */

const MIB = 1024 * 1024

/** Most bytes of an inline request, a count or a length without its line end. */
export const LINE_BYTES_MAX = 65_536

/** Most words that one request may announce in the original; a larger count is a protocol error. */
export const MULTIBULK_LENGTH_MAX = 2_147_483_647

/**
 * Most words, bytes of one word and bytes of one request, whatever the configuration allows. The longest useful
 * requests to a sentinel have some hundred words and some kilobytes; the original accepts 2^31 words of 512 MB, each of
 * which can cause work.
 */
export const REQUEST_WORDS_MAX = 4096
export const WORD_BYTES_MAX = MIB
export const REQUEST_BYTES_MAX = WORD_BYTES_MAX + 65_536

/** The same two limits while the client must still authenticate: enough for AUTH and HELLO, too small for an attack. */
export const UNAUTHENTICATED_MULTIBULK_LENGTH_MAX = 10
export const UNAUTHENTICATED_BULK_BYTES_MAX = 16_384

/** Most bytes of an incomplete request while the client must still authenticate. */
export const UNAUTHENTICATED_BUFFER_BYTES_MAX = MIB

/** Limits that the configuration sets. */
export interface RequestLimits {
  /** `proto-max-bulk-len`: most bytes of one word. WORD_BYTES_MAX applies as well. */
  readonly bulkBytesMax: number
  /** `client-query-buffer-limit`: most bytes held for an unfinished request. REQUEST_BYTES_MAX applies as well. */
  readonly bufferBytesMax: number
}

export const DEFAULT_REQUEST_LIMITS: RequestLimits = Object.freeze({
  bulkBytesMax: 512 * MIB,
  bufferBytesMax: 1024 * MIB,
})
