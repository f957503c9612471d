/** A command as it goes over the wire: written as the core worded it, whatever its name. */
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
