/**
 * The queue of one webhook. Events are sent one after the other, in the order in which they happened; each is repeated
 * with growing pauses. The queue is bounded, so a receiver that fails costs a limited amount of memory.
 */
import { randomUUID } from 'node:crypto'
import { setTimeout as pause } from 'node:timers/promises'

import type { Logger, PublishedEvent, WebhookState } from '../ports/index.ts'
import { count } from '../text/index.ts'
import { COMPLAINT_PAUSE_MS, QUEUED_MAX, RETRY_FIRST_MS, RETRY_MAX_MS, START_DELAY_MS } from './limits.ts'
import type { LookupQueue } from './lookup.ts'
import { bodyOf, signatureOf, type Message } from './message.ts'
import { Poster, type PostResult } from './post.ts'

export interface SenderOptions {
  readonly name: string
  readonly url: string
  readonly secret: string | undefined
  readonly timeoutMs: number
  readonly retries: number
  /** Id of this sentinel. */
  readonly sentinelId: string
  readonly userAgent: string
  readonly logger: Logger
  /** Shared by all webhooks. */
  readonly names: LookupQueue
  /** First pause between two attempts in milliseconds; for tests. */
  readonly retryFirstMs?: number
  /** Pause between an event and its first attempt in milliseconds; for tests. */
  readonly startDelayMs?: number
}

export class Sender {
  readonly #options: SenderOptions
  readonly #poster: Poster
  readonly #queue: PublishedEvent[] = []
  /** Ends pauses between attempts: from then on each event gets one attempt. */
  readonly #hurry = new AbortController()
  /** Aborts the running attempt. */
  readonly #end = new AbortController()
  #starter: NodeJS.Timeout | undefined
  #running: Promise<void> | undefined
  #counts = { delivered: 0, failed: 0, dropped: 0, failedAttempts: 0 }
  #complainedAt = Number.NEGATIVE_INFINITY

  constructor(options: SenderOptions) {
    this.#options = options
    this.#poster = new Poster(options.url, options.timeoutMs, options.names)
  }

  get state(): WebhookState {
    return { name: this.#options.name, queued: this.#queue.length, ...this.#counts }
  }

  /** Queues an event. It does little work, because it is called in the middle of a failover. */
  add(event: PublishedEvent): void {
    if (this.#end.signal.aborted) return
    this.#queue.push(event)
    if (this.#queue.length > QUEUED_MAX) {
      // The first event may be on its way, so the second is dropped: new events matter more than old ones.
      this.#queue.splice(1, 1)
      this.#counts.dropped += 1
      this.#complain(`has ${QUEUED_MAX} events waiting; the oldest are dropped`)
    }
    if (this.#running !== undefined) return
    this.#starter ??= setTimeout(() => { this.#start() }, this.#options.startDelayMs ?? START_DELAY_MS).unref()
  }

  /** Sends the waiting events, one attempt each, for `withinMs` at most; the rest is dropped. */
  async stop(withinMs: number): Promise<void> {
    this.#hurry.abort()
    const timer = setTimeout(() => { this.#end.abort() }, withinMs)
    if (this.#starter !== undefined) this.#start()
    await this.#running
    clearTimeout(timer)
    this.#end.abort()
    this.#poster.close()
    this.#counts.dropped += this.#queue.length
    if (this.#queue.length > 0) {
      this.#options.logger.log('warning', `Webhook ${this.#options.name}: not sent before the stop: ${count(this.#queue.length, 'event')}`)
    }
    this.#queue.length = 0
  }

  #start(): void {
    clearTimeout(this.#starter)
    this.#starter = undefined
    this.#running = this.#sendAll().finally(() => { this.#running = undefined })
  }

  async #sendAll(): Promise<void> {
    for (let first = this.#queue[0]; first !== undefined && !this.#end.signal.aborted; first = this.#queue[0]) {
      const answer = await this.#send({ id: randomUUID(), event: first })
      if (this.#end.signal.aborted && answer.kind !== 'accepted') return
      this.#queue.shift()
      if (answer.kind === 'accepted') {
        this.#counts.delivered += 1
        continue
      }
      this.#counts.failed += 1
      this.#complain(`did not accept ${first.channel}: ${answer.reason}`)
    }
  }

  async #send(message: Message): Promise<PostResult> {
    for (let attempt = 0; ; attempt += 1) {
      const answer = await this.#attempt(message)
      if (answer.kind === 'accepted') return answer
      this.#counts.failedAttempts += 1
      const isLast = answer.kind === 'refused' || attempt >= this.#options.retries || this.#hurry.signal.aborted
      if (isLast) return answer
      await this.#pause(attempt)
    }
  }

  #attempt(message: Message): Promise<PostResult> {
    const { sentinelId, secret, userAgent } = this.#options
    const body = bodyOf(message, sentinelId)
    const signature = secret === undefined
      ? undefined : signatureOf(body, { secret, unixSeconds: Math.floor(Date.now() / 1000) })
    return this.#poster.post({
      body,
      headers: {
        'User-Agent': userAgent,
        'TS-Sentinel-Event': message.event.channel,
        'TS-Sentinel-Delivery': message.id,
        ...(signature === undefined ? {} : { 'TS-Sentinel-Signature': signature }),
      },
      signal: this.#end.signal,
    })
  }

  /**
   * Waits up to a quarter longer than the rule requires, so that sentinels that fail together do not retry together.
   */
  #pause(attempt: number): Promise<void> {
    const ms = Math.min((this.#options.retryFirstMs ?? RETRY_FIRST_MS) * 2 ** attempt, RETRY_MAX_MS)
    return this.#wait(ms * (1 + Math.random() / 4))
  }

  async #wait(ms: number): Promise<void> {
    try {
      await pause(ms, undefined, { signal: this.#hurry.signal, ref: false })
    } catch {
      // `stop` ended the pause: one more attempt follows at once.
    }
  }

  #complain(what: string): void {
    const now = performance.now()
    if (now - this.#complainedAt < COMPLAINT_PAUSE_MS) return
    this.#complainedAt = now
    this.#options.logger.log('warning', `Webhook ${this.#options.name} ${what}`)
  }
}
