/**
 * One outgoing connection. It reports `connected` at most once, `disconnected` exactly once unless it was closed by
 * us, and nothing after either end. Nothing is reported from within `send`, `subscribe`, `close` or the constructor.
 * What is written in one turn of the event loop leaves in one write.
 */
import type { Socket } from 'node:net'

import { Redis, ReplyError } from 'ioredis'

import type { Reply, Request } from '../core/index.ts'
import { fromWire } from '../resp/index.ts'
import { CommandFifo } from './command-fifo.ts'
import { pipeOptions } from './ioredis-options.ts'
import { COMMANDS_MAX } from './limits.ts'
import { CLOSED_BY_PEER, reasonOf } from './link-error.ts'
import { ReplyScanner } from './reply-scanner.ts'
import { toReply } from './reply.ts'
import { connectorFor, openSocket, type SocketTarget } from './socket-connector.ts'
import { WireCommand } from './wire-command.ts'

/** What happens on a connection, told to whoever opened it. */
export interface RedisLinkEvents {
  connected(localAddress: string): void
  disconnected(reason: string): void
  reply(request: Request, reply: Reply): void
  subscribed(): void
  message(payload: string): void
}

/** Confirmation of a subscription, and a message: kind, channel, and count or payload. */
const SUBSCRIBED = '*$$:'
const MESSAGE = '*$$$'

export class RedisLink {
  readonly #events: RedisLinkEvents
  readonly #scanner = new ReplyScanner((shape, error) => this.#replyCame(shape, error))
  /** Sent, and their replies have not come. */
  readonly #unanswered = new CommandFifo()
  /** Asked before the connection stood; undefined from then on. */
  #early: WireCommand[] | undefined = []
  #socket: Socket | undefined
  #redis: Redis | undefined
  #isSubscribed = false
  #isOver = false
  #reason: string | undefined

  constructor(target: SocketTarget, events: RedisLinkEvents) {
    this.#events = events
    try {
      this.#open(target)
    } catch (error) {
      this.#reason = reasonOf(error)
      setImmediate(() => { this.#ended() })
    }
  }

  /** Sends a command now, or as soon as the connection stands. It is lost with the connection. */
  send(argv: readonly string[], request: Request): void {
    this.#write(new WireCommand(argv, request))
  }

  /** Subscribes under the name that the node has for SUBSCRIBE. Only messages may follow. */
  subscribe(command: string, channel: string): void {
    this.#write(new WireCommand([command, channel], undefined))
  }

  /** Ends the connection without a word to anybody. */
  close(): void {
    this.#isOver = true
    this.#release()
  }

  #open(target: SocketTarget): void {
    const socket = openSocket(target, this.#scanner)
    this.#socket = socket
    socket.on('error', (error) => { this.#reason ??= reasonOf(error) })
    // A peer that has ended will not answer any more, and our end must not wait for bytes that it does not read.
    socket.once('end', () => { socket.destroy() })
    socket.once('close', () => { this.#ended() })
    const redis = new Redis(pipeOptions(connectorFor(socket, target.tls === undefined ? 'connect' : 'secureConnect')))
    this.#redis = redis
    redis.on('error', (error: Error) => { this.#fail(error) })
    redis.once('ready', () => { this.#stands(socket) })
    redis.on('messageBuffer', (_channel: unknown, payload: unknown) => { this.#messageCame(payload) })
    // The outcome is reported by the events above; the promise says the same once more.
    redis.connect().catch((error: unknown) => { this.#fail(error) })
  }

  #stands(socket: Socket): void {
    if (this.#isOver) return
    const early = this.#early ?? []
    this.#early = undefined
    for (const command of early) this.#write(command)
    this.#events.connected(plainAddress(socket.localAddress ?? ''))
  }

  #write(command: WireCommand): void {
    if (this.#isOver) return
    if ((this.#early?.length ?? 0) + this.#unanswered.length >= COMMANDS_MAX) {
      this.#fail(new Error(`more than ${COMMANDS_MAX} commands wait for their replies`))
      return
    }
    if (this.#early !== undefined) {
      this.#early.push(command)
      return
    }
    this.#cork()
    this.#unanswered.push(command)
    command.promise.then(
      (value: unknown) => { this.#answered(command, value) },
      (error: unknown) => { this.#rejected(command, error) },
    )
    void this.#redis?.sendCommand(command)
  }

  /** Bytes of a whole reply have come; ioredis decodes them next. Returns what is wrong with it. */
  #replyCame(shape: string, error: string | undefined): string | undefined {
    if (this.#isSubscribed && shape === MESSAGE) return undefined
    const command = this.#unanswered.shift()
    if (command === undefined) {
      return `Unexpected reply${error === undefined ? '' : `: ${fromWire(error)}`}: nothing was asked`
    }
    if (command.request === undefined) return this.#subscriptionAnswered(shape, error)
    command.shape = shape
    return undefined
  }

  #subscriptionAnswered(shape: string, error: string | undefined): string | undefined {
    // An error to SUBSCRIBE ends the connection (behaviour.md 3.2, notes).
    if (error !== undefined) return `SUBSCRIBE was refused: ${fromWire(error)}`
    if (shape !== SUBSCRIBED) return 'SUBSCRIBE was answered with something else'
    this.#isSubscribed = true
    if (!this.#isOver) this.#events.subscribed()
    return undefined
  }

  #answered(command: WireCommand, value: unknown): void {
    if (this.#isOver || command.request === undefined) return
    this.#events.reply(command.request, toReply(value, command.shape))
  }

  #rejected(command: WireCommand, error: unknown): void {
    if (error instanceof ReplyError) this.#answered(command, error)
    else this.#fail(error)
  }

  #messageCame(payload: unknown): void {
    if (!this.#isOver && Buffer.isBuffer(payload)) this.#events.message(fromWire(payload.toString('latin1')))
  }

  /** Remembers why, unless it is over anyway, and lets it end: nothing on it can be trusted any more. */
  #fail(error: unknown): void {
    if (this.#socket?.destroyed !== true) this.#reason ??= reasonOf(error)
    this.#release()
  }

  #ended(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#release()
    this.#events.disconnected(this.#reason ?? CLOSED_BY_PEER)
  }

  #release(): void {
    this.#early = undefined
    this.#redis?.disconnect()
    this.#socket?.destroy()
  }

  #cork(): void {
    const socket = this.#socket
    if (socket === undefined || socket.writableCorked > 0) return
    socket.cork()
    process.nextTick(() => { socket.uncork() })
  }
}

/** An IPv4 address that came over an IPv6 socket is told as what it is. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
