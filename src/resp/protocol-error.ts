/** Why a byte stream cannot be understood any further (protocol.md 5.1). The connection answers and closes. */
export interface ProtocolError {
  readonly kind: 'protocol-error'
  /** Follows `ERR Protocol error: ` on the wire. */
  readonly reason: string
  /** How the log names it. */
  readonly tag: string
}

/** The client sent more than we hold for one request. Closed without a reply. */
export interface BufferOverflow {
  readonly kind: 'buffer-overflow'
  readonly bytes: number
}

export type RequestFailure = ProtocolError | BufferOverflow

/** A protocol error whose log tag is its reason unless given. */
export function protocolError(reason: string, tag = reason): ProtocolError {
  return { kind: 'protocol-error', reason, tag }
}
