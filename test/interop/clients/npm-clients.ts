import { Redis } from 'ioredis'
import { Redis as Valkey } from 'iovalkey'
import { createSentinel } from 'redis'

import { formatAddress } from '../../../src/harness/index.ts'
import type { ClientSetup, SentinelClient } from './sentinel-client.ts'

export function ioredisLike(library: 'ioredis' | 'iovalkey', setup: ClientSetup): SentinelClient {
  const master = open(library, setup, 'master')
  return {
    master: async () => {
      const found = open(library, setup, 'master')
      try {
        const [, port] = await found.config('GET', 'port') as string[]
        return `127.0.0.1:${port}`
      } finally {
        found.disconnect()
      }
    },
    replicas: () => replicasFound(library, setup),
    write: async (key, value) => { await master.set(key, value) },
    close: () => { master.disconnect() },
  }
}

function open(
  library: 'ioredis' | 'iovalkey', setup: ClientSetup, role: 'master' | 'slave',
  preferredSlaves?: (found: { ip: string, port: string }[]) => null,
): Redis | Valkey {
  const options = {
    name: setup.masterName,
    sentinels: setup.sentinels.map(({ host, port }) => ({ host, port })),
    role,
    ...(setup.password !== undefined && { password: setup.password }),
    ...(setup.sentinelPassword !== undefined && { sentinelPassword: setup.sentinelPassword }),
    ...(preferredSlaves !== undefined && { preferredSlaves }),
  }
  const client = library === 'ioredis' ? new Redis(options) : new Valkey(options)
  client.on('error', () => undefined)
  return client
}

/** The library hands all replicas it may use to the function that chooses among them. */
async function replicasFound(library: 'ioredis' | 'iovalkey', setup: ClientSetup): Promise<string[]> {
  return new Promise((resolve) => {
    const client = open(library, setup, 'slave', (found) => {
      resolve(found.map(({ ip, port }) => `${ip}:${port}`))
      client.disconnect()
      return null
    })
  })
}

/** node-redis with its own Sentinel support. */
export async function nodeRedis(setup: ClientSetup): Promise<SentinelClient> {
  const client = createSentinel({
    name: setup.masterName,
    sentinelRootNodes: setup.sentinels.map(({ host, port }) => ({ host, port })),
    scanInterval: 500,
    // Without connections to replicas it does not look for them.
    replicaPoolSize: 1,
    ...(setup.password !== undefined && { nodeClientOptions: { password: setup.password } }),
    ...(setup.sentinelPassword !== undefined && { sentinelClientOptions: { password: setup.sentinelPassword } }),
  })
  client.on('error', () => undefined)
  await client.connect()
  return {
    master: () => Promise.resolve(nodeText(client.getMasterNode())),
    replicas: () => Promise.resolve([...client.getReplicaNodes().keys()].map(nodeText)),
    write: async (key, value) => { await client.set(key, value) },
    close: () => client.destroy(),
  }
}

function nodeText(node: { readonly host: string, readonly port: number } | undefined): string {
  return node === undefined ? 'none' : formatAddress(node)
}
