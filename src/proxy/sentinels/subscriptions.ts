/**
 * Subscribes to the events of all sentinels. An event only makes the topology ask: what is believed never depends on
 * the text of a message.
 */
import { isIP } from 'node:net'

import type { ConnectionId, Input } from '../../core/index.ts'
import type { Links, Resolver } from '../../ports/index.ts'
import { loginWords, type Address, type Login } from '../settings/settings.ts'
import { CHECK_MS, REOPEN_FIRST_MS, REOPEN_LONGEST_MS, SUBSCRIBE_MS_MAX } from './limits.ts'

/** Events after which a sentinel may name another master, or a replica is in another state. */
export const TOPOLOGY_EVENTS: readonly string[] = [
  '+switch-master', '+promoted-slave', '+config-update-from', '+failover-end', '+redirect-to-master', '+slave', '+sdown', '-sdown',
  '+odown', '-odown', '+slave-reconf-done', '+convert-to-slave', '+reset-master', '+monitor', '-monitor', '+forgotten',
]

/** Events of a failover that has begun and changed no role yet. */
export const FAILOVER_EVENTS: readonly string[] = [
  '+try-failover', '+elected-leader', '+failover-state-select-slave', '+selected-slave', '+failover-state-send-slaveof-noone',
  '+failover-state-wait-promotion', '+promoted-slave',
]

export interface SubscriptionOptions {
  readonly sentinels: readonly Address[]
  readonly masterName: string
  readonly login: Login | undefined
  readonly resolver: Resolver
  /** Makes the connections. They report to `input`. */
  readonly links: (input: (input: Input) => void) => Links
  readonly channels: readonly string[]
  /** `message`: a sentinel published an event about the master. `gap`: events may have been lost. */
  readonly onEvent: (cause: 'message' | 'gap') => void
}

/** One sentinel. `connection` is undefined between two attempts. */
interface Subscription {
  readonly sentinel: Address
  connection: ConnectionId | undefined
  pauseMs: number
  isPingAnswered: boolean
  timer: NodeJS.Timeout | undefined
}

export class Subscriptions {
  readonly #options: SubscriptionOptions
  readonly #links: Links
  readonly #subscriptions: readonly Subscription[]
  #lastId = 0
  #isStopped = false

  constructor(options: SubscriptionOptions) {
    this.#options = options
    this.#links = options.links((input) => { this.#onInput(input) })
    this.#subscriptions = options.sentinels.map((sentinel) => ({
      sentinel, connection: undefined, pauseMs: REOPEN_FIRST_MS, isPingAnswered: true, timer: undefined,
    }))
  }

  start(): void {
    for (const subscription of this.#subscriptions) this.#open(subscription)
  }

  stop(): void {
    this.#isStopped = true
    for (const { timer } of this.#subscriptions) clearTimeout(timer)
    this.#links.closeAll()
  }

  #open(subscription: Subscription): void {
    const { host, port } = subscription.sentinel
    subscription.timer = setTimeout(() => { this.#lost(subscription) }, SUBSCRIBE_MS_MAX)
    if (isIP(host) !== 0) {
      this.#connect(subscription, host, port)
      return
    }
    const { timer } = subscription
    this.#options.resolver.resolve(host, (address) => {
      // A later attempt may have begun.
      if (this.#isStopped || subscription.timer !== timer) return
      if (address === undefined) this.#lost(subscription)
      else this.#connect(subscription, address, port)
    })
  }

  #connect(subscription: Subscription, host: string, port: number): void {
    this.#lastId += 1
    const id = this.#lastId as ConnectionId
    subscription.connection = id
    this.#links.open(id, { purpose: 'hello', nodeKind: 'sentinel', host, port })
    const { login } = this.#options
    if (login !== undefined) this.#links.send(id, ['AUTH', ...loginWords(login)], { kind: 'auth' })
    for (const channel of this.#options.channels) this.#links.subscribe(id, 'SUBSCRIBE', channel)
  }

  #onInput(input: Input): void {
    if (!('connection' in input)) return
    const subscription = this.#subscriptions.find(({ connection }) => connection === input.connection)
    if (subscription === undefined || this.#isStopped) return
    switch (input.type) {
      case 'disconnected':
        this.#lost(subscription)
        break
      case 'subscribed':
        this.#subscribed(subscription)
        break
      case 'reply':
        subscription.isPingAnswered = true
        break
      case 'message':
        if (input.payload.split(' ').includes(this.#options.masterName)) this.#options.onEvent('message')
        break
      default:
    }
  }

  /** Runs for every channel. The first one is enough to know that the sentinel answers. */
  #subscribed(subscription: Subscription): void {
    subscription.isPingAnswered = true
    if (subscription.pauseMs !== 0) this.#options.onEvent('gap')
    subscription.pauseMs = 0
    clearTimeout(subscription.timer)
    subscription.timer = setTimeout(() => { this.#check(subscription) }, CHECK_MS)
  }

  #check(subscription: Subscription): void {
    const { connection } = subscription
    if (connection === undefined || !subscription.isPingAnswered) {
      this.#lost(subscription)
      return
    }
    subscription.isPingAnswered = false
    this.#links.send(connection, ['PING'], { kind: 'ping', sentAt: 0 })
    subscription.timer = setTimeout(() => { this.#check(subscription) }, CHECK_MS)
  }

  /** Closes what is left of the connection, and opens a new one after the pause. */
  #lost(subscription: Subscription): void {
    const { connection, pauseMs } = subscription
    if (connection !== undefined) this.#links.close(connection)
    subscription.connection = undefined
    subscription.isPingAnswered = true
    clearTimeout(subscription.timer)
    // Without a pause the subscription worked: the sentinel was restarted, or has failed.
    if (pauseMs === 0) this.#options.onEvent('gap')
    const next = Math.max(pauseMs, REOPEN_FIRST_MS)
    subscription.pauseMs = Math.min(next * 2, REOPEN_LONGEST_MS)
    subscription.timer = setTimeout(() => { this.#open(subscription) }, next)
  }
}
