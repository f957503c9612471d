import { prepared, simple } from '../../resp/index.ts'
import { subscriptionCount } from '../client.ts'
import type { Answer, Call } from '../command-spec.ts'
import { wrongArity } from '../errors.ts'

const PONG = prepared(simple('PONG'))
const SUBSCRIBED_PONG = Object.freeze(['pong', ''])

/** PING [message]. A RESP2 subscriber gets an array, which cannot be mistaken for a reply (protocol.md 1.3). */
export function ping({ argv, client }: Call): Answer {
  if (argv.length > 2) return wrongArity('ping')
  const message = argv[1]
  if (client.protocol === 2 && subscriptionCount(client) > 0) {
    return message === undefined ? SUBSCRIBED_PONG : ['pong', message]
  }
  return message ?? PONG
}
