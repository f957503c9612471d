/**
 * Writers of the bench of switchovers, one write at a time each. Both kinds follow the sentinels: a client of ioredis
 * with its own defaults, and a bare TCP connection that asks the next sentinel whenever it ends.
 */
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { connect as connectTls } from 'node:tls'
import { Redis } from 'ioredis'

import { clock, type Address, type TlsEndpoint } from '../../src/harness/index.ts'

export interface WritersOptions {
  readonly sentinels: readonly Address[]
  readonly masterName: string
  readonly tls: TlsEndpoint | undefined
}

export interface Write {
  readonly id: string
  readonly key: string
  /** On the clock of the timeline, in milliseconds. */
  readonly at: number
}

/** Pause between two writes, and before a bare connection asks the next sentinel. */
const PAUSE_MS = 1

abstract class Writer {
  readonly acknowledged: Write[] = []
  readonly refusals: string[] = []
  /** Writes go to this set. */
  key = ''
  protected isStopped = false
  readonly #name: string
  #done: Promise<void> = Promise.resolve()
  #next = 0

  constructor(name: string) {
    this.#name = name
  }

  start(): void {
    this.#done = this.#run()
  }

  async stop(): Promise<void> {
    this.isStopped = true
    this.close()
    await this.#done
  }

  protected abstract write(key: string, id: string): Promise<void>
  protected abstract close(): void

  async #run(): Promise<void> {
    while (!this.isStopped) {
      const [key, id] = [this.key, `${this.#name}-${this.#next}`]
      this.#next += 1
      try {
        await this.write(key, id)
        this.acknowledged.push({ id, key, at: clock() })
      } catch (error) {
        if (error instanceof Error && error.message.startsWith('READONLY')) this.refusals.push(error.message)
      }
      await delay(PAUSE_MS)
    }
  }
}

export class IoredisWriter extends Writer {
  readonly #client: Redis

  constructor(name: string, { sentinels, masterName, tls }: WritersOptions) {
    super(name)
    this.#client = new Redis({
      sentinels: sentinels.map(({ host, port }) => ({ host, port })),
      name: masterName,
      ...tls === undefined ? {} : { tls, sentinelTLS: tls, enableTLSForSentinelMode: true },
    })
    this.#client.on('error', () => undefined)
  }

  protected async write(key: string, id: string): Promise<void> {
    await this.#client.sadd(key, id)
  }

  protected close(): void {
    this.#client.disconnect()
  }
}

interface Waiting {
  readonly lines: number
  readonly resolve: (lines: string[]) => void
  readonly reject: (error: Error) => void
}

/** Replies of one connection, one line each: that of SADD, an error, or the two strings of an address. */
class Line {
  readonly #socket: Socket
  #text = ''
  #waiting: Waiting | undefined

  constructor({ host, port }: Address, tls: TlsEndpoint | undefined) {
    this.#socket = tls === undefined ? connect({ host, port, noDelay: true }) : connectTls({ host, port, ...tls })
    this.#socket.setNoDelay(true)
    this.#socket.on('data', (bytes) => {
      this.#text += bytes.toString('latin1')
      this.#look()
    })
    // 'close' follows.
    this.#socket.on('error', () => undefined)
    this.#socket.on('close', () => { this.#end() })
  }

  /** @throws Error when the reply is one, or the connection ends */
  ask(command: string, lines: number): Promise<string[]> {
    return new Promise((resolve, reject) => {
      this.#waiting = { lines, resolve, reject }
      this.#socket.write(`${command}\r\n`)
      if (this.#socket.destroyed) this.#end()
    })
  }

  close(): void {
    this.#socket.destroy()
  }

  #look(): void {
    const waiting = this.#waiting
    const lines = this.#text.split('\r\n')
    if (waiting === undefined) return
    const isError = this.#text.startsWith('-') && lines.length > 1
    if (!isError && lines.length <= waiting.lines) return
    this.#text = ''
    this.#waiting = undefined
    if (isError) waiting.reject(new Error(lines[0]?.slice(1)))
    else waiting.resolve(lines)
  }

  #end(): void {
    this.#waiting?.reject(new Error('closed'))
    this.#waiting = undefined
  }
}

export class TcpWriter extends Writer {
  readonly #options: WritersOptions
  #line: Line | undefined
  #nextSentinel = 0

  constructor(name: string, options: WritersOptions) {
    super(name)
    this.#options = options
  }

  protected async write(key: string, id: string): Promise<void> {
    try {
      this.#line ??= new Line(await this.#master(), this.#options.tls)
      await this.#line.ask(`SADD ${key} ${id}`, 1)
    } catch (error) {
      this.#line?.close()
      this.#line = undefined
      throw error
    }
  }

  protected close(): void {
    this.#line?.close()
  }

  async #master(): Promise<Address> {
    const { sentinels, masterName, tls } = this.#options
    const sentinel = sentinels[this.#nextSentinel % sentinels.length]
    this.#nextSentinel += 1
    if (sentinel === undefined) throw new Error('no sentinel')
    const line = new Line(sentinel, tls)
    try {
      const [, , host = '', , port] = await line.ask(`SENTINEL get-master-addr-by-name ${masterName}`, 5)
      return { host, port: Number(port) }
    } finally {
      line.close()
    }
  }
}
