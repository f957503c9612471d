import type { Client, ClientRegistry } from '../client.ts'

/** Ends the connections that must not go on. The one that asks gets its reply first. */
export function disconnect(clients: ClientRegistry, asking: Client, mustGo: (client: Client) => boolean): void {
  for (const client of [...clients.all()].filter(mustGo)) {
    if (client === asking) client.closeAfterReply()
    else client.close()
  }
}
