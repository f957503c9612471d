/** One side of a pipe: a socket, of which received bytes go to the other side. */
import type { Socket } from 'node:net'

import { SHORT_BYTES } from './limits.ts'

/**
 * Writes the first `count` bytes of the shared buffer. Returns false when the socket holds more unsent bytes than its
 * limit of 16 KiB: the other side must not be read until it has sent them.
 */
export function writeShared(to: Socket, buffer: Buffer, count: number): boolean {
  // A view of the buffer for each read would cost more than the text.
  if (count <= SHORT_BYTES) return to.write(buffer.toString('latin1', 0, count), 'latin1')
  return to.write(Buffer.from(buffer.subarray(0, count)))
}
