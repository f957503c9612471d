/** A master that is killed and started again at once, with what it keeps: steps that tests and a bench share. */
import { appendFileSync } from 'node:fs'

import {
  eventually, killMaster, notYet, type Deployment, type Fault, type RedisProcess, type SentinelProcess,
} from '../../../src/harness/index.ts'

/** How a master copies its data to replicas. `diskless` is the default of redis-server, with its delay of 5 s. */
export type SyncKind = 'diskless' | 'disk'

const PREFIX = 'key-'

/** Longer than a replica needs to connect again and to copy an empty master, on a busy machine too. */
const COPY_MS = 60_000

/** Writes `count` keys to the master, and waits until its replicas and the INFO of all sentinels have them. */
export async function writeKeys(deployment: Deployment, count: number): Promise<void> {
  const master = await deployment.currentMaster()
  await master.call(['MSET', ...Array.from({ length: count }, (_, at) => [`${PREFIX}${at}`, 'value']).flat()])
  for (const node of deployment.group.nodes) await holdsKeys(node, count)
  await infoShows(deployment, new RegExp(`db0:keys=${count},`))
}

/** The next starts of the nodes synchronise like this. The first ones have no delay, so that a fleet forms quickly. */
export function synchroniseBy(kind: SyncKind, nodes: readonly RedisProcess[]): void {
  const lines = kind === 'disk' ? ['repl-diskless-sync no'] : ['repl-diskless-sync yes', 'repl-diskless-sync-delay 5']
  for (const { configFile } of nodes) appendFileSync(configFile, `${lines.join('\n')}\n`)
}

/** Kills the master and starts it again: at once, or after `pause`. */
export async function restartMaster(deployment: Deployment, pause?: () => Promise<unknown>): Promise<Fault> {
  const fault = await killMaster(deployment)
  await pause?.()
  await fault.node.start()
  return fault
}

/** Waits until every sentinel has seen the restart of the master in INFO. */
export async function restartSeen({ timeline, sentinels }: Deployment, { position }: Fault): Promise<void> {
  await Promise.all(sentinels.map(({ name }) => (
    timeline.waitFor({ source: name, event: '+reboot', text: /^master /, after: position })
  )))
}

/** Waits until all nodes hold what the master holds, and replicate from it. */
export async function copied({ group: { nodes } }: Deployment, master: RedisProcess): Promise<void> {
  await eventually(`the replicas to have copied ${master.name}`, async () => {
    const [count, { master_replid: replid }] = [await keysOf(master), await master.info('replication')]
    for (const node of nodes) {
      const { master_link_status: link = 'up', master_replid: own } = await node.info('replication')
      if (link !== 'up' || own !== replid || await keysOf(node) !== count) throw notYet(`${node.name} has its link ${link}`)
    }
  }, { timeoutMs: COPY_MS, everyMs: 20 })
}

/** How many keys of `writeKeys` the node holds. */
export async function keysOf(node: RedisProcess): Promise<number> {
  const keys = await node.call(['KEYS', `${PREFIX}*`]) as string[]
  return keys.length
}

async function holdsKeys(node: RedisProcess, count: number): Promise<void> {
  await eventually(`${node.name} to have the keys`, async () => {
    const keys = await keysOf(node)
    if (keys !== count) throw notYet(`it has ${keys}`)
  }, { everyMs: 10 })
}

/** Waits until the last INFO that every sentinel has of every node has this text. */
export async function infoShows({ sentinels, group }: Deployment, text: RegExp): Promise<void> {
  await withFastInfo(sentinels, () => eventually(`INFO of all nodes to show ${text.source}`, async () => {
    for (const sentinel of sentinels) {
      for (const info of await infoOf(sentinel, group.name)) {
        if (!text.test(info)) throw notYet(`INFO that ${sentinel.name} has does not show it`)
      }
    }
  }))
}

/** The last INFO texts that a sentinel has of a master, first, and its replicas. */
export async function infoOf(sentinel: SentinelProcess, masterName: string): Promise<string[]> {
  const [, texts] = await sentinel.call(['SENTINEL', 'INFO-CACHE', masterName]) as [string, [number, string | null][]]
  return texts.map(([, text]) => text ?? '')
}

/** The sentinels read INFO often while `use` runs. */
export async function withFastInfo<T>(sentinels: readonly SentinelProcess[], use: () => Promise<T>): Promise<T> {
  await setInfoPeriod(sentinels, 200)
  try {
    return await use()
  } finally {
    await setInfoPeriod(sentinels, 10_000)
  }
}

async function setInfoPeriod(sentinels: readonly SentinelProcess[], ms: number): Promise<void> {
  for (const sentinel of sentinels) await sentinel.call(['SENTINEL', 'DEBUG', 'info-period', String(ms)])
}
