import type { Operation } from './operation.ts'
import type { Reply } from './reply.ts'
import type { Request } from './request.ts'
import type { ConnectionId, OperationId } from './state/ids.ts'
import type { Millis } from './time.ts'

/** `refused`: an attempt to connect, to which the system of the node replied that nothing listens there. */
export type DisconnectCause = 'refused' | 'other'

/** One thing that happened outside the core. Each input is handled in one step. */
export type Input =
  /** Once, first: announces the configured masters and starts the schedules. */
  | { readonly type: 'start' }
  /** A deadline may have passed. Harmless when none has. */
  | { readonly type: 'tick' }
  /** The connection is established. `localAddress` is our end's IP, which hello messages announce. */
  | { readonly type: 'connected', readonly connection: ConnectionId, readonly localAddress: string }
  /** It could not be established or was lost. No further input follows for it. */
  | {
    readonly type: 'disconnected'
    readonly connection: ConnectionId
    readonly cause: DisconnectCause
    /** For the log and for explanations. */
    readonly reason: string
  }
  | { readonly type: 'reply', readonly connection: ConnectionId, readonly request: Request, readonly reply: Reply }
  /** The node confirmed our subscription. */
  | { readonly type: 'subscribed', readonly connection: ConnectionId }
  /** A message on the subscribed channel. */
  | { readonly type: 'message', readonly connection: ConnectionId, readonly payload: string }
  /**
   * A lookup ended. `address` is undefined when the name has none or the lookup failed or took too long; `failure` says
   * why, as far as that is known.
   */
  | {
    readonly type: 'resolved'
    readonly host: string
    readonly address: string | undefined
    readonly failure?: string
  }
  | { readonly type: 'operation', readonly id: OperationId, readonly operation: Operation }
  /** The save that covers every `persist` up to `seq` ended; `error` when it failed or was not waited for any more. */
  | { readonly type: 'saved', readonly seq: number, readonly took: Millis, readonly error?: string }
