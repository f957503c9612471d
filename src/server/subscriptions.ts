import { globMatch, PATTERN_CHARS_MAX, SUBSCRIPTIONS_MAX, type SubscriptionKind } from '../commands/index.ts'
import type { ProtocolVersion, RespValue } from '../resp/index.ts'
import { encode, push } from '../resp/index.ts'

export interface Subscriber {
  readonly protocol: ProtocolVersion
  /** `frame` is shared: it must not be changed. */
  deliver(frame: Buffer): void
}

/** The subscribers of each channel and pattern. A message is encoded once for each protocol (protocol.md 1.5). */
export class Subscriptions {
  readonly #channels = new Map<string, Set<Subscriber>>()
  readonly #patterns = new Map<string, Set<Subscriber>>()
  #count = 0
  #patternChars = 0

  get channelCount(): number {
    return this.#channels.size
  }

  get patternCount(): number {
    return this.#patterns.size
  }

  /** Whether the bounds allow these subscriptions. Existing ones may be counted twice. */
  mayAdd(kind: SubscriptionKind, names: readonly string[]): boolean {
    if (this.#count + names.length > SUBSCRIPTIONS_MAX) return false
    if (kind === 'channel') return true
    let chars = this.#patternChars
    for (const name of names) if (!this.#patterns.has(name)) chars += name.length
    return chars <= PATTERN_CHARS_MAX
  }

  /** A subscriber adds a name once. */
  add(kind: SubscriptionKind, name: string, subscriber: Subscriber): void {
    const names = this.#names(kind)
    const subscribers = names.get(name)
    this.#count += 1
    if (subscribers !== undefined) {
      subscribers.add(subscriber)
      return
    }
    names.set(name, new Set([subscriber]))
    if (kind === 'pattern') this.#patternChars += name.length
  }

  remove(kind: SubscriptionKind, name: string, subscriber: Subscriber): void {
    const names = this.#names(kind)
    const subscribers = names.get(name)
    if (subscribers?.delete(subscriber) !== true) return
    this.#count -= 1
    if (subscribers.size > 0) return
    names.delete(name)
    if (kind === 'pattern') this.#patternChars -= name.length
  }

  /** Sends to subscribers of the channel, then to those of patterns; a client with both gets the message twice. */
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
  // A copy: a subscriber that is cut during the loop is removed from the set.
  for (const subscriber of [...subscribers]) {
    subscriber.deliver(frames[subscriber.protocol] ??= frameOf(items, subscriber.protocol))
  }
}

function frameOf(items: readonly RespValue[], version: ProtocolVersion): Buffer {
  return Buffer.from(encode(push(items), version), 'latin1')
}
