/** Clients of one sentinel: steady queries, subscriptions, connections that come and go, and some that misbehave. */
import { connect, type Socket } from 'node:net'
import { messageOf, within, type Address } from '../../src/harness/index.ts'
import { pause } from '../chaos/pacing.ts'

export interface LoadOptions {
  readonly address: Address
  readonly masterName: string
  /** Connections that stay and query all the time. */
  readonly clients: number
  /** Pause of each of them between two queries, in milliseconds. */
  readonly everyMs: number
  readonly subscribers: number
  /** Connections that are opened anew in each second. */
  readonly reconnects: number
}

/** What the clients saw. */
export interface LoadReport {
  readonly answers: number
  readonly reconnects: number
  /** Answers that did not come, or connections that broke, by their words. */
  readonly failures: Readonly<Record<string, number>>
}

/** A sentinel that does not answer for so long does not answer. */
const ANSWER_MS = 5_000

export class Load {
  readonly #options: LoadOptions
  readonly #sockets = new Set<Socket>()
  readonly #failures: Record<string, number> = {}
  readonly #loops: Promise<void>[] = []
  #answers = 0
  #reconnects = 0
  #stopping = false
  #held = false

  constructor(options: LoadOptions) {
    this.#options = options
  }

  start(): void {
    const { clients, subscribers, reconnects } = this.#options
    for (let at = 0; at < clients; at += 1) this.#loops.push(this.#queries(at))
    for (let at = 0; at < subscribers; at += 1) this.#loops.push(this.#subscription())
    if (reconnects > 0) this.#loops.push(this.#comeAndGo())
  }

  /** While held, no connection is opened: the number of descriptors can be compared. */
  hold(isHeld: boolean): void {
    this.#held = isHeld
  }

  get report(): LoadReport {
    return { answers: this.#answers, reconnects: this.#reconnects, failures: { ...this.#failures } }
  }

  async stop(): Promise<void> {
    this.#stopping = true
    for (const socket of this.#sockets) socket.destroy()
    await Promise.all(this.#loops)
  }

  /** One connection with all kinds of queries in turns. */
  async #queries(at: number): Promise<void> {
    const { masterName, everyMs } = this.#options
    const commands = [
      'PING', `SENTINEL GET-MASTER-ADDR-BY-NAME ${masterName}`, 'SENTINEL MASTERS', `SENTINEL REPLICAS ${masterName}`,
      `SENTINEL SENTINELS ${masterName}`, 'INFO', `SENTINEL CKQUORUM ${masterName}`, 'CLIENT LIST', 'NO-SUCH-COMMAND',
    ]
    let socket = this.#open()
    for (let turn = at; !this.#stopping; turn += 1) {
      const answered = await this.#attempt(() => ask(socket, commands[turn % commands.length] ?? 'PING'))
      if (!answered && !this.#stopping) {
        socket.destroy()
        socket = this.#open()
      }
      await pause(everyMs)
    }
  }

  /** One subscription to everything; it is opened again when it is lost. */
  async #subscription(): Promise<void> {
    while (!this.#stopping) {
      const socket = this.#open()
      const closed = closeOf(socket)
      socket.write('PSUBSCRIBE *\r\n')
      socket.resume()
      await closed
      if (!this.#stopping) this.#failed('a subscription was closed')
      await pause(200)
    }
  }

  /** Connections that ask once and leave, in turns politely, rudely, in the middle of a command, with garbage. */
  async #comeAndGo(): Promise<void> {
    for (let turn = 0; !this.#stopping; turn += 1) {
      await pause(1000 / this.#options.reconnects)
      if (this.#held) continue
      this.#reconnects += 1
      await this.#attempt(() => this.#visit(turn % 5))
    }
  }

  async #visit(kind: number): Promise<void> {
    const socket = this.#open()
    const closed = closeOf(socket)
    switch (kind) {
      case 0:
        await ask(socket, 'PING')
        socket.end()
        break
      case 1:
        await ask(socket, 'SENTINEL MASTERS')
        socket.resetAndDestroy()
        break
      case 2:
        socket.end('*2\r\n$8\r\nSENTINEL\r\n$7\r\nMAST')
        break
      case 3:
        socket.write('*1\r\n$-7\r\n')
        break
      default:
        await ask(socket, 'SUBSCRIBE +switch-master')
        socket.destroy()
    }
    socket.resume()
    await within('the end of a visit', ANSWER_MS, closed)
  }

  #open(): Socket {
    const { host, port } = this.#options.address
    const socket = connect({ host, port, noDelay: true })
    this.#sockets.add(socket)
    // What went wrong shows in the answer that does not come.
    socket.on('error', () => undefined)
    socket.once('close', () => { this.#sockets.delete(socket) })
    return socket
  }

  async #attempt(work: () => Promise<void>): Promise<boolean> {
    try {
      await work()
      this.#answers += 1
      return true
    } catch (error) {
      this.#failed(messageOf(error))
      return false
    }
  }

  #failed(words: string): void {
    if (!this.#stopping) this.#failures[words] = (this.#failures[words] ?? 0) + 1
  }
}

function closeOf(socket: Socket): Promise<void> {
  return new Promise((resolve) => {
    socket.once('close', () => { resolve() })
  })
}

/** Sends an inline command; the first bytes that come back are the answer. */
async function ask(socket: Socket, command: string): Promise<void> {
  const answer = new Promise<void>((resolve, reject) => {
    const heard = (): void => {
      socket.off('close', closed)
      resolve()
    }
    const closed = (): void => {
      socket.off('data', heard)
      reject(new Error('the connection was closed'))
    }
    socket.once('data', heard)
    socket.once('close', closed)
  })
  socket.write(`${command}\r\n`)
  await within('an answer', ANSWER_MS, answer)
}
