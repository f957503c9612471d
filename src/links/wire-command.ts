/**
 * A command that is written as the core worded it, whatever its name. ioredis derives its own behaviour from the
 * names of commands; it only gets to know whether this is the subscription, also where the node has another name for
 * SUBSCRIBE, and puts the connection into subscriber mode.
 */
import { Command } from 'ioredis'

import type { Request } from '../core/index.ts'
import { toWire } from '../resp/index.ts'

export class WireCommand extends Command {
  /** Why it was sent; undefined for the subscription. */
  readonly request: Request | undefined
  /** Types of its reply, set when the bytes have come. */
  shape = ''
  readonly #wire: string

  constructor(argv: readonly string[], request: Request | undefined) {
    super(request === undefined ? 'subscribe' : 'command', request === undefined ? argv.slice(1) : [])
    this.request = request
    this.#wire = encode(argv)
  }

  /** One character per byte: the socket writes strings as latin1. */
  override toWritable(): string {
    return this.#wire
  }
}

function encode(argv: readonly string[]): string {
  let text = `*${argv.length}\r\n`
  for (const word of argv) {
    const wire = toWire(word)
    text += `$${wire.length}\r\n${wire}\r\n`
  }
  return text
}
