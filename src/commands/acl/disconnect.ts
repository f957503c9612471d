import type { RespValue } from '../../resp/index.ts'
import type { Client } from '../client.ts'
import type { Call, Deferred } from '../command-spec.ts'
import { inSlices } from '../in-slices.ts'

/** Closes connections that lost their rights, then replies. The requesting connection gets its reply first. */
export function disconnect(
  { client: asking, env }: Call, mustGo: (client: Client) => boolean, reply: RespValue,
): Deferred {
  return inSlices(env, disconnecting(env.clients.all(), asking, mustGo, reply))
}

function* disconnecting(
  clients: Iterable<Client>, asking: Client, mustGo: (client: Client) => boolean, reply: RespValue,
): Generator<undefined, RespValue> {
  for (const client of clients) {
    if (mustGo(client)) {
      if (client === asking) client.closeAfterReply()
      else client.close()
    }
    yield
  }
  return reply
}
