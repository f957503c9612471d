/** One side of a pipe: a socket, of which received bytes go to the other side. */
import type { Socket } from 'node:net'

import { SHORT_BYTES } from './limits.ts'

/**
 * Writes bytes of the shared buffer, or of a buffer of their own. Returns false when the socket holds more unsent bytes
 * than its limit of 16 KiB: the other side must not be read until it has sent them.
 */
export function writeBytes(to: Socket, bytes: Buffer, isShared: boolean): boolean {
  if (!isShared) return to.write(bytes)
  return bytes.length <= SHORT_BYTES ? to.write(bytes.toString('latin1'), 'latin1') : to.write(Buffer.from(bytes))
}
