/**
 * A short-lived connection to one node or sentinel, with a time limit for connecting and for each answer. It is for
 * tools that only read; a running sentinel uses `src/links`.
 */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import type { Reply } from '../../core/index.ts'
import { encodeCommand, ReplyReader } from '../../links/index.ts'

/** Time limit of connecting, in milliseconds. A running node accepts at once; a lost packet is sent again after 1 s. */
const CONNECT_MS_MAX = 2500

/** Time limit of an answer, in milliseconds. All commands that the tools send take less. */
const ANSWER_MS_MAX = 3000

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

export interface NodeClientOptions extends NodeAddress {
  /** Undefined for a connection without TLS. */
  readonly tls?: ConnectionOptions | undefined
}

/** The node could not be reached, or did not answer in time. The message says which. */
export class NodeUnreachable extends Error {
  override readonly name = 'NodeUnreachable'
}

interface Waiting {
  readonly resolve: (reply: Reply) => void
  readonly reject: (error: Error) => void
}

export class NodeClient {
  readonly #socket: Socket
  readonly #waiting: Waiting[] = []
  #failure: Error | undefined

  private constructor(socket: Socket) {
    this.#socket = socket
    const reader = new ReplyReader((reply) => {
      this.#waiting.shift()?.resolve(reply)
      return undefined
    })
    socket.on('data', (bytes: Buffer) => {
      const problem = reader.read(bytes)
      if (problem !== undefined) this.#fail(new NodeUnreachable(`the answer is not Redis protocol (${problem})`))
    })
    socket.on('error', (error: Error) => { this.#fail(new NodeUnreachable(error.message)) })
    socket.on('close', () => { this.#fail(new NodeUnreachable('the connection was closed')) })
  }

  /** Connects to the node. @throws NodeUnreachable */
  static async open(options: NodeClientOptions): Promise<NodeClient> {
    const { host, port, tls } = options
    // Host and port may come from another node. Node.js would throw for an invalid port, and would connect to this
    // machine without a host.
    if (host === '' || host.includes('\0')) throw new NodeUnreachable('the host name is empty or malformed')
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new NodeUnreachable(`${port} is not a port`)
    const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ ...tls, host, port })
    await standing(socket, tls === undefined ? 'connect' : 'secureConnect')
    return new NodeClient(socket)
  }

  /** Sends a command. Resolves with its reply, which may be an error reply. @throws NodeUnreachable */
  call(...argv: readonly [string, ...string[]]): Promise<Reply> {
    return new Promise((resolve, reject) => {
      if (this.#failure !== undefined) {
        reject(this.#failure)
        return
      }
      const timer = setTimeout(() => {
        this.#fail(new NodeUnreachable(`no answer to ${argv[0]} within ${ANSWER_MS_MAX} ms`))
      }, ANSWER_MS_MAX)
      this.#waiting.push({
        resolve: (reply) => {
          clearTimeout(timer)
          resolve(reply)
        },
        reject: (error) => {
          clearTimeout(timer)
          reject(error)
        },
      })
      this.#socket.write(encodeCommand(argv), 'latin1')
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #fail(error: Error): void {
    this.#failure ??= error
    for (const { reject } of this.#waiting.splice(0)) reject(this.#failure)
    this.#socket.destroy()
  }
}

function standing(socket: Socket, event: 'connect' | 'secureConnect'): Promise<void> {
  return new Promise((resolve, reject) => {
    const end = (reason?: string): void => {
      clearTimeout(timer)
      socket.removeAllListeners()
      if (reason === undefined) {
        resolve()
        return
      }
      // Later errors of this socket have no meaning.
      socket.on('error', () => undefined)
      socket.destroy()
      reject(new NodeUnreachable(reason))
    }
    const timer = setTimeout(() => { end(`no connection within ${CONNECT_MS_MAX} ms`) }, CONNECT_MS_MAX)
    socket.once(event, () => { end() })
    socket.once('error', (error: NodeJS.ErrnoException) => { end(plainReason(error)) })
    socket.once('close', () => { end('the connection was closed at once') })
  })
}

const REASONS: ReadonlyMap<string, string> = new Map([
  ['ECONNREFUSED', 'connection refused'],
  ['EHOSTUNREACH', 'no route to host'],
  ['ENETUNREACH', 'no route to host'],
  ['ENOTFOUND', 'the host name cannot be resolved'],
  ['EAI_AGAIN', 'the host name cannot be resolved'],
  ['ECONNRESET', 'the connection was closed at once'],
])

function plainReason(error: NodeJS.ErrnoException): string {
  return REASONS.get(error.code ?? '') ?? error.message
}
