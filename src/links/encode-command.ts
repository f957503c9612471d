/**
 * Encodes a command for the wire. The name is sent as the core gives it, because a node may have renamed the command.
 */
import { toWire } from '../resp/index.ts'

/** RESP2, one character per byte. */
export function encodeCommand(argv: readonly string[]): string {
  let text = `*${argv.length}\r\n`
  for (const word of argv) {
    const wire = toWire(word)
    text += `$${wire.length}\r\n${wire}\r\n`
  }
  return text
}
