/**
 * Keys that are left after a master without persistence was killed and started again at once, faster than it is found
 * down. Ours, genuine and both together, with diskless and with disk-based synchronisation.
 */
import { setTimeout as delay } from 'node:timers/promises'

import {
  eventually, notYet, withDeployment, type Deployment, type DeploymentOptions, type Fault,
} from '../../src/harness/index.ts'
import { keysOf, restartMaster, synchroniseBy, writeKeys, type SyncKind } from '../integration/support/empty-master.ts'
import { contender, Figures, readOptions, wholeNumber, type Contender } from './figures.ts'
import { OldMasterWriters } from './old-master-writers.ts'

const USAGE = `Measures what is left of the keys of a master that restarts empty.

Options:
  --rounds <n>     rounds of each (default 5)
  --fleets <list>  some of ours,genuine,mixed (default ours,genuine); mixed = two of ours and a genuine one
  --syncs <list>   some of diskless,disk (default both)
  --keys <n>       keys of the master (default 300)
  --writers <n>    writers that stay with the master (default 0)
  --out <file>     where the figures go as JSON`

const DOWN_AFTER_MS = 5000
/** A supervisor needs up to this time; the start of the process comes on top. */
const PAUSE_MAX_MS = 170

const options = readOptions(USAGE, { rounds: '5', fleets: 'ours,genuine', syncs: 'diskless,disk', keys: '300', writers: '0' })
const rounds = wholeNumber('rounds', options.rounds)
const keys = wholeNumber('keys', options.keys)
const writers = options.writers === '0' ? 0 : wholeNumber('writers', options.writers)
const contenders = options.fleets.split(',').map(contender)
const syncs = options.syncs.split(',').map(syncKind)
const figures = new Figures('empty-master', contenders)
const kept = new Map<string, number>()
for (let at = 1; at <= rounds; at++) {
  for (const sync of syncs) {
    for (const kind of contenders) {
      const measured = await withDeployment(deployed(kind), (deployment) => measure(deployment, sync))
      note(at, kind, sync, measured)
    }
  }
}
figures.tell(`${keys} keys, ${writers} writers, medians of ${rounds}`, options.out)
for (const [what, count] of kept) console.log(`${what}: all keys kept in ${count} of ${rounds} rounds`)

interface Measured {
  /** From the kill to the start of the new process, in milliseconds. */
  readonly down: number
  /** From that start until all sentinels name another master; undefined where none does. */
  readonly switched: number | undefined
  /** On the master that the sentinels name in the end. */
  readonly left: number
}

function note(at: number, kind: Contender, sync: SyncKind, { down, switched, left }: Measured): void {
  const what = `${sync}, ${kind}`
  kept.set(what, (kept.get(what) ?? 0) + (left === keys ? 1 : 0))
  figures.add(`${sync}: keys lost`, kind, keys - left)
  figures.add(`${sync}: kill to new process, ms`, kind, down)
  if (switched !== undefined) figures.add(`${sync}: new process to +switch-master on all, ms`, kind, switched)
  const outcome = switched === undefined ? 'not replaced' : `replaced after ${switched.toFixed(0)} ms`
  console.log(`round ${at}, ${what}: ${left} of ${keys} keys left, ${outcome}`)
}

async function measure(deployment: Deployment, sync: SyncKind): Promise<Measured> {
  await writeKeys(deployment, keys)
  synchroniseBy(sync, deployment.group.nodes)
  const load = new OldMasterWriters(deployment.node(0).address, writers)
  try {
    return await measureRestart(deployment)
  } finally {
    await load.stop()
  }
}

async function measureRestart(deployment: Deployment): Promise<Measured> {
  const fault = await restartMaster(deployment, () => delay(Math.random() * PAUSE_MAX_MS))
  const { node: { name: source }, position: after } = fault
  const startedAt = deployment.timeline.first({ source, event: 'started', after })?.at ?? Number.NaN
  const switchedAt = await outcomeOf(deployment, fault)
  if (switchedAt !== undefined) await deployment.waitUntilSettled({ awayFrom: fault.node.address })
  return {
    down: startedAt - fault.at,
    switched: switchedAt === undefined ? undefined : switchedAt - startedAt,
    left: await keysOf(await deployment.currentMaster()),
  }
}

/** When the last sentinel switched; undefined where all replicas are empty before one has. */
async function outcomeOf({ timeline, sentinels, group }: Deployment, { position }: Fault): Promise<number | undefined> {
  return eventually('a new master, or empty replicas', async () => {
    const switches = sentinels.map(({ name }) => timeline.first({ source: name, event: '+switch-master', after: position }))
    const times = switches.flatMap((one) => one === undefined ? [] : [one.at])
    if (times.length === sentinels.length) return Math.max(...times)
    const counts = await Promise.all(group.nodes.map(keysOf))
    const attempts = timeline.all({ event: '+try-failover', after: position }).length
    const aborted = timeline.all({ event: /^-failover-abort/, after: position }).length
    const isOver = times.length === 0 && attempts === aborted && counts.every((count) => count === 0)
    if (!isOver) throw notYet(`the nodes have ${counts.join(', ')} keys`)
    return undefined
  }, { timeoutMs: 60_000, everyMs: 20 })
}

function syncKind(text: string): SyncKind {
  if (text !== 'diskless' && text !== 'disk') throw new Error(`--syncs is a list of diskless and disk, not ${text}`)
  return text
}

function deployed(kind: Contender): DeploymentOptions {
  return {
    replicas: 2,
    downAfterMs: DOWN_AFTER_MS,
    sentinels: Array.from({ length: 3 }, (_, at) => (kind === 'mixed' ? at % 2 === 0 ? 'ours' : 'genuine' : kind)),
    folderPrefix: 'ts-sentinel-bench',
  }
}
