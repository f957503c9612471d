/** The bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether the header carries the token; true when none is wanted. The time it takes tells nothing about the token. */
export function isAuthorized(header: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1]?.trim() ?? ''
  // Hashes have one length, so that the comparison never ends early.
  return timingSafeEqual(hash(given), hash(token))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
