import { setTimeout as delay } from 'node:timers/promises'

import type { Reply } from './connection.ts'
import { eventually, GaveUpError, messageOf, notYet, within } from './eventually.ts'
import { clock } from './timeline.ts'
import { NO_LIMIT, type WaitLimit } from './wait-limit.ts'
import { sentinelWriterClient } from './writer-client.ts'
import { checkExpectations, longestOutage, type VerifyOptions, type WriterStage } from './writer-account.ts'
import type { Acknowledged, VerifiedReport, WriteAnswer, WriterClient, WriterOptions, WriterReport } from './writer-types.ts'

/** Time limit of the first write, and of the first one after a failover when `requireRecovery` asks for it. */
const ANSWER_MS = 10_000

/** Time that a write under way gets when the writer is stopped, and then the client to close. */
const CLOSE_MS = 1_000

/** A write that has waited longer, in milliseconds, is not a sign of recovery, whatever its time limit. */
const HANGING_MS = 1_000

/** Writes 1, 2, 3, … one after the other, and never writes a number twice. */
export interface Writer {
  report(): WriterReport
  /** The report of `verify`; undefined before. */
  readonly verified: VerifiedReport | undefined
  /** Acknowledged writes, oldest first. */
  readonly acknowledged: readonly Acknowledged[]
  /** Waits for a write that began after this call and was acknowledged. */
  nextAcknowledged(timeoutMs?: number): Promise<Acknowledged>
  /**
   * Stops writing. May be called more than once. A write under way gets at most 1 s and then counts as unknown; a
   * client that does not close within 1 s is listed in the errors of the report.
   */
  stop(): Promise<void>
  /** For `await using`: as `stop()`. */
  [Symbol.asyncDispose](): Promise<void>
  /**
   * Stops writing and compares the acknowledged writes with the list on `server`.
   *
   * @throws VerificationError when an expectation of `options` is not met: one line that says which, then the report
   * and the story of the timeline
   */
  verify(
    server: { call(command: readonly [string, ...string[]]): Promise<Reply> }, options?: VerifyOptions,
  ): Promise<VerifiedReport>
}

/**
 * Starts to write. Resolves after the first acknowledged write. `deployment.startWriter()` supplies all addresses and
 * passwords, and stops the writer with the deployment.
 *
 * @throws TimedOutError when no write is acknowledged within 10 seconds
 */
export async function startWriter(options: WriterOptions): Promise<Writer> {
  checkWriterOptions(options)
  const writer = new CounterWriter(options)
  try {
    await writer.acknowledgedAfter(0, ANSWER_MS)
    return writer
  } catch (error) {
    await writer.stop()
    throw error
  }
}

/** The result of a write at its time limit. */
type Fate = { readonly answer: WriteAnswer } | { readonly error: string } | 'unknown'

class CounterWriter implements Writer {
  verified: VerifiedReport | undefined
  readonly acknowledged: Acknowledged[] = []
  readonly #client: WriterClient
  readonly #key: string
  readonly #everyMs: number
  readonly #timeoutMs: number
  readonly #lastFaultAt: () => number | undefined
  readonly #limit: WaitLimit
  readonly #stage: WriterStage | undefined
  readonly #errors = new Map<string, number>()
  readonly #lateValues: number[] = []
  readonly #startedAt = clock()
  readonly #loop: Promise<void>
  #tried = 0
  #failed = 0
  #unknown = 0
  #readonlyErrors = 0
  #regressions = 0
  #lastLength = 0
  /** Whether the last finished write was acknowledged, and when it began. */
  #last: { readonly acknowledged: boolean, readonly begunAt: number } | undefined
  /** When the write under way began. */
  #pendingSince: number | undefined
  /** Sets the final time limit of the write under way. */
  #hurry: (() => void) | undefined
  #stoppedAt: number | undefined
  #ended: Promise<void> | undefined

  constructor(options: WriterOptions) {
    this.#client = options.client ?? sentinelWriterClient(options)
    this.#key = options.key ?? 'ts-sentinel:harness:writer'
    this.#everyMs = options.everyMs ?? 5
    this.#timeoutMs = options.timeoutMs ?? 1_000
    this.#lastFaultAt = options.lastFaultAt ?? (() => undefined)
    this.#limit = options.limit ?? NO_LIMIT
    const { timeline, masterName } = options
    this.#stage = timeline && { timeline, from: timeline.position, masterName }
    this.#loop = this.#run()
  }

  report(): WriterReport {
    const times = this.acknowledged.map(({ at }) => at)
    const outage = longestOutage([this.#startedAt, ...times, Math.max(this.#stoppedAt ?? clock(), times.at(-1) ?? 0)])
    return {
      tried: this.#tried,
      acknowledged: this.acknowledged.length,
      failed: this.#failed,
      unknown: this.#unknown,
      late: this.#lateValues.length,
      readonlyErrors: this.#readonlyErrors,
      regressions: this.#regressions,
      outageMs: outage.to - outage.from,
      outageFrom: outage.from,
      recovered: this.#recovered(),
      startedAt: this.#startedAt,
      stoppedAt: this.#stoppedAt,
      errors: Object.fromEntries(this.#errors),
    }
  }

  nextAcknowledged(timeoutMs = 30_000): Promise<Acknowledged> {
    return this.acknowledgedAfter(this.#tried, timeoutMs)
  }

  /** Waits for an acknowledged write of a number above `value`. */
  acknowledgedAfter(value: number, timeoutMs: number): Promise<Acknowledged> {
    return eventually('an acknowledged write', () => {
      const last = this.acknowledged.at(-1)
      if (last !== undefined && last.value > value) return last
      if (this.#stoppedAt !== undefined) throw new GaveUpError('no further write: the writer was stopped')
      throw notYet(JSON.stringify(this.report()))
    }, { timeoutMs: this.#limit.clip(timeoutMs), everyMs: 5 })
  }

  stop(): Promise<void> {
    this.#stoppedAt ??= clock()
    this.#hurry?.()
    this.#ended ??= this.#end()
    return this.#ended
  }

  [Symbol.asyncDispose](): Promise<void> {
    return this.stop()
  }

  async verify(
    server: { call(command: readonly [string, ...string[]]): Promise<Reply> }, options: VerifyOptions = {},
  ): Promise<VerifiedReport> {
    if (options.requireRecovery === true) await this.#waitForRecovery(options.maxOutageMs ?? ANSWER_MS)
    await this.stop()
    const stored = await server.call(['LRANGE', this.#key, '0', '-1'])
    const held = new Set((Array.isArray(stored) ? stored as readonly Reply[] : []).map(Number))
    const acknowledged = new Set([...this.acknowledged.map(({ value }) => value), ...this.#lateValues])
    const report = {
      ...this.report(),
      lost: [...acknowledged].filter((value) => !held.has(value)),
      unacknowledgedButStored: [...held].filter((value) => !acknowledged.has(value)).length,
    }
    this.verified = report
    checkExpectations(report, options, this.#stage)
    return report
  }

  #recovered(): boolean {
    if (this.#last?.acknowledged !== true) return false
    if (this.#pendingSince !== undefined && clock() - this.#pendingSince > HANGING_MS) return false
    const faultAt = this.#lastFaultAt()
    return faultAt === undefined || this.#last.begunAt >= faultAt
  }

  /** Gives a client that is reconnecting the time to write again. The report shows whether it did. */
  async #waitForRecovery(timeoutMs: number): Promise<void> {
    if (this.#stoppedAt !== undefined) return
    const deadline = performance.now() + this.#limit.clip(timeoutMs)
    const triedBefore = this.#tried
    while (performance.now() < deadline) {
      if ((this.acknowledged.at(-1)?.value ?? 0) > triedBefore && this.#recovered()) return
      await delay(5)
    }
  }

  async #end(): Promise<void> {
    await this.#loop
    try {
      await within('the client to close', CLOSE_MS, Promise.resolve(this.#client.close()))
    } catch (error) {
      this.#count(`close: ${messageOf(error)}`)
    }
  }

  async #run(): Promise<void> {
    while (this.#stoppedAt === undefined) {
      this.#tried += 1
      const begunAt = clock()
      this.#pendingSince = begunAt
      const fate = await this.#write(this.#tried)
      this.#pendingSince = undefined
      const acknowledged = typeof fate === 'object' && 'answer' in fate
      if (acknowledged) this.#acknowledge(this.#tried, fate.answer)
      else this.#fail(fate)
      this.#last = { acknowledged, begunAt }
      await delay(this.#everyMs)
    }
  }

  #write(value: number): Promise<Fate> {
    return new Promise((resolve) => {
      let isOver = false
      const settle = (fate: Fate): void => {
        if (isOver) return
        isOver = true
        clearTimeout(timer)
        this.#hurry = undefined
        resolve(fate)
      }
      let timer = setTimeout(() => { settle('unknown') }, this.#timeoutMs)
      this.#hurry = () => {
        clearTimeout(timer)
        timer = setTimeout(() => { settle('unknown') }, Math.min(this.#timeoutMs, CLOSE_MS))
      }
      Promise.resolve().then(() => this.#client.write(this.#key, value)).then(
        (answer) => {
          if (isOver) this.#lateValues.push(value)
          else settle({ answer })
        },
        (error: unknown) => { settle({ error: messageOf(error) }) },
      )
    })
  }

  #acknowledge(value: number, { server, length }: WriteAnswer): void {
    this.acknowledged.push({ value, at: clock(), server })
    if (length === undefined) return
    if (length <= this.#lastLength) this.#regressions += 1
    this.#lastLength = length
  }

  #fail(fate: { readonly error: string } | 'unknown'): void {
    this.#failed += 1
    if (fate === 'unknown') this.#unknown += 1
    const text = fate === 'unknown' ? 'no answer to the write in time' : fate.error
    if (text.startsWith('READONLY')) this.#readonlyErrors += 1
    this.#count(text)
  }

  #count(error: string): void {
    this.#errors.set(error, (this.#errors.get(error) ?? 0) + 1)
  }
}

/** @throws Error naming the option that is invalid */
function checkWriterOptions({ everyMs = 5, timeoutMs = 1_000, key = 'key' }: WriterOptions): void {
  if (!Number.isFinite(everyMs) || everyMs < 0) throw new Error(`everyMs is a number of milliseconds from 0, not ${everyMs}`)
  if (!Number.isFinite(timeoutMs) || timeoutMs <= 0) throw new Error(`timeoutMs is a number of milliseconds above 0, not ${timeoutMs}`)
  if (typeof key !== 'string' || key === '') throw new Error('key is the name of a list, not empty')
}
