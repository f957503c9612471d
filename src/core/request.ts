import type { Epoch, RecordId } from './state/ids.ts'
import type { Millis } from './time.ts'

/**
 * Why a command was sent. It is kept with the command and returned with the reply, so that the core keeps no table of
 * outstanding requests. `record` is the record that sent it: several masters share one link to a peer.
 */
export type Request =
  | { readonly kind: 'auth' }
  | { readonly kind: 'set-name' }
  | { readonly kind: 'ping', readonly sentAt: Millis }
  /**
   * `afterOrder`: the reply must show the effect of a transaction, so the command waits for the same save as that one.
   * `askedAt`: when it was sent, or began to wait.
   */
  | { readonly kind: 'info', readonly record: RecordId, readonly afterOrder: boolean, readonly askedAt: Millis }
  | { readonly kind: 'publish', readonly record: RecordId }
  | { readonly kind: 'ask', readonly record: RecordId, readonly epoch: Epoch }
  /** The question for a peer's last vote. `askedAt`: when it was sent. */
  | { readonly kind: 'last-vote', readonly record: RecordId, readonly askedAt: Millis }
  /** The question whether a peer is paused. `askedAt`: when it was sent. */
  | { readonly kind: 'pause-question', readonly record: RecordId, readonly askedAt: Millis }
  /** The notice that votes are asked for because an operator ordered a failover. */
  | { readonly kind: 'order-notice' }
  | { readonly kind: 'script-kill' }
  /** `command` without the node's own names, such as `SLAVEOF NO ONE`. */
  | { readonly kind: 'transaction', readonly command: string, readonly handover?: HandoverStep }
  /** REPLCONF GETACK to a replica: a reply comes only where it is refused. */
  | { readonly kind: 'get-ack', readonly record: RecordId }

/** A command whose reply decides how a coordinated failover continues. `record`: that of the master. */
export interface HandoverStep {
  readonly record: RecordId
  readonly step: 'pause' | 'order' | 'abort' | 'release' | 'hold' | 'demote'
}
