/** What travels on simulated connections. Bytes are left out: parsers have tests of their own. */
import type { Reply } from '../../src/core/index.ts'

export type Frame =
  | { readonly kind: 'command', readonly argv: readonly string[] }
  | { readonly kind: 'reply', readonly reply: Reply }
  | { readonly kind: 'subscribed' }
  | { readonly kind: 'message', readonly channel: string, readonly payload: string }
  | { readonly kind: 'replication', readonly message: ReplicationMessage }

/** One acknowledged or replicated write. */
export interface Write {
  readonly id: number
  /** The replication offset behind it. */
  readonly end: number
}

interface Data {
  readonly writes: readonly Write[]
  readonly offset: number
}

/** Between a replica and its master. */
export type ReplicationMessage =
  | { readonly kind: 'psync', readonly ip: string | undefined, readonly port: number, readonly replid: string, readonly offset: number, readonly isHandover: boolean }
  | Data & { readonly kind: 'continue', readonly replid: string }
  | Data & { readonly kind: 'full-sync', readonly origin: string, readonly replid: string }
  /** New writes, or only a higher offset (the master's own pings). */
  | Data & { readonly kind: 'stream' }
  | { readonly kind: 'ack', readonly offset: number }
  | { readonly kind: 'refused', readonly error: string }

export const OK: Reply = { kind: 'status', text: 'OK' }

export function errorReply(text: string): Reply {
  return { kind: 'error', text }
}

export function bulk(text: string): Reply {
  return { kind: 'bulk', text }
}

export function integer(value: number | bigint): Reply {
  return { kind: 'integer', value: BigInt(value) }
}
