import type { ConnectionId, Request } from '../core/index.ts'

export interface LinkTarget {
  readonly purpose: 'command' | 'hello'
  readonly nodeKind: 'data-node' | 'sentinel'
  /** A literal IP address. */
  readonly host: string
  readonly port: number
}

/**
 * Outgoing connections as dumb pipes: no retry, no queue beyond the time to connect, no command of their own.
 * What happens on them is reported as core inputs (`connected`, `disconnected`, `reply`, `subscribed`, `message`),
 * always asynchronously, replies in the order of the sends. After `close` nothing is reported any more.
 */
export interface Links {
  open(connection: ConnectionId, target: LinkTarget): void
  send(connection: ConnectionId, argv: readonly string[], request: Request): void
  subscribe(connection: ConnectionId, command: string, channel: string): void
  close(connection: ConnectionId): void
  /** Close everything; for shutdown. */
  closeAll(): void
}
