import { error, push, sequence } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Client, SubscriptionKind } from '../client.ts'
import { subscriptionCount } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'
import { CHANNEL_CHARS_MAX, PATTERN_CHARS_MAX, SUBSCRIPTIONS_MAX, SUBSCRIPTIONS_PER_CLIENT_MAX } from '../limits.ts'

/**
 * SUBSCRIBE, PSUBSCRIBE and their opposites (protocol.md 1.5). One confirmation for each name, a push in RESP3.
 */

interface Direction { readonly kind: SubscriptionKind, readonly verb: string }

export const subscribe = (call: Call): Answer => add(call, { kind: 'channel', verb: 'subscribe' })
export const psubscribe = (call: Call): Answer => add(call, { kind: 'pattern', verb: 'psubscribe' })
export const unsubscribe = ({ argv, client }: Call): Answer =>
  drop(argv, client, { kind: 'channel', verb: 'unsubscribe' })
export const punsubscribe = ({ argv, client }: Call): Answer =>
  drop(argv, client, { kind: 'pattern', verb: 'punsubscribe' })

function add({ argv, client, env }: Call, { kind, verb }: Direction): Answer {
  const names = argv.slice(1)
  if (subscriptionCount(client) + names.length > SUBSCRIPTIONS_PER_CLIENT_MAX) {
    return error(`ERR too many subscriptions, at most ${SUBSCRIPTIONS_PER_CLIENT_MAX} per connection`)
  }
  if (names.some((name) => name.length > CHANNEL_CHARS_MAX)) {
    return error(`ERR channel name or pattern too long, at most ${CHANNEL_CHARS_MAX} characters`)
  }
  if (!env.clients.mayAdd(kind, names)) {
    return error(`ERR too many subscriptions of all connections, at most ${SUBSCRIPTIONS_MAX}, and ${PATTERN_CHARS_MAX} characters of different patterns`)
  }
  return sequence(names.map((name) => {
    client.subscribe(kind, name)
    return confirmation(verb, name, client)
  }))
}

/** Ends subscriptions; without names, all of that kind. */
function drop(argv: readonly string[], client: Client, { kind, verb }: Direction): Answer {
  const held = kind === 'channel' ? client.channels : client.patterns
  const names = argv.length > 1 ? argv.slice(1) : [...held]
  if (names.length === 0) return confirmation(verb, null, client)
  return sequence(names.map((name) => {
    client.unsubscribe(kind, name)
    return confirmation(verb, name, client)
  }))
}

function confirmation(verb: string, name: string | null, client: Client): RespValue {
  return push([verb, name, subscriptionCount(client)])
}
