import { describe, expect, it } from 'vitest'

import {
  eventually, formatAddress, killMaster, messageOf, notYet, withDeployment,
  type Deployment, type RedisProcess, type SentinelKind,
} from '../../src/harness/index.ts'
import { clientToolsHere, findPythonWithRedis } from '../../src/cli/system-packages.ts'
import { limitFor, rounds } from '../integration/support/settings.ts'
import { lineClient } from './clients/line-client.ts'
import { ioredisLike, nodeRedis } from './clients/npm-clients.ts'
import type { ClientSetup, SentinelClient } from './clients/sentinel-client.ts'

/** How long a client may take to see what the sentinels say. */
const FOLLOW_MS = 30_000

/** What a client found, with the part that a node plays in place of its address. */
interface Seen {
  readonly master: string
  readonly replicas: readonly string[]
  readonly masterAfterwards: string
  readonly replicasAfterwards: readonly string[]
  /** What it wrote after the failover, as the new master has it. */
  readonly written: unknown
}

const SECRETS = { password: 'data "secret"', sentinelPassword: 'sentinel \'secret' }

// protocol.md 2.5 and 4: what a client asks is not only answered, the client understands it and follows.
describe('client libraries', () => {
  for (const [title, secrets] of [['without passwords', {}], ['with passwords', SECRETS]] as const) {
    it(`follow a failover with this program as with the original, ${title}`, async () => {
      for (let round = 1; round <= rounds(1); round++) {
        const [genuine, ours] = await Promise.all([drive('genuine', secrets), drive('ours', secrets)])
        const libraries = [...genuine.keys()]
        expect([...ours.keys()]).toEqual(libraries)
        for (const library of libraries) expect(genuine.get(library), `${library} with the original`).toEqual(ALL_RIGHT)
        for (const library of libraries) expect(ours.get(library), `${library} with ours`).toEqual(genuine.get(library))
      }
    }, limitFor(rounds(1), 180_000))
  }
})

const ALL_RIGHT: Seen = {
  master: 'old master',
  replicas: ['new master', 'other replica'],
  masterAfterwards: 'new master',
  replicasAfterwards: ['old master', 'other replica'],
  written: 'after',
}

/** Runs all libraries through one failover of a fleet of one kind. */
async function drive(kind: SentinelKind, secrets: Partial<typeof SECRETS>): Promise<ReadonlyMap<string, Seen>> {
  return withDeployment({ sentinels: [kind, kind, kind], ...secrets }, async (deployment) => {
    const clients = await openClients(setupOf(deployment, secrets))
    try {
      const before = await ofEach(clients, find)
      await ofEach(clients, (client, name) => client.write(keyOf(name), 'before'))
      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      await fault.node.start()
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      const part = partsOf(deployment, fault.node, master)
      const seen = new Map<string, Seen>()
      await ofEach(clients, async (client, name) => {
        const was = before.get(name)
        const after = await follow(client, name, part)
        await client.write(keyOf(name), 'after')
        seen.set(name, {
          master: part(was?.master ?? ''),
          replicas: (was?.replicas ?? []).map(part).sort(),
          ...after,
          written: await master.call(['GET', keyOf(name)]),
        })
      })
      return new Map([...clients.keys()].flatMap((name) => {
        const one = seen.get(name)
        return one === undefined ? [] : [[name, one]]
      }))
    } finally {
      await ofEach(clients, async (client) => { await client.close() })
    }
  })
}

async function openClients(setup: ClientSetup): Promise<ReadonlyMap<string, SentinelClient>> {
  const python = findPythonWithRedis()
  if (python === undefined) throw new Error('python3 has no redis module: install python3-redis')
  const here = clientToolsHere()
  return new Map<string, SentinelClient>([
    ['ioredis', ioredisLike('ioredis', setup)],
    ['iovalkey', ioredisLike('iovalkey', setup)],
    ['node-redis', await nodeRedis(setup)],
    ['redis-py', lineClient(python, 'redis_py_client.py', setup)],
    ...(here.includes('ruby-redis') ? [['ruby-redis', lineClient('ruby', 'ruby_redis_client.rb', setup)] as const] : []),
    ...(here.includes('php-predis') ? [['php-predis', lineClient('php', 'predis_client.php', setup)] as const] : []),
  ])
}

function setupOf(deployment: Deployment, secrets: Partial<typeof SECRETS>): ClientSetup {
  return {
    masterName: deployment.group.name,
    sentinels: deployment.sentinelAddresses,
    sentinelPassword: secrets.sentinelPassword,
    password: secrets.password,
  }
}

/** Asks all clients at once. @throws Error that names the client that failed */
async function ofEach<T>(
  clients: ReadonlyMap<string, SentinelClient>, work: (client: SentinelClient, name: string) => Promise<T>,
): Promise<ReadonlyMap<string, T>> {
  return new Map(await Promise.all([...clients].map(async ([name, client]) => {
    try {
      return [name, await work(client, name)] as const
    } catch (error) {
      throw new Error(`${name}: ${messageOf(error)}`, { cause: error })
    }
  })))
}

async function find(client: SentinelClient): Promise<{ master: string, replicas: readonly string[] }> {
  return { master: await client.master(), replicas: await client.replicas() }
}

/** What the client finds once it has followed; some libraries look again only every now and then. */
async function follow(
  client: SentinelClient, name: string, part: (address: string) => string,
): Promise<Pick<Seen, 'masterAfterwards' | 'replicasAfterwards'>> {
  return eventually(`${name} to follow`, async () => {
    const found = await find(client)
    const masterAfterwards = part(found.master)
    const replicasAfterwards = found.replicas.map(part).sort()
    if (masterAfterwards !== 'new master' || replicasAfterwards.length < 2) {
      throw notYet(`${masterAfterwards}, ${replicasAfterwards.join(' and ')}`)
    }
    return { masterAfterwards, replicasAfterwards }
  }, { timeoutMs: FOLLOW_MS })
}

function partsOf(
  deployment: Deployment, oldMaster: RedisProcess, newMaster: RedisProcess,
): (address: string) => string {
  const parts = new Map(deployment.nodes.map((node) => {
    const part = node === oldMaster ? 'old master' : node === newMaster ? 'new master' : 'other replica'
    return [formatAddress(node.address), part]
  }))
  return (address) => parts.get(address) ?? address
}

function keyOf(name: string): string {
  return `written by ${name}`.replaceAll(' ', '-')
}
