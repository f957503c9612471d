/** Sends events to the webhooks that are configured for them. */
import type { Logger, PublishedEvent, WebhookState } from '../ports/index.ts'
import { DRAIN_MAX_MS } from './limits.ts'
import { LookupQueue } from './lookup.ts'
import { Sender } from './sender.ts'

export interface Webhook {
  readonly name: string
  readonly url: string
  readonly secret: string | undefined
  readonly timeoutMs: number
  readonly retries: number
  /** Whether the webhook is configured for events of this name. */
  readonly wants: (channel: string) => boolean
}

export interface WebhooksOptions {
  readonly webhooks: readonly Webhook[]
  /** Id of this sentinel. */
  readonly sentinelId: string
  readonly userAgent: string
  readonly logger: Logger
  /** First pause between two attempts in milliseconds; for tests. */
  readonly retryFirstMs?: number
  /** Pause between an event and its first attempt in milliseconds; for tests. */
  readonly startDelayMs?: number
}

export interface Webhooks {
  /** A sink of the event bus. Never blocks. */
  event(event: PublishedEvent): void
  states(): readonly WebhookState[]
  /** Sends the waiting events for `DRAIN_MAX_MS` at most, then closes. */
  stop(): Promise<void>
}

export function createWebhooks({ webhooks, ...options }: WebhooksOptions): Webhooks {
  const names = new LookupQueue()
  const senders = webhooks.map(({ wants, ...webhook }) => (
    { wants, sender: new Sender({ ...options, ...webhook, names }) }
  ))
  return {
    event: (event) => {
      for (const { wants, sender } of senders) {
        if (wants(event.channel)) sender.add(event)
      }
    },
    states: () => senders.map(({ sender }) => sender.state),
    stop: async () => { await Promise.all(senders.map(({ sender }) => sender.stop(DRAIN_MAX_MS))) },
  }
}
