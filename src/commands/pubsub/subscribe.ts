import { error, push, sequence } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Client, SubscriptionKind } from '../client.ts'
import { subscriptionCount } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'

/**
 * SUBSCRIBE, PSUBSCRIBE and their opposites (protocol.md 1.5). One confirmation for each name, a push in RESP3.
 */

/**
 * Channels and patterns of one connection, and characters of each. The original knows no limits; every pattern is
 * tried on every event, so one careless client could slow down all. There are about fifty events.
 */
const SUBSCRIPTIONS_PER_CLIENT_MAX = 1000
const NAME_LENGTH_MAX = 1024

interface Direction { readonly kind: SubscriptionKind, readonly verb: string }

export const subscribe = ({ argv, client }: Call): Answer => add(argv, client, { kind: 'channel', verb: 'subscribe' })
export const psubscribe = ({ argv, client }: Call): Answer => add(argv, client, { kind: 'pattern', verb: 'psubscribe' })
export const unsubscribe = ({ argv, client }: Call): Answer =>
  drop(argv, client, { kind: 'channel', verb: 'unsubscribe' })
export const punsubscribe = ({ argv, client }: Call): Answer =>
  drop(argv, client, { kind: 'pattern', verb: 'punsubscribe' })

function add(argv: readonly string[], client: Client, { kind, verb }: Direction): Answer {
  const names = argv.slice(1)
  if (subscriptionCount(client) + names.length > SUBSCRIPTIONS_PER_CLIENT_MAX) {
    return error(`ERR too many subscriptions, at most ${SUBSCRIPTIONS_PER_CLIENT_MAX} per connection`)
  }
  if (names.some((name) => name.length > NAME_LENGTH_MAX)) {
    return error(`ERR channel name or pattern too long, at most ${NAME_LENGTH_MAX} characters`)
  }
  return sequence(names.map((name) => {
    client.subscribe(kind, name)
    return confirmation(verb, name, client)
  }))
}

/** Without names: everything of that kind. */
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
