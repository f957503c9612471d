/** Replies of ioredis in the words of the core. */
import type { Reply, Request } from '../core/index.ts'

/** Text as the core compares and shows it. Nodes speak UTF-8 in everything that we read. */
function textOf(value: Buffer): string {
  return value.toString('utf8')
}

/**
 * ioredis gives simple and bulk strings alike as buffers. Only PING tells them apart in our rules (behaviour.md 4.1),
 * and no server answers it with a bulk string, so its text counts as a simple string and all others as bulk.
 */
export function toReply(value: unknown, request: Request): Reply {
  if (value === null || value === undefined) return { kind: 'null' }
  if (Buffer.isBuffer(value)) return { kind: request.kind === 'ping' ? 'status' : 'bulk', text: textOf(value) }
  if (value instanceof Error) return { kind: 'error', text: value.message }
  if (Array.isArray(value)) return { kind: 'array', items: value.map((item) => toReply(item, request)) }
  // With stringNumbers integers are the only plain strings.
  if (typeof value === 'string' && /^-?\d+$/.test(value)) return { kind: 'integer', value: BigInt(value) }
  return { kind: 'bulk', text: JSON.stringify(value) }
}
