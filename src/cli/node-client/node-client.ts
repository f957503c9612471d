/**
 * A short-lived connection to one node or sentinel, with a time limit for connecting and for each answer. It is for
 * the tools; a running sentinel uses `src/links`.
 */
import { connect as connectPlain, type Socket } from 'node:net'
import { connect as connectTls, type ConnectionOptions } from 'node:tls'

import type { Reply } from '../../core/index.ts'
import { encodeCommand, ReplyReader } from '../../links/index.ts'
import { connectionReason, type ConnectionMood } from './connection-reason.ts'

/** Time limit of connecting, in milliseconds. A running node accepts at once; a lost packet is sent again after 1 s. */
const CONNECT_MS_MAX = 2500

/** Time limit of an answer, in milliseconds. All commands that the tools send take less. */
const ANSWER_MS_MAX = 3000

/** First byte of a TLS alert, with which a TLS port may answer a plain request. RESP has no such type. */
const TLS_ALERT = 0x15

/** The first bytes of an answer to a request that is not HTTP. */
const HTTP_START = Buffer.from('HTTP/')

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
  #listener: ((message: Reply) => void) | undefined
  #hasAnswered = false

  private constructor(socket: Socket, mood: ConnectionMood) {
    this.#socket = socket
    const reader = new ReplyReader((reply) => {
      this.#hasAnswered = true
      const request = this.#waiting.shift()
      if (request === undefined) this.#listener?.(reply)
      else request.resolve(reply)
      return undefined
    })
    socket.on('data', (bytes: Buffer) => {
      if (bytes[0] === TLS_ALERT && !this.#hasAnswered) {
        this.#fail(new NodeUnreachable('this port speaks TLS; give --tls or --cacert FILE'))
        return
      }
      if (!this.#hasAnswered && bytes.subarray(0, HTTP_START.length).equals(HTTP_START)) {
        this.#fail(new NodeUnreachable('this port speaks HTTP; give the port of the sentinel (26379 by default)'))
        return
      }
      const problem = reader.read(bytes)
      if (problem !== undefined) this.#fail(new NodeUnreachable(`the answer is not Redis protocol (${problem})`))
    })
    const ended = (error?: Error): void => {
      this.#fail(new NodeUnreachable(this.#hasAnswered ? 'the connection was closed' : connectionReason(error, mood)))
    }
    socket.on('error', ended)
    socket.on('close', () => { ended() })
  }

  /** Connects to the node. @throws NodeUnreachable */
  static async open(options: NodeClientOptions): Promise<NodeClient> {
    const { host, port, tls } = options
    // Host and port may come from another node. Node.js would throw for an invalid port, and would connect to this
    // machine without a host.
    if (host === '' || host.includes('\0')) throw new NodeUnreachable('the host name is empty or malformed')
    if (!Number.isInteger(port) || port < 1 || port > 65_535) throw new NodeUnreachable(`${port} is not a port`)
    const mood = { usesTls: tls !== undefined, showsCertificate: tls?.cert !== undefined }
    const socket = tls === undefined ? connectPlain({ host, port }) : connectTls({ ...tls, host, port })
    await standing(socket, tls === undefined ? 'connect' : 'secureConnect', mood)
    return new NodeClient(socket, mood)
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

  /** Calls `listener` with what answers no request: the messages of a subscription. */
  listen(listener: (message: Reply) => void): void {
    this.#listener = listener
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

function standing(socket: Socket, event: 'connect' | 'secureConnect', mood: ConnectionMood): Promise<void> {
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
    const timer = setTimeout(() => { end(lateReason(socket, mood)) }, CONNECT_MS_MAX)
    socket.once(event, () => { end() })
    socket.once('error', (error: NodeJS.ErrnoException) => { end(connectionReason(error, mood)) })
    socket.once('close', () => { end(connectionReason(undefined, mood)) })
  })
}

/** A data node without TLS accepts a connection and waits for the rest of what it takes for a command. */
function lateReason(socket: Socket, { usesTls }: ConnectionMood): string {
  const late = `no connection within ${CONNECT_MS_MAX} ms`
  return usesTls && socket.remotePort !== undefined
    ? `no TLS handshake within ${CONNECT_MS_MAX} ms; if this port is not for TLS, leave --tls, --cacert, --cert, --sni and rediss:// out`
    : late
}
