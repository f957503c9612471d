/**
 * The values of replies. A handler builds one of these; the encoder writes it in the protocol of the connection
 * (protocol.md 0 and 5.3). Plain JavaScript values represent the common types: a string is a bulk string, a number or
 * bigint an integer, null the null bulk, an array an array.
 */
export type RespValue = string | number | bigint | null | readonly RespValue[] | TaggedValue

export type TaggedValue =
  /** `text` should not contain line breaks; the encoder turns them into blanks. */
  | { readonly type: 'simple', readonly text: string }
  | ErrorReply
  /** RESP2 `*-1` where a plain null would be `$-1`. */
  | { readonly type: 'null-array' }
  /** Keys and values alternate: an even number of items. RESP2 sends them as one flat array. */
  | { readonly type: 'map', readonly items: readonly RespValue[] }
  | { readonly type: 'set', readonly items: readonly RespValue[] }
  | { readonly type: 'push', readonly items: readonly RespValue[] }
  /** Plain text, shown as it is. A bulk string in RESP2. */
  | { readonly type: 'verbatim', readonly text: string }
  /** Decimal text of a number. A bulk string in RESP2. */
  | { readonly type: 'double', readonly text: string }
  /** Several replies to one request, one after the other (SUBSCRIBE a b). */
  | { readonly type: 'sequence', readonly items: readonly RespValue[] }
  | PreparedReply

export interface ErrorReply {
  readonly type: 'error'
  /** Begins with its code word and has no leading minus. */
  readonly text: string
}

/** A value that is sent many times: it is encoded once for each protocol (index: the version). */
export interface PreparedReply {
  readonly type: 'prepared'
  readonly value: RespValue
  readonly wires: [undefined, undefined, string | undefined, string | undefined]
}

export const simple = (text: string): RespValue => ({ type: 'simple', text })
export const error = (text: string): ErrorReply => ({ type: 'error', text })
export const map = (items: readonly RespValue[]): RespValue => ({ type: 'map', items })
export const set = (items: readonly RespValue[]): RespValue => ({ type: 'set', items })
export const push = (items: readonly RespValue[]): RespValue => ({ type: 'push', items })
export const verbatim = (text: string): RespValue => ({ type: 'verbatim', text })
export const double = (text: string): RespValue => ({ type: 'double', text })
export const sequence = (items: readonly RespValue[]): RespValue => ({ type: 'sequence', items })

export const prepared = (value: RespValue): RespValue => ({
  type: 'prepared', value, wires: [undefined, undefined, undefined, undefined],
})

export const NULL_ARRAY: RespValue = Object.freeze({ type: 'null-array' })
export const OK: RespValue = Object.freeze({ type: 'simple', text: 'OK' })

export function isError(value: unknown): value is ErrorReply {
  return typeof value === 'object' && value !== null && 'type' in value && value.type === 'error'
}
