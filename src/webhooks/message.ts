/** The content of a request: the event as JSON, and the signature that proves its origin. */
import { createHmac } from 'node:crypto'

import { eventFields } from '../events/index.ts'
import type { PublishedEvent } from '../ports/index.ts'

export interface Message {
  /** The same for all attempts, so that a receiver can drop duplicates. */
  readonly id: string
  readonly event: PublishedEvent
}

/** `sentinel` is the id of this sentinel. */
export function bodyOf({ id, event }: Message, sentinel: string): string {
  const time = new Date(event.now.wall).toISOString()
  return JSON.stringify({ id, time, sentinel, level: event.level, ...eventFields(event) })
}

/**
 * `t=<unix seconds>,v1=<hex>`: HMAC-SHA256 of `<t>.<body>`. The time is signed too, so that an intercepted request
 * cannot be sent again later.
 */
export function signatureOf(body: string, { secret, unixSeconds }: { secret: string, unixSeconds: number }): string {
  const hash = createHmac('sha256', secret).update(`${unixSeconds}.${body}`).digest('hex')
  return `t=${unixSeconds},v1=${hash}`
}
