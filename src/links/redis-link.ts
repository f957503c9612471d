/**
 * One outgoing connection. It reports `connected` at most once, `disconnected` exactly once unless `close` was called,
 * and nothing after either end. Nothing is reported from within `send`, `subscribe`, `close` or the constructor.
 * Commands sent in one turn of the event loop are written together.
 */
import type { Socket } from 'node:net'

import type { DisconnectCause, Reply, Request } from '../core/index.ts'
import { CommandFifo } from './command-fifo.ts'
import { encodeCommand } from './encode-command.ts'
import { COMMANDS_MAX } from './limits.ts'
import { CLOSED_BY_PEER, isRefusal, reasonOf } from './link-error.ts'
import { ReplyReader } from './reply-reader.ts'
import { openSocket, type SocketTarget } from './socket.ts'

/** Called for what happens on a connection. */
export interface RedisLinkEvents {
  connected(localAddress: string): void
  disconnected(lost: { readonly cause: DisconnectCause, readonly reason: string }): void
  reply(request: Request, reply: Reply): void
  subscribed(): void
  message(payload: string): void
}

/** Marks the confirmation of the subscription in the queue of expected replies. */
const SUBSCRIPTION = 'subscription'
type Awaited = Request | typeof SUBSCRIPTION

export class RedisLink {
  readonly #events: RedisLinkEvents
  readonly #reader = new ReplyReader((reply) => this.#onReply(reply))
  /** Commands without a reply, in the order in which they were sent. */
  readonly #unanswered = new CommandFifo<Awaited>()
  /** Wire text that is written at the end of this turn, or as soon as the connection is established. */
  #outgoing = ''
  #socket: Socket | undefined
  #isConnected = false
  #isSubscribed = false
  #isOver = false
  #reason: string | undefined
  #wasRefused = false

  constructor(target: SocketTarget, events: RedisLinkEvents) {
    this.#events = events
    try {
      this.#open(target)
    } catch (error) {
      this.#reason = reasonOf(error)
      setImmediate(() => { this.#onClose() })
    }
  }

  /** Sends a command now, or as soon as the connection is established. It is lost with the connection. */
  send(argv: readonly string[], request: Request): void {
    this.#write(argv, request)
  }

  /** Subscribes; `command` is the node's name for SUBSCRIBE. Messages and answers to PING may follow. */
  subscribe(command: string, channel: string): void {
    this.#write([command, channel], SUBSCRIPTION)
  }

  /** Closes the connection and reports nothing. */
  close(): void {
    this.#isOver = true
    this.#release()
  }

  #open(target: SocketTarget): void {
    const socket = openSocket(target, (bytes) => { this.#onBytes(bytes) })
    this.#socket = socket
    socket.on('error', (error) => {
      this.#reason ??= reasonOf(error)
      if (!this.#isConnected && isRefusal(error)) this.#wasRefused = true
    })
    socket.once(target.tls === undefined ? 'connect' : 'secureConnect', () => { this.#connected(socket) })
    // A node that has ended its side will not reply any more, and our side must not wait until unread bytes are
    // written.
    socket.once('end', () => { socket.destroy() })
    socket.once('close', () => { this.#onClose() })
  }

  #connected(socket: Socket): void {
    if (this.#isOver) return
    this.#isConnected = true
    this.#flush()
    this.#events.connected(plainAddress(socket.localAddress ?? ''))
  }

  #write(argv: readonly string[], awaited: Awaited): void {
    if (this.#isOver) return
    if (this.#unanswered.length >= COMMANDS_MAX) {
      this.#fail(`more than ${COMMANDS_MAX} commands wait for their replies`)
      return
    }
    this.#unanswered.push(awaited)
    if (this.#isConnected && this.#outgoing === '') process.nextTick(() => { this.#flush() })
    this.#outgoing += encodeCommand(argv)
  }

  #flush(): void {
    const text = this.#outgoing
    this.#outgoing = ''
    if (text !== '' && !this.#isOver) this.#socket?.write(text, 'latin1')
  }

  #onBytes(bytes: Buffer): void {
    if (this.#isOver) return
    const problem = this.#reader.read(bytes)
    if (problem !== undefined) this.#fail(problem)
  }

  /** Returns why the reply is wrong; undefined when it is right. */
  #onReply(reply: Reply): string | undefined {
    if (this.#isOver) return undefined
    if (this.#isSubscribed && isMessage(reply)) {
      this.#events.message(reply.items[2].text)
      return undefined
    }
    const awaited = this.#nextAwaited(reply)
    if (awaited === undefined) {
      return `Unexpected reply${reply.kind === 'error' ? `: ${reply.text}` : ''}: no command was waiting`
    }
    if (awaited === SUBSCRIPTION) return this.#subscriptionAnswered(reply)
    this.#events.reply(awaited, reply)
    return undefined
  }

  /** The command that this reply belongs to. REPLCONF GETACK has a reply only where the node refuses it. */
  #nextAwaited(reply: Reply): Awaited | undefined {
    let awaited = this.#unanswered.shift()
    while (awaited !== undefined && awaited !== SUBSCRIPTION && awaited.kind === 'get-ack' && !isAckRefusal(reply)) {
      awaited = this.#unanswered.shift()
    }
    return awaited
  }

  #subscriptionAnswered(reply: Reply): string | undefined {
    // An error to SUBSCRIBE ends the connection (behaviour.md 3.2, notes).
    if (reply.kind === 'error') return `SUBSCRIBE was refused: ${reply.text}`
    if (!isConfirmation(reply)) return 'the reply to SUBSCRIBE is not a confirmation'
    this.#isSubscribed = true
    this.#events.subscribed()
    return undefined
  }

  /** Closes the connection with this reason: after a wrong reply its data cannot be trusted. */
  #fail(reason: string): void {
    if (this.#socket?.destroyed !== true) this.#reason ??= reason
    this.#release()
  }

  #onClose(): void {
    if (this.#isOver) return
    this.#isOver = true
    this.#release()
    this.#events.disconnected({ cause: this.#wasRefused ? 'refused' : 'other', reason: this.#reason ?? CLOSED_BY_PEER })
  }

  #release(): void {
    this.#outgoing = ''
    this.#socket?.destroy()
  }
}

/** The refusals name the command: it is unknown, or the user has no right to it. */
function isAckRefusal(reply: Reply): boolean {
  return reply.kind === 'error' && /replconf|unknown command/i.test(reply.text)
}

type Bulk = Extract<Reply, { kind: 'bulk' }>
type Items<Third> = { readonly kind: 'array', readonly items: readonly [Bulk, Bulk, Third] }

/** Kind, channel and payload. */
function isMessage(reply: Reply): reply is Items<Bulk> {
  return isTriple(reply) && reply.items[2]?.kind === 'bulk' && isText(reply.items[0], 'message')
}

/** Kind, channel and the number of subscriptions. */
function isConfirmation(reply: Reply): reply is Items<Extract<Reply, { kind: 'integer' }>> {
  return isTriple(reply) && reply.items[2]?.kind === 'integer'
}

function isTriple(reply: Reply): reply is Extract<Reply, { kind: 'array' }> {
  return reply.kind === 'array' && reply.items.length === 3
    && reply.items[0]?.kind === 'bulk' && reply.items[1]?.kind === 'bulk'
}

function isText(reply: Reply | undefined, text: string): boolean {
  return reply?.kind === 'bulk' && reply.text === text
}

/** The IPv4 address of a connection over an IPv6 socket, in IPv4 form. */
function plainAddress(address: string): string {
  return address.startsWith('::ffff:') ? address.slice('::ffff:'.length) : address
}
