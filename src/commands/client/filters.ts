import { error } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Client, ClientType } from '../client.ts'
import { clientType } from '../client.ts'

/** The connection types of CLIENT LIST and KILL. The connections of a sentinel are of the first or the last type. */
const TYPES: ReadonlyMap<string, ClientType | 'none'> = new Map([
  ['normal', 'normal'], ['slave', 'none'], ['replica', 'none'], ['master', 'none'], ['primary', 'none'], ['pubsub', 'pubsub'],
])

export type ClientFilter = (client: Client) => boolean

export function typeFilter(word: string): ClientFilter | ErrorReply {
  const type = TYPES.get(word.toLowerCase())
  if (type === undefined) return error(`ERR Unknown client type '${word}'`)
  return (client) => clientType(client) === type
}
