/** Why a byte stream cannot be read any further (protocol.md 5.1). The connection sends the error and closes. */
export interface ProtocolError {
  readonly kind: 'protocol-error'
  /** Follows `ERR Protocol error: ` on the wire. */
  readonly reason: string
  /** The name of the error in the log. */
  readonly tag: string
}

/** The client sent more than we hold for one request. The connection is closed without a reply. */
export interface BufferOverflow {
  readonly kind: 'buffer-overflow'
  readonly bytes: number
}

export type RequestFailure = ProtocolError | BufferOverflow

/** A protocol error whose log tag is its reason unless given. */
export function protocolError(reason: string, tag = reason): ProtocolError {
  return { kind: 'protocol-error', reason, tag }
}
