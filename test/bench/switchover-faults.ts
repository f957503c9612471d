/**
 * Kills the leading sentinel, the old master or the chosen replica at each step of a coordinated failover, and measures
 * how long clients cannot write and how long it takes until everything is in order again.
 */
import { setTimeout as delay } from 'node:timers/promises'

import {
  clock, eventually, messageOf, notYet, sameAddress, within, withDeployment, type Deployment, type RedisProcess,
} from '../../src/harness/index.ts'
import { Figures, readOptions, wholeNumber } from './figures.ts'

const USAGE = `Kills a process at each step of a coordinated failover.

Options:
  --rounds <n>      rounds of each step and victim (default 1)
  --victims <list>  some of leader,master,target (default leader,master,target)
  --steps <list>    numbers of steps, 1 to 7 (default 1,2,3,4,5,6,7)
  --out <file>      where the figures go as JSON`

const STEPS = [
  '+try-failover', '+elected-leader', '+selected-slave', '+failover-state-wait-promotion', '+promoted-slave',
  '+slave-reconf-sent', '+failover-end',
] as const

type Victim = 'leader' | 'master' | 'target'

const options = readOptions(USAGE, { rounds: '1', victims: 'leader,master,target', steps: '1,2,3,4,5,6,7' })
const rounds = wholeNumber('rounds', options.rounds)
const figures = new Figures('switchover-faults', ['ours'])
let problems = 0
for (const victim of options.victims.split(',')) {
  if (victim !== 'leader' && victim !== 'master' && victim !== 'target') throw new Error(`no victim ${victim}`)
  await withDeployment({ replicas: 2, downAfterMs: 2000, persistence: 'aof', folderPrefix: 'ts-sentinel-bench' }, async (deployment) => {
    for (const step of options.steps.split(',').map(Number)) {
      for (let round = 1; round <= rounds; round += 1) await oneRound(deployment, { victim, step, round })
    }
  })
}
figures.tell(`${rounds} rounds of each step and victim`, options.out)
process.exitCode = problems === 0 ? 0 : 1

interface Round {
  readonly victim: Victim
  readonly step: number
  readonly round: number
}

async function oneRound(deployment: Deployment, { victim, step, round }: Round): Promise<void> {
  const { timeline, group, sentinels } = deployment
  const [leader] = sentinels
  const event = STEPS[step - 1]
  const old = await deployment.currentMaster()
  const target = group.nodes.find((node) => node !== old && node.running)
  if (leader === undefined || event === undefined || target === undefined) throw new Error(`no step ${step}`)
  const key = `faults-${victim}-${step}-${round}-${process.pid}`
  const writer = await deployment.startWriter({ everyMs: 1, key })
  await delay(300 + Math.random() * 500)
  const { position } = timeline
  const process_ = { leader, master: old, target }[victim]
  const { host, port } = target.address
  const seen = timeline.waitFor({ source: leader.name, event, after: position }, 60_000).then(() => process_.kill())
  // The replica may have been started a moment ago: the sentinel learns that by INFO, which it reads every 10 s.
  await eventually('the order to be accepted', async () => {
    await leader.call(['SENTINEL', 'FAILOVER', group.name, 'COORDINATED', 'TO', host, String(port)]).catch((error: unknown) => {
      // A leader that is killed at the first step may not reply any more.
      if (timeline.all({ source: leader.name, event, after: position }).length === 0) throw notYet(messageOf(error))
    })
  }, { timeoutMs: 30_000, everyMs: 200 })
  await seen
  const killedAt = clock()
  await writer.nextAcknowledged(60_000)
  const writesMs = clock() - killedAt
  // A leader that stays away is the harder case: the others must do without it.
  const master = await oneMaster(deployment)
  const orderMs = clock() - killedAt
  const { lost, outageMs, readonlyErrors } = await writer.verify(master)
  await process_.start()
  await deployment.waitUntilFormed()
  const isMoved = sameAddress(master.address, target.address)
  if (victim !== 'master' && lost.length > 0) problems += 1
  const row = `${victim} killed at step ${step}`
  figures.add(`${row}: writes lost`, 'ours', lost.length)
  figures.add(`${row}: without writes, ms`, 'ours', outageMs)
  figures.add(`${row}: in order after, ms`, 'ours', orderMs)
  console.log(`${row} (${event}), round ${round}: ${lost.length} writes lost, ${readonlyErrors} READONLY, writes again after`
    + ` ${writesMs.toFixed(0)} ms, without writes ${outageMs.toFixed(0)} ms, in order after ${orderMs.toFixed(0)} ms,`
    + ` the master ${isMoved ? 'moved to the target' : master === old ? 'stayed' : 'moved to another replica'}`)
  await eventually('the replicas to follow', () => allFollow(deployment, group.nodes), { timeoutMs: 60_000, everyMs: 50 })
}

/** One master, named by all running sentinels; the others that run follow it, and no node pauses or hands over. */
function oneMaster(deployment: Deployment): Promise<RedisProcess> {
  const running = deployment.group.nodes.filter((node) => node.running)
  return eventually('one master, and nobody paused', () => allFollow(deployment, running), { timeoutMs: 90_000, everyMs: 10 })
}

async function allFollow(deployment: Deployment, nodes: readonly RedisProcess[]): Promise<RedisProcess> {
  const master = await deployment.currentMaster()
  for (const node of nodes) {
    const { role, linkUp } = await node.replication()
    if ((role === 'master') !== (node === master)) throw notYet(`${node.name} is a ${role}`)
    if (role !== 'master' && !linkUp) throw notYet(`the link of ${node.name} is down`)
    const info = String(await node.call(['INFO', 'replication']))
    if (!info.includes('master_failover_state:no-failover')) throw notYet(`${node.name} hands over`)
    // PUBLISH waits while writes are paused.
    await within('PUBLISH', 100, node.call(['PUBLISH', 'ts-sentinel:bench', 'x'])).catch(() => {
      throw notYet(`${node.name} pauses writes`)
    })
  }
  return master
}
