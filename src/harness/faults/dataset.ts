import { randomBytes } from 'node:crypto'

import type { Reply } from '../connection.ts'
import type { Deployment } from '../deployment.ts'
import { eventually, notYet } from '../eventually.ts'
import type { RedisProcess } from '../redis-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** The data to write. */
export interface SeedOptions {
  readonly keys: number
  /** Size of all values together. */
  readonly bytes: number
  /** Start of the name of each key; its number follows. Default `seed:`. */
  readonly prefix?: string
  /** The master that gets the data. Default: the first. */
  readonly masterName?: string
}

/** Keys and bytes of values that one script writes at most: it blocks the server for some 10 ms. */
const BATCH = Object.freeze({ keys: 10_000, bytes: 8 * 1024 * 1024 })

/** Time limit for one script, and for the replicas. */
const LIMIT_MS = 60_000

const WRITE = "for at = ARGV[1], ARGV[2] do redis.call('SET', KEYS[1] .. string.format('%d', at), ARGV[3]) end"
const REMOVE = "for at = ARGV[1], ARGV[2] do redis.call('DEL', KEYS[1] .. string.format('%d', at)) end"

/**
 * Fills the master with `keys` values that barely compress, and waits until its replicas have them: for snapshots,
 * synchronisations and restarts that take time. The end removes the keys.
 */
export async function seed(deployment: Deployment, options: SeedOptions): Promise<MarkedFault> {
  const { keys, bytes, prefix = 'seed:', masterName } = options
  for (const [name, value] of [['keys', keys], ['bytes', bytes]] as const) {
    if (!Number.isSafeInteger(value) || value < 1) throw new Error(`${name} is a whole number from 1, not ${value}`)
  }
  const size = Math.max(1, Math.round(bytes / keys))
  const value = randomBytes(Math.ceil(size * 3 / 4)).toString('base64').slice(0, size)
  const perScript = Math.max(1, Math.min(BATCH.keys, Math.floor(BATCH.bytes / size)))
  const batches = async (script: string, ...more: string[]): Promise<void> => {
    const master = await deployment.currentMaster(masterName)
    for (let from = 1; from <= keys; from += perScript) {
      const to = Math.min(keys, from + perScript - 1)
      await master.call(['EVAL', script, '1', prefix, String(from), String(to), ...more], LIMIT_MS)
    }
    const { connected_slaves: replicas = '0' } = await master.info('replication')
    await master.call(['WAIT', replicas, String(LIMIT_MS / 2)], LIMIT_MS)
  }
  const { name } = await deployment.currentMaster(masterName)
  const seeded = markFault(deployment, name, `seed ${keys} keys with ${bytes} bytes`, () => batches(REMOVE))
  await batches(WRITE, value)
  return seeded
}

/**
 * Makes a replica forget what it has in common with its master, so that it synchronises from the start. Resolves when
 * that has begun; the end of the fault waits until the replica is in sync.
 *
 * @throws Error when the node is a master
 */
export async function fullResync(deployment: Deployment, replica: RedisProcess): Promise<MarkedFault> {
  const { role, master } = await replica.replication()
  if (role === 'master' || master === undefined) throw new Error(`${replica.name} is a master: only a replica can synchronise`)
  const source = deployment.nodeAt(master)
  const before = await fullSyncs(source)
  const fault = markFault(deployment, replica.name, `full synchronisation with ${source.name}`, async () => {
    await eventually(`${replica.name} to be in sync with its master`, async () => {
      const { linkUp } = await replica.replication()
      if (!linkUp) throw notYet('its link is down')
    }, { timeoutMs: LIMIT_MS, everyMs: 10 })
  })
  // Written at once, so that no other command of the harness gets into the transaction, and no sentinel sees a master.
  const replies = await Promise.all(([
    ['MULTI'], ['REPLICAOF', 'NO', 'ONE'], ['REPLICAOF', master.host, String(master.port)], ['EXEC'],
  ] as const).map((command): Promise<Reply> => replica.call(command)))
  if (replies.at(-1) === null) throw new Error(`${replica.name} did not execute the transaction`)
  await eventually(`a full synchronisation of ${replica.name}`, async () => {
    if (await fullSyncs(source) === before) throw notYet('no new one')
  }, { timeoutMs: LIMIT_MS, everyMs: 10 })
  return fault
}

async function fullSyncs(master: RedisProcess): Promise<number> {
  return Number((await master.info('stats'))['sync_full'])
}
