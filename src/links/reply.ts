/** Replies of ioredis in the words of the core. */
import type { Reply } from '../core/index.ts'
import { fromWire } from '../resp/index.ts'

/**
 * The reply that ioredis decoded as `value`, with the types that the scanner saw (`shape`, see reply-scanner.ts).
 * Bytes that are no UTF-8 survive as lone surrogates, as everywhere in the program.
 */
export function toReply(value: unknown, shape: string): Reply {
  let at = 0
  const next = (item: unknown): Reply => {
    const type = shape.charAt(at)
    at += 1
    switch (type) {
      case '+':
        return { kind: 'status', text: textOf(item) }
      case '$':
        return { kind: 'bulk', text: textOf(item) }
      case '-':
        return { kind: 'error', text: item instanceof Error ? item.message : String(item) }
      case ':':
        // Integers arrive as text (`stringNumbers`), so all their 64 bits are there.
        return { kind: 'integer', value: BigInt(String(item)) }
      case '*':
        return { kind: 'array', items: Array.isArray(item) ? item.map(next) : [] }
      default:
        return { kind: 'null' }
    }
  }
  return next(value)
}

function textOf(item: unknown): string {
  return Buffer.isBuffer(item) ? fromWire(item.toString('latin1')) : String(item)
}
