import { setTimeout as delay } from 'node:timers/promises'

import type { Address } from './address.ts'
import type { TlsEndpoint } from './certificates.ts'
import type { Reply } from './connection.ts'
import { eventually, messageOf, notYet, within } from './eventually.ts'
import { sentinelWriterClient } from './writer-client.ts'
import { clock } from './timeline.ts'

/** The client under test: anything that can append a number to a list on the present master. */
export interface WriterClient {
  /** Resolves when the server acknowledged, with what the client knows about that. Rejects when it did not. */
  write(key: string, value: number): Promise<WriteAnswer>
  close(): void | Promise<void>
}

/** What a client knows about an acknowledged write; what it does not know is left out. */
export interface WriteAnswer {
  /** The server that acknowledged. */
  readonly server?: Address | undefined
  /** The length of the list after the write, as RPUSH answers it. Without it no regressions are counted. */
  readonly length?: number
}

/** `deployment.startWriter()` fills in everything up to `tls`. */
export interface WriterOptions {
  readonly masterName: string
  readonly sentinels: readonly Address[]
  /** Toward the data nodes; without a user it is the default one. */
  readonly user?: string
  readonly password?: string
  readonly sentinelUser?: string
  readonly sentinelPassword?: string
  /** Toward sentinels and data nodes. Default plain. */
  readonly tls?: TlsEndpoint
  /** Pause between two writes, in milliseconds. Default 5. */
  readonly everyMs?: number
  /** How long one write may take before it counts as failed, in milliseconds. Default 1000. */
  readonly timeoutMs?: number
  /** The list written to. Default `ts-sentinel:harness:writer`. */
  readonly key?: string
  /** A client of one's own, to test how it follows a failover. Default: ioredis in sentinel mode. */
  readonly client?: WriterClient
}

/** One acknowledged write. */
export interface Acknowledged {
  readonly value: number
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  readonly server: Address | undefined
}

/** Account of all writes so far. */
export interface WriterReport {
  readonly tried: number
  readonly acknowledged: number
  /** Not acknowledged. Some of them may have reached the server all the same. */
  readonly failed: number
  /** How many of the failed ones a replica refused with READONLY: the client still held on to the old master. */
  readonly readonlyErrors: number
  /** How often a server that acknowledged held less than the client had seen before: it forgot writes. */
  readonly regressions: number
  /** Longest time between two acknowledged writes, in milliseconds. */
  readonly outageMs: number
  /** When that time began, in milliseconds since 1970; undefined before the first acknowledged write. */
  readonly outageFrom: number | undefined
  /** How often each error was met. */
  readonly errors: Readonly<Record<string, number>>
}

/** A report after the data was read back. */
export interface VerifiedReport extends WriterReport {
  /** Acknowledged values that are not on the server. */
  readonly lost: readonly number[]
  /** Values on the server that were never acknowledged. */
  readonly unacknowledgedButStored: number
}

/** Writes 1, 2, 3, … one after the other, and never tries a number twice. */
export interface Writer {
  report(): WriterReport
  /** Acknowledged writes, oldest first. */
  readonly acknowledged: readonly Acknowledged[]
  /** Waits for a write that was begun after this call and acknowledged. */
  nextAcknowledged(timeoutMs?: number): Promise<Acknowledged>
  /** Stops writing. May be called more than once. */
  stop(): Promise<void>
  /** Stops writing and compares with what `server` holds. */
  verify(server: { call(command: readonly [string, ...string[]]): Promise<Reply> }): Promise<VerifiedReport>
}

/**
 * Starts to write. Resolves after the first acknowledged write. `deployment.startWriter()` knows all addresses and
 * passwords, and stops the writer with the deployment.
 *
 * @throws TimedOutError when no write is acknowledged within 10 seconds
 */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  const writer = new CounterWriter(options)
  try {
    await writer.nextAcknowledged(10_000)
    return writer
  } catch (error) {
    await writer.stop()
    throw error
  }
}

class CounterWriter implements Writer {
  readonly acknowledged: Acknowledged[] = []
  readonly #client: WriterClient
  readonly #key: string
  readonly #everyMs: number
  readonly #timeoutMs: number
  readonly #errors: Record<string, number> = {}
  readonly #loop: Promise<void>
  #tried = 0
  #failed = 0
  #readonlyErrors = 0
  #regressions = 0
  #lastLength = 0
  #stopping = false

  constructor(options: WriterOptions) {
    this.#client = options.client ?? sentinelWriterClient(options)
    this.#key = options.key ?? 'ts-sentinel:harness:writer'
    this.#everyMs = options.everyMs ?? 5
    this.#timeoutMs = options.timeoutMs ?? 1_000
    this.#loop = this.#run()
  }

  report(): WriterReport {
    let outageMs = 0
    let outageFrom: number | undefined
    let last = this.acknowledged[0]?.at
    // An outage that has not ended yet counts up to now.
    const ends = this.#stopping ? [] : [{ at: clock() }]
    for (const { at } of [...this.acknowledged, ...ends]) {
      if (last !== undefined && at - last > outageMs) {
        outageMs = at - last
        outageFrom = last
      }
      last = at
    }
    return {
      tried: this.#tried,
      acknowledged: this.acknowledged.length,
      failed: this.#failed,
      readonlyErrors: this.#readonlyErrors,
      regressions: this.#regressions,
      outageMs,
      outageFrom,
      errors: { ...this.#errors },
    }
  }

  async nextAcknowledged(timeoutMs = 30_000): Promise<Acknowledged> {
    const triedBefore = this.#tried
    return eventually('an acknowledged write', () => {
      const last = this.acknowledged.at(-1)
      if (last === undefined || last.value <= triedBefore) throw notYet(JSON.stringify(this.report()))
      return last
    }, { timeoutMs, everyMs: 5 })
  }

  async stop(): Promise<void> {
    if (!this.#stopping) {
      this.#stopping = true
      await this.#loop
      await this.#client.close()
    }
    await this.#loop
  }

  async verify(server: { call(command: readonly [string, ...string[]]): Promise<Reply> }): Promise<VerifiedReport> {
    await this.stop()
    const stored = await server.call(['LRANGE', this.#key, '0', '-1'])
    const held = new Set((Array.isArray(stored) ? stored as readonly Reply[] : []).map(Number))
    const acknowledged = new Set(this.acknowledged.map(({ value }) => value))
    return {
      ...this.report(),
      lost: [...acknowledged].filter((value) => !held.has(value)),
      unacknowledgedButStored: [...held].filter((value) => !acknowledged.has(value)).length,
    }
  }

  async #run(): Promise<void> {
    while (!this.#stopping) {
      this.#tried += 1
      const value = this.#tried
      try {
        this.#acknowledge(value, await within('a write', this.#timeoutMs, this.#client.write(this.#key, value)))
      } catch (error) {
        this.#fail(messageOf(error))
      }
      await delay(this.#everyMs)
    }
  }

  #acknowledge(value: number, { server, length }: WriteAnswer): void {
    this.acknowledged.push({ value, at: clock(), server })
    if (length === undefined) return
    if (length <= this.#lastLength) this.#regressions += 1
    this.#lastLength = length
  }

  #fail(text: string): void {
    this.#failed += 1
    if (text.startsWith('READONLY')) this.#readonlyErrors += 1
    this.#errors[text] = (this.#errors[text] ?? 0) + 1
  }
}
