/**
 * One outgoing connection. It reports `connected` once, `disconnected` at most once and nothing after it; after
 * `close` it reports nothing at all. Writes of one turn of the event loop leave together.
 */
import type { Socket } from 'node:net'

import { Command, Redis, ReplyError } from 'ioredis'

import type { Request } from '../core/index.ts'
import { pipeOptions } from './ioredis-options.ts'
import { REPLY_BYTES_MAX } from './limits.ts'
import { connectorFor } from './socket-connector.ts'

/** What happens on a connection, told to whoever opened it. */
export interface RedisLinkEvents {
  connected(localAddress: string): void
  disconnected(reason: string): void
  reply(request: Request, value: unknown): void
  subscribed(): void
  message(payload: string): void
}

export class RedisLink {
  readonly #redis: Redis
  readonly #socket: Socket
  readonly #events: RedisLinkEvents
  #reason = 'connection closed'
  #isOver = false
  #bytesAtLastReply = 0

  constructor(socket: Socket, events: RedisLinkEvents) {
    this.#socket = socket
    this.#events = events
    this.#redis = new Redis(pipeOptions(connectorFor(socket)))
    this.#redis.on('error', (error: Error) => { this.#fail(error) })
    this.#redis.once('ready', () => { this.#stood() })
    this.#redis.once('end', () => { this.#end() })
    this.#redis.on('messageBuffer', (_channel: Buffer, payload: Buffer) => { this.#message(payload) })
    socket.on('data', () => { this.#boundReply() })
    // The outcome comes through the events above; the promise says the same once more.
    this.#redis.connect().catch((error: unknown) => { this.#fail(error) })
  }

  /** Sends a command now, or as soon as the connection stands. */
  send(argv: readonly string[], request: Request): void {
    const [name = '', ...args] = argv
    this.#cork()
    void this.#redis.sendCommand(new Command(name, args, {}, (error, value) => {
      this.#answered(request, error, value)
    }))
  }

  subscribe(command: string, channel: string): void {
    this.#cork()
    void this.#redis.sendCommand(new NamedSubscribe(command, channel, (error) => {
      if (this.#isOver) return
      // An error to SUBSCRIBE ends the connection (behaviour.md 3.2, notes).
      if (error === null || error === undefined) this.#events.subscribed()
      else this.#fail(error)
    }))
  }

  /** Ends the connection without a word to anybody. */
  close(): void {
    this.#isOver = true
    this.#redis.disconnect()
    this.#socket.destroy()
  }

  #stood(): void {
    if (!this.#isOver) this.#events.connected(plainAddress(this.#socket.localAddress ?? ''))
  }

  #answered(request: Request, error: Error | null | undefined, value: unknown): void {
    if (this.#isOver) return
    this.#bytesAtLastReply = this.#socket.bytesRead
    if (error === null || error === undefined) this.#events.reply(request, value)
    else if (error instanceof ReplyError) this.#events.reply(request, error)
    // Any other error is the end of the connection, which is reported once by itself.
  }

  #message(payload: Buffer): void {
    this.#bytesAtLastReply = this.#socket.bytesRead
    if (!this.#isOver) this.#events.message(payload.toString('utf8'))
  }

  #boundReply(): void {
    if (this.#socket.bytesRead - this.#bytesAtLastReply <= REPLY_BYTES_MAX) return
    this.#fail(new Error(`a reply of more than ${REPLY_BYTES_MAX} bytes`))
  }

  /** Remembers why and makes sure that it ends: bytes that answer nothing, or nonsense, leave nothing to trust. */
  #fail(error: unknown): void {
    if (error instanceof Error) this.#reason = error.message
    this.#socket.destroy()
  }

  #end(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#socket.destroy()
    this.#events.disconnected(this.#reason)
  }

  #cork(): void {
    if (this.#socket.writableCorked > 0) return
    this.#socket.cork()
    process.nextTick(() => { this.#socket.uncork() })
  }
}

/** SUBSCRIBE under the name that the node knows; for the library it stays SUBSCRIBE, so that it knows messages. */
class NamedSubscribe extends Command {
  readonly #wireName: string
  readonly #channel: string

  constructor(wireName: string, channel: string, done: (error?: Error | null) => void) {
    super('subscribe', [channel], {}, done)
    this.#wireName = wireName
    this.#channel = channel
  }

  override toWritable(): string {
    const words = [this.#wireName, this.#channel].map((word) => `$${Buffer.byteLength(word)}\r\n${word}\r\n`)
    return `*2\r\n${words.join('')}`
  }
}

/** An IPv4 address that came over an IPv6 socket is told as what it is. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
