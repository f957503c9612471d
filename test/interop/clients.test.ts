import { describe, expect, it } from 'vitest'

import {
  eventually, killMaster, notYet, orderFailover, withDeployment,
  type Deployment, type Fault, type RedisProcess, type Writer, type WriterClient,
} from '../../src/harness/index.ts'
import { findPythonWithRedis } from '../../src/cli/system-packages.ts'
import { report } from '../integration/support/figures.ts'
import { fleet, limitFor, rounds } from '../integration/support/settings.ts'
import { ioredisClient } from './clients/ioredis.ts'
import { nodeRedisClient } from './clients/node-redis.ts'
import { redisPyClient } from './clients/redis-py.ts'

/** How long a client may take to find the new master. redis-py and node-redis ask again in steps of seconds. */
const FOLLOW_MS = 30_000

const FAULTS: readonly { readonly title: string, readonly begin: (deployment: Deployment) => Promise<Fault> }[] = [
  { title: 'the death of the master', begin: killMaster },
  { title: 'an ordered failover', begin: orderFailover },
]

// users.md 7: the clients ask different questions and listen to different events; all must follow.
describe('clients', () => {
  const count = rounds(1)

  for (const { title, begin } of FAULTS) {
    it(`ioredis, node-redis and redis-py follow ${title}`, async () => {
      for (let round = 1; round <= count; round++) {
        await withDeployment({ sentinels: fleet(3) }, async (deployment) => {
          const writers = await startWriters(deployment)
          const fault = await begin(deployment)
          const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
          const values: Record<string, number> = {}
          for (const [name, writer] of writers) {
            await waitUntilWriting(master, name, writer)
            const { lost } = await writer.verify(master)
            values[name] = msUntilSafe(writer, lost, fault)
          }
          report({ scenario: `${title}, ms until a write on the new master`, round, values })
        })
      }
    }, limitFor(count, 120_000))
  }
})

async function startWriters(deployment: Deployment): Promise<Map<string, Writer>> {
  const { name } = deployment.group
  const sentinels = deployment.sentinelAddresses
  const python = findPythonWithRedis()
  if (python === undefined) throw new Error('python3 has no redis module: install python3-redis')
  const clients: readonly (readonly [string, WriterClient])[] = [
    ['ioredis, RESP2', ioredisClient(name, sentinels, 2)],
    ['ioredis, RESP3', ioredisClient(name, sentinels, 3)],
    ['node-redis, RESP2', await nodeRedisClient(name, sentinels, 2)],
    ['node-redis, RESP3', await nodeRedisClient(name, sentinels, 3)],
    ['redis-py', redisPyClient(python, name, sentinels)],
  ]
  const writers = new Map<string, Writer>()
  for (const [title, client] of clients) {
    writers.set(title, await deployment.startWriter({ client, key: keyOf(title), everyMs: 20, timeoutMs: 5_000 }))
  }
  return writers
}

function keyOf(name: string): string {
  return `written by ${name}`.replaceAll(' ', '-')
}

/** Waits until something that the client wrote just now is on the new master. */
async function waitUntilWriting(master: RedisProcess, name: string, writer: Writer): Promise<void> {
  const from = writer.report().tried
  await eventually(`${name} to write to the new master`, async () => {
    const last = await master.call(['LINDEX', keyOf(name), '-1'])
    if (!(Number(last) > from)) throw notYet(JSON.stringify(writer.report()))
  }, { timeoutMs: FOLLOW_MS })
}

/** Milliseconds from the fault to the write from which on nothing was lost. */
function msUntilSafe(writer: Writer, lost: readonly number[], fault: Fault): number {
  const lastLost = Math.max(0, ...lost)
  const first = writer.acknowledged.find(({ value, at }) => value > lastLost && at > fault.at)
  expect(first, 'a write that was not lost').toBeDefined()
  return (first?.at ?? Number.NaN) - fault.at
}
