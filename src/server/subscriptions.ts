import { globMatch, type SubscriptionKind } from '../commands/index.ts'
import type { ProtocolVersion, RespValue } from '../resp/index.ts'
import { encode, push } from '../resp/index.ts'

export interface Subscriber {
  readonly protocol: ProtocolVersion
  /** `frame` is shared: it must not be changed. */
  deliver(frame: Buffer): void
}

/** Who listens to what. A message is encoded once for each protocol, however many listen (protocol.md 1.5). */
export class Subscriptions {
  readonly #channels = new Map<string, Set<Subscriber>>()
  readonly #patterns = new Map<string, Set<Subscriber>>()

  get channelCount(): number {
    return this.#channels.size
  }

  get patternCount(): number {
    return this.#patterns.size
  }

  add(kind: SubscriptionKind, name: string, subscriber: Subscriber): void {
    const names = this.#names(kind)
    const subscribers = names.get(name)
    if (subscribers === undefined) names.set(name, new Set([subscriber]))
    else subscribers.add(subscriber)
  }

  remove(kind: SubscriptionKind, name: string, subscriber: Subscriber): void {
    const names = this.#names(kind)
    const subscribers = names.get(name)
    subscribers?.delete(subscriber)
    if (subscribers?.size === 0) names.delete(name)
  }

  /** First to those who named the channel, then to those with a pattern; who has both gets both. */
  publish(channel: string, payload: string): void {
    deliver(this.#channels.get(channel), ['message', channel, payload])
    for (const [pattern, subscribers] of this.#patterns) {
      if (globMatch(pattern, channel)) deliver(subscribers, ['pmessage', pattern, channel, payload])
    }
  }

  #names(kind: SubscriptionKind): Map<string, Set<Subscriber>> {
    return kind === 'channel' ? this.#channels : this.#patterns
  }
}

function deliver(subscribers: ReadonlySet<Subscriber> | undefined, items: readonly RespValue[]): void {
  if (subscribers === undefined) return
  const frames: Partial<Record<ProtocolVersion, Buffer>> = {}
  // A copy: a subscriber that is cut while we go on leaves the set.
  for (const subscriber of [...subscribers]) {
    subscriber.deliver(frames[subscriber.protocol] ??= frameOf(items, subscriber.protocol))
  }
}

function frameOf(items: readonly RespValue[], version: ProtocolVersion): Buffer {
  return Buffer.from(encode(push(items), version), 'latin1')
}
