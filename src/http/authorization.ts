/** Checks the bearer token. */
import { createHash, timingSafeEqual } from 'node:crypto'

/** Whether the header has the token; true when no token is set. The time taken reveals nothing about the token. */
export function isAuthorized(header: string | undefined, token: string | undefined): boolean {
  if (token === undefined) return true
  const given = /^Bearer +(.+)$/i.exec(header ?? '')?.[1]?.trim() ?? ''
  // Hashes have equal lengths, so the comparison takes the same time for every token.
  return timingSafeEqual(hash(given), hash(token))
}

function hash(text: string): Buffer {
  return createHash('sha256').update(text).digest()
}
