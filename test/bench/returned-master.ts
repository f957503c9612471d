/**
 * Writes that a replaced master accepts and loses: in an ordered failover, and when it is started again after it was
 * killed. Ours, genuine and both together.
 */
import { setTimeout as delay } from 'node:timers/promises'

import {
  eventually, killMaster, notYet, orderFailover, withDeployment,
  type Deployment, type DeploymentOptions, type RedisProcess,
} from '../../src/harness/index.ts'
import { contender, Figures, readOptions, wholeNumber, type Contender } from './figures.ts'
import { OldMasterWriters, WRITTEN_KEY } from './old-master-writers.ts'

const USAGE = `Measures what a replaced master accepts before it is demoted.

Options:
  --rounds <n>     rounds of each (default 5)
  --fleets <list>  some of ours,genuine,mixed (default ours,genuine); mixed = two of ours and a genuine one
  --writers <n>    writers that stay with the old master (default 4)
  --out <file>     where the figures go as JSON`

const options = readOptions(USAGE, { rounds: '5', fleets: 'ours,genuine', writers: '4' })
const rounds = wholeNumber('rounds', options.rounds)
const writers = wholeNumber('writers', options.writers)
const contenders = options.fleets.split(',').map(contender)
const figures = new Figures('returned-master', contenders)
for (let at = 1; at <= rounds; at++) {
  for (const kind of contenders) {
    await withDeployment(deployed(kind), async (deployment) => { note(at, kind, 'ordered', await measureOrdered(deployment)) })
    await withDeployment(deployed(kind), async (deployment) => { note(at, kind, 'returned', await measureReturned(deployment)) })
  }
}
figures.tell(`${writers} writers that stay with the old master, medians of ${rounds}`, options.out)

interface Measured {
  /** Accepted writes that the new master does not have. */
  readonly lost: number
  readonly accepted: number
  /** From the first accepted write to the last one, in milliseconds. */
  readonly span: number
}

function note(at: number, kind: Contender, what: 'ordered' | 'returned', { lost, accepted, span }: Measured): void {
  figures.add(`${what}: writes lost`, kind, lost)
  if (what === 'returned') figures.add('returned: first write to demotion, ms', kind, span)
  console.log(`round ${at}, ${kind}, ${what}: ${lost} of ${accepted} writes lost, ${span.toFixed(0)} ms`)
}

async function measureOrdered(deployment: Deployment): Promise<Measured> {
  const old = await deployment.currentMaster()
  const load = new OldMasterWriters(old.address, writers)
  try {
    await delay(1000 + Math.random() * 1000)
    const fault = await orderFailover(deployment)
    await switchedOnAll(deployment, fault.position)
    await demoted(old)
  } finally {
    await load.stop()
  }
  return judge(deployment, load)
}

async function measureReturned(deployment: Deployment): Promise<Measured> {
  const fault = await killMaster(deployment)
  await switchedOnAll(deployment, fault.position)
  await delay(2000 + Math.random() * 2000)
  const load = new OldMasterWriters(fault.node.address, writers)
  try {
    await fault.node.start()
    await demoted(fault.node)
    await delay(200)
  } finally {
    await load.stop()
  }
  return judge(deployment, load)
}

async function switchedOnAll({ timeline, sentinels }: Deployment, after: number): Promise<void> {
  await Promise.all(sentinels.map(({ name }) => timeline.waitFor({ source: name, event: '+switch-master', after }, 60_000)))
}

async function demoted(node: RedisProcess): Promise<void> {
  await eventually(`${node.name} to follow the new master`, async () => {
    const { role, linkUp } = await node.replication()
    if (role === 'master' || !linkUp) throw notYet(`its role is ${role}`)
  }, { timeoutMs: 60_000, everyMs: 50 })
}

async function judge(deployment: Deployment, { accepted }: OldMasterWriters): Promise<Measured> {
  const master = await deployment.currentMaster()
  const kept = new Set(await master.call(['SMEMBERS', WRITTEN_KEY]) as string[])
  const times = accepted.map(({ at }) => at)
  return {
    lost: accepted.filter(({ id }) => !kept.has(id)).length,
    accepted: accepted.length,
    span: accepted.length === 0 ? 0 : times.reduce((a, b) => Math.max(a, b)) - times.reduce((a, b) => Math.min(a, b)),
  }
}

function deployed(kind: Contender): DeploymentOptions {
  return {
    replicas: 2,
    downAfterMs: 2000,
    sentinels: Array.from({ length: 3 }, (_, at) => (kind === 'mixed' ? at % 2 === 0 ? 'ours' : 'genuine' : kind)),
    folderPrefix: 'ts-sentinel-bench',
  }
}
