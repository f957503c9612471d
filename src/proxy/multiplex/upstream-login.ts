/** What a connection to a node in route mode begins with: the login, its name, and for private ones, its id. Pure. */
import type { ProtocolVersion } from '../../resp/index.ts'
import { BROKEN, INCOMPLETE, ReplyScanner } from '../requests/reply-scanner.ts'
import { encodeRequest } from '../requests/request-words.ts'
import { LOGIN_BYTES_MAX } from './limits.ts'

/** The server closes the connection behind these, and executes nothing on it. */
const REFUSED = /^(?:ERR max number of clients|DENIED )/

const MINUS = 45

export interface UpstreamLoginOptions {
  readonly version: ProtocolVersion
  /** The words of AUTH; undefined: the node needs no login. */
  readonly login: readonly string[] | undefined
  readonly clientName: string
  readonly asksId: boolean
}

/** `incomplete`: more bytes are needed. */
export type LoginOutcome = 'incomplete' | { readonly problem: string, readonly isLoginRefused: boolean } | { readonly serverId: number | undefined }

export class UpstreamLogin {
  readonly #requests: readonly Buffer[]
  /** How many of them the node has to accept: the name and the id are of no importance. */
  readonly #required: number
  readonly #asksId: boolean
  #received = Buffer.alloc(0)

  constructor({ version, login, clientName, asksId }: UpstreamLoginOptions) {
    const first = firstRequest(version, login)
    const words = [...first === undefined ? [] : [first], ['CLIENT', 'SETNAME', clientName], ...asksId ? [['CLIENT', 'ID']] : []]
    this.#required = first === undefined ? 0 : 1
    this.#asksId = asksId
    this.#requests = words.map(encodeRequest)
  }

  get request(): Buffer {
    return Buffer.concat(this.#requests)
  }

  /** Takes received bytes. */
  receive(bytes: Buffer): LoginOutcome {
    this.#received = Buffer.concat([this.#received, bytes])
    const received = this.#received
    const scanner = new ReplyScanner()
    let [at, last] = [0, '']
    for (let reply = 0; reply < this.#requests.length; reply += 1) {
      const next = scanner.scan(received, at, received.length)
      if (next === INCOMPLETE && received.length < LOGIN_BYTES_MAX) return 'incomplete'
      if (next === INCOMPLETE || next === BROKEN) return failure('the node sent bytes that are no reply')
      const error = received[at] === MINUS ? received.toString('utf8', at + 1, next).trim() : ''
      if (REFUSED.test(error)) return failure(`the node refuses the connection: ${error}`)
      if (error !== '' && reply < this.#required) {
        return { problem: `the node refuses the login: ${error}`, isLoginRefused: true }
      }
      last = received.toString('latin1', at, next)
      at = next
    }
    const id = this.#asksId ? /^:(\d+)/.exec(last)?.[1] : undefined
    return { serverId: id === undefined ? undefined : Number(id) }
  }
}

function firstRequest(version: ProtocolVersion, login: readonly string[] | undefined): readonly string[] | undefined {
  if (version === 2) return login && ['AUTH', ...login]
  if (login === undefined) return ['HELLO', '3']
  return ['HELLO', '3', 'AUTH', ...login.length === 1 ? ['default', ...login] : login]
}

function failure(problem: string): LoginOutcome {
  return { problem, isLoginRefused: false }
}
