import type { CommandEnvironment } from '../environment.ts'
import { subscriptionCount } from '../client.ts'
import type { InfoField } from './info-section.ts'
import { zeros } from './info-section.ts'

export function clientsSection({ clients, facts }: CommandEnvironment): readonly InfoField[] {
  let largestInput = 0
  let largestOutput = 0
  let trackers = 0
  let subscribers = 0
  for (const client of clients.all()) {
    const buffers = client.buffers()
    largestInput = Math.max(largestInput, buffers.queryBytes)
    largestOutput = Math.max(largestOutput, buffers.outputBytes)
    if (client.tracking !== undefined) trackers += 1
    if (subscriptionCount(client) > 0) subscribers += 1
  }
  return [
    ['connected_clients', clients.count],
    ['cluster_connections', 0],
    ['maxclients', facts.maxClients],
    ['client_recent_max_input_buffer', largestInput],
    ['client_recent_max_output_buffer', largestOutput],
    ['blocked_clients', 0],
    ['tracking_clients', trackers],
    ['pubsub_clients', subscribers],
    ...zeros(
      'watching_clients', 'clients_in_timeout_table', 'total_watched_keys', 'total_blocking_keys',
      'total_blocking_keys_on_nokey',
    ),
  ]
}
