import type { Note, SentinelEvent } from './event.ts'
import type { OperationResult } from './operation.ts'
import type { Request } from './request.ts'
import type { ConnectionId, OperationId } from './state/ids.ts'

/** One action that the core requests. The driver runs the effects of one step in order. */
export type Effect =
  /** Start one connection. Answered by `connected` or `disconnected`, at once or later. */
  | {
    readonly type: 'connect'
    readonly connection: ConnectionId
    /** `hello` connections carry the handshake, one subscription, and PING when the other connection is blocked. */
    readonly purpose: 'command' | 'hello'
    readonly nodeKind: 'data-node' | 'sentinel'
    /** A literal IP address. */
    readonly host: string
    readonly port: number
  }
  /** Send a command. Before `connected` it is queued until then. Lost with the connection. */
  | { readonly type: 'send', readonly connection: ConnectionId, readonly argv: readonly string[], readonly request: Request }
  /** Subscribe a hello connection; `command` is SUBSCRIBE or its renamed form. */
  | { readonly type: 'subscribe', readonly connection: ConnectionId, readonly command: string, readonly channel: string }
  /** Close a connection. No further input may come for it, replies included. */
  | { readonly type: 'close', readonly connection: ConnectionId }
  /** Look a host name up. Answered by `resolved`. */
  | { readonly type: 'resolve', readonly host: string }
  /** Save the present state or a later one. Effects that wait for saves run after it. */
  | { readonly type: 'persist', readonly seq: number }
  /** Our own state (`state/own-state.ts`) changed: write it soon. Nothing waits for it, or the next save does. */
  | { readonly type: 'keep', readonly isBeforeSave: boolean }
  | {
    readonly type: 'answer'
    readonly operation: OperationId
    readonly result: OperationResult
    /** The reply to give instead while no save that covers `seq` has succeeded. */
    readonly unlessSaved?: { readonly seq: number, readonly result: OperationResult }
  }
  | { readonly type: 'emit', readonly event: SentinelEvent }
  | { readonly type: 'note', readonly note: Note }
  /** Queue the client-reconfig-script: path, then arguments. */
  | { readonly type: 'run-script', readonly argv: readonly string[] }
  /** Exit the process at once with this status (simulated crash only). */
  | { readonly type: 'exit', readonly status: number }

/**
 * Whether an effect must stay behind saves that were asked for before it (ARCHITECTURE.md, "The persistence barrier").
 * Effects that only keep links alive or observe (connecting, PING, INFO) do not wait: a slow disk must never look like
 * a dead master. Everything that shows our state to another party waits.
 */
export function waitsForSave(effect: Effect): boolean {
  switch (effect.type) {
    case 'connect':
    case 'subscribe':
    case 'close':
    case 'resolve':
    case 'keep':
      return false
    case 'send':
      return sendWaits(effect.request)
    case 'persist':
    case 'answer':
    case 'emit':
    case 'note':
    case 'run-script':
    case 'exit':
      return true
  }
}

function sendWaits(request: Request): boolean {
  switch (request.kind) {
    case 'auth':
    case 'set-name':
    case 'ping':
    case 'last-vote':
    case 'pause-question':
    case 'script-kill':
    case 'get-ack':
      return false
    case 'info':
      return request.afterOrder
    case 'publish':
    case 'ask':
    case 'order-notice':
    case 'transaction':
      return true
  }
}
