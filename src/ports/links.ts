import type { ConnectionId, Request } from '../core/index.ts'

export interface LinkTarget {
  readonly purpose: 'command' | 'hello'
  readonly nodeKind: 'data-node' | 'sentinel'
  /** A literal IP address. */
  readonly host: string
  readonly port: number
}

/**
 * Outgoing connections. They do not retry, queue only while they connect, and send no commands of their own. What
 * happens on them is reported as core inputs (`connected`, `disconnected`, `reply`, `subscribed`, `message`), always
 * asynchronously, replies in the order of the commands. After `close` nothing more is reported.
 */
export interface Links {
  open(connection: ConnectionId, target: LinkTarget): void
  send(connection: ConnectionId, argv: readonly string[], request: Request): void
  subscribe(connection: ConnectionId, command: string, channel: string): void
  close(connection: ConnectionId): void
  /** Closes all connections; for shutdown. */
  closeAll(): void
}
