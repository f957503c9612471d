/** A server with a few commands, for the model of route mode. */
import type { LocalMeans } from '../../../src/proxy/requests/local-commands.ts'
import type { ClientPeers } from '../../../src/proxy/requests/peer-commands.ts'
import { runLocal, type ClientState } from '../../../src/proxy/requests/local-commands.ts'
import { wordsOf } from '../../../src/proxy/requests/request-words.ts'
import { encode, error, FrameScanner, map, NULL_ARRAY, OK, simple, type ProtocolVersion, type RespValue } from '../../../src/resp/index.ts'

/** The clients of a test know no others. */
export const noPeers: ClientPeers = { find: () => undefined }

export const modelLocal: LocalMeans = { login: { needsLogin: false, isLogin: () => true }, serverVersion: '7.0.15' }

const WRITES: ReadonlySet<string> = new Set(['SET', 'APPEND', 'INCR', 'RPUSH', 'BLPOP', 'DEL'])
const LIMITS = { authenticated: true, bulkBytesMax: 1_000_000 }

/** Data that nodes have in common, because a replica of the model has all writes at once. */
export class ModelNode {
  readonly name: string
  readonly values: Map<string, string>
  isReadOnly = false

  constructor(name: string, values = new Map<string, string>()) {
    this.name = name
    this.values = values
  }

  follower(): ModelNode {
    const follower = new ModelNode('replica', this.values)
    follower.isReadOnly = true
    return follower
  }
}

export class ModelConnection {
  output: Buffer = Buffer.alloc(0)
  readonly #node: ModelNode
  #client: ClientState
  #input: Buffer = Buffer.alloc(0)
  #queued: (readonly string[])[] | undefined
  #isClosed = false

  constructor(node: ModelNode, version: ProtocolVersion) {
    this.#node = node
    this.#client = { id: 1, version, isAuthenticated: true, login: undefined, name: '', database: 0 }
  }

  receive(bytes: Buffer): void {
    if (!this.#isClosed) this.#input = Buffer.concat([this.#input, bytes])
  }

  close(): void {
    this.#isClosed = true
    this.output = Buffer.alloc(0)
  }

  get canExecute(): boolean {
    return !this.#isClosed && this.#frameLength() > 0
  }

  execute(): void {
    const length = this.#frameLength()
    const words = wordsOf(this.#input, 0, length)
    this.#input = this.#input.subarray(length)
    this.output = Buffer.concat([this.output, Buffer.from(this.answer(words), 'latin1')])
  }

  /** The reply to a request, on the wire. */
  answer(words: readonly string[]): string {
    const name = words[0]?.toUpperCase() ?? ''
    if (name === 'HELLO' || name === 'CLIENT') {
      const outcome = runLocal(words, this.#client, modelLocal)
      return outcome.kind === 'reply' ? outcome.text : ''
    }
    return encode(this.#run(name, words), this.#client.version)
  }

  identify(id: number, name: string): void {
    this.#client = { ...this.#client, id, name }
  }

  /** Moves up to `count` bytes of the output. */
  take(target: Buffer, count: number): number {
    const size = this.output.copy(target, 0, 0, count)
    this.output = this.output.subarray(size)
    return size
  }

  #frameLength(): number {
    const scanner = new FrameScanner()
    return scanner.scan(this.#input, 0, this.#input.length, LIMITS) === 'complete' ? scanner.length : 0
  }

  #run(name: string, words: readonly string[]): RespValue {
    if (name === 'MULTI') {
      this.#queued = []
      return OK
    }
    if (name === 'EXEC' || name === 'DISCARD') {
      const queued = this.#queued
      this.#queued = undefined
      if (queued === undefined) return error(`ERR ${name} without MULTI`)
      return name === 'DISCARD' ? OK : queued.map((one) => this.#one(one[0]?.toUpperCase() ?? '', one))
    }
    if (this.#queued === undefined) return this.#one(name, words)
    this.#queued.push(words)
    return simple('QUEUED')
  }

  #one(name: string, [, key = '', value = '']: readonly string[]): RespValue {
    const { values } = this.#node
    const place = `${this.#client.database} ${key}`
    if (this.#node.isReadOnly && WRITES.has(name)) return error("READONLY You can't write against a read only replica.")
    switch (name) {
      case 'PING': return simple('PONG')
      case 'ECHO': return key
      case 'WATCH': case 'UNWATCH': return OK
      case 'SELECT':
        if (!/^\d$/.test(key)) return error('ERR invalid DB index')
        this.#client.database = Number(key)
        return OK
      case 'GET': return values.get(place) ?? null
      case 'SET':
        values.set(place, value)
        return OK
      case 'APPEND':
        values.set(place, (values.get(place) ?? '') + value)
        return values.get(place)?.length ?? 0
      case 'INCR': {
        const number = Number(values.get(place) ?? 0) + 1
        if (!Number.isSafeInteger(number)) return error('ERR value is not an integer or out of range')
        values.set(place, String(number))
        return number
      }
      case 'BLPOP': return values.delete(place) ? [key, 'popped'] : NULL_ARRAY
      case 'HGETALL': return map([...values].filter(([one]) => one === place).flat())
      default: return error(`ERR unknown command '${name}'`)
    }
  }
}
