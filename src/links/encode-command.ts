/**
 * Encodes a command for the wire. The name is sent as the core gives it, because a node may have renamed the command.
 */
import { encode } from '../resp/index.ts'

/** RESP2, one character per byte. */
export function encodeCommand(argv: readonly string[]): string {
  return encode(argv, 2)
}
