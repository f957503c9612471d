/** A fleet that fails over again and again under load: it must leak neither memory nor descriptors. */
import { writeFileSync } from 'node:fs'
import { messageOf, orderFailover, killMaster, withDeployment, type Deployment } from '../../src/harness/index.ts'
import { readOptions, wholeNumber } from '../bench/figures.ts'
import { median } from '../bench/table.ts'
import { pause } from '../chaos/pacing.ts'
import { Load } from './load.ts'
import { judge, sampleOf, tableOf, type Sample } from './samples.ts'

const USAGE = `Three sentinels under steady load, with a failover every few seconds (by order and by SIGKILL in turns).
Prints RSS and descriptors of each minute, and a verdict: RSS at the end within 10 % of RSS after the first
5 minutes, descriptors unchanged. Ends with status 1 when that does not hold.

Options:
  --minutes <n>     how long (default 60)
  --every <s>       seconds between two failovers (default 15)
  --clients <n>     connections that query sentinel-0 all the time (default 20)
  --subscribers <n> default 10
  --reconnects <n>  connections opened anew each second (default 10)
  --out <file>      where the samples go as JSON`

const options = readOptions(USAGE, { minutes: '60', every: '15', clients: '20', subscribers: '10', reconnects: '10' })
const durationMs = wholeNumber('minutes', options.minutes) * 60_000
const everyMs = wholeNumber('every', options.every) * 1000
/** After that a process has loaded and compiled what it needs. */
const warmUpMs = Math.min(5 * 60_000, durationMs / 2)
const samples = new Map<string, Sample[]>()
const settledMs: number[] = []
const unsettled: string[] = []

await withDeployment({ folderPrefix: 'soak', downAfterMs: 1000, failoverTimeoutMs: 10_000 }, async (deployment) => {
  const load = new Load({
    address: deployment.sentinel(0).address,
    masterName: deployment.group.name,
    clients: wholeNumber('clients', options.clients),
    everyMs: 100,
    subscribers: wholeNumber('subscribers', options.subscribers),
    reconnects: wholeNumber('reconnects', options.reconnects),
  })
  load.start()
  try {
    await rounds(deployment, load)
  } finally {
    await load.stop()
  }
  tell(load)
})

async function rounds(deployment: Deployment, load: Load): Promise<void> {
  const start = performance.now()
  for (let round = 1; performance.now() - start < durationMs; round += 1) {
    const begin = performance.now()
    try {
      await failOver(deployment, round)
      settledMs.push(performance.now() - begin)
    } catch (error) {
      unsettled.push(`round ${round}: ${messageOf(error)}`)
      console.log(unsettled.at(-1))
    }
    await pause(begin + everyMs - performance.now())
    await sample(deployment, load, start)
  }
}

/** In turns by order and by SIGKILL; it is over when everybody agrees and the killed node follows. */
async function failOver(deployment: Deployment, round: number): Promise<void> {
  if (round % 2 === 1) {
    const { node } = await orderFailover(deployment)
    await deployment.waitUntilSettled({ awayFrom: node.address })
    return
  }
  const { node } = await killMaster(deployment)
  await deployment.waitUntilSettled({ awayFrom: node.address })
  await node.start()
  await deployment.waitUntilSettled()
}

/** Descriptors are counted while nobody comes or goes, so that equal numbers mean that nothing was left over. */
async function sample(deployment: Deployment, load: Load, start: number): Promise<void> {
  load.hold(true)
  await pause(1000)
  for (const { name, process } of deployment.sentinels) {
    const list = samples.get(name) ?? []
    samples.set(name, list)
    const one = sampleOf(process.pid ?? 0, performance.now() - start)
    list.push(one)
    const minutes = (one.atMs / 60_000).toFixed(1)
    console.log(`${minutes} min, ${name}: ${one.rssMiB.toFixed(1)} MiB, ${one.descriptors} descriptors`)
  }
  load.hold(false)
}

function tell(load: Load): void {
  const { answers, reconnects, failures } = load.report
  const verdicts = [...samples].map(([name, list]) => judge(name, list, warmUpMs))
  console.log(`\n${tableOf(samples)}\n`)
  console.log(`${settledMs.length} failovers, settled after ${median(settledMs).toFixed(0)} ms (median), `
    + `${Math.max(...settledMs).toFixed(0)} ms (maximum); ${answers} answers, ${reconnects} connections came and went`)
  const complaints = [...Object.entries(failures).map(([words, count]) => `${count} times: ${words}`), ...unsettled]
  for (const line of complaints) console.log(line)
  for (const one of verdicts) {
    console.log(`${one.name}: RSS ${one.rssAfterWarmUp.toFixed(1)} MiB after ${warmUpMs / 60_000} minutes, `
      + `${one.rssAtEnd.toFixed(1)} MiB at the end; descriptors ${one.descriptorsAfterWarmUp} and ${one.descriptorsAtEnd}: `
      + (one.problems.length === 0 ? 'good' : one.problems.join(', ')))
  }
  const entries = [...samples].map(([name, list]) => ({ name, samples: list }))
  const figures = { what: 'soak', node: process.version, options, verdicts, settledMs, unsettled, entries }
  if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(figures, null, 2))
  if (verdicts.some(({ problems }) => problems.length > 0) || unsettled.length > 0) process.exitCode = 1
}
