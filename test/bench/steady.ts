/** What watching costs: processor, memory, and how long a question waits, with few masters and with many. */
import { setTimeout as delay } from 'node:timers/promises'
import type { SentinelKind } from '../../src/harness/index.ts'
import { Figures, KINDS, readOptions, wholeNumber } from './figures.ts'
import { withLargeFleet } from './large-fleet.ts'
import { serveNodesIfAsked } from './nodes-process.ts'
import type { WatchedSentinel } from './watched-process.ts'

const USAGE = `Cost of watching, ours and genuine in turns: 3 sentinels, modelled masters with a replica each.

Options:
  --masters <list>   numbers of masters (default 1,20,100,300)
  --settle <n>       seconds until the measurement begins: code is compiled in this time (default 20)
  --seconds <n>      how long each is left alone, and then asked (default 20)
  --only <kind>      ours or genuine
  --out <file>       where the figures go as JSON`

/** As the sample file has it. */
const DOWN_AFTER_MS = 5000

/** Pause between two questions that measure how long one waits. */
const ASK_EVERY_MS = 10

await serveNodesIfAsked()
const options = readOptions(USAGE, { masters: '1,20,100,300', settle: '20', seconds: '20', only: '' })
const settle = wholeNumber('settle', options.settle)
const seconds = wholeNumber('seconds', options.seconds)
const figures = new Figures('steady')
for (const text of options.masters.split(',')) {
  for (const kind of KINDS) {
    if (options.only === '' || options.only === kind) await measure(kind, wholeNumber('masters', text))
  }
}
figures.tell(`${seconds} s each; one of 3 sentinels`, options.out)

async function measure(kind: SentinelKind, masters: number): Promise<void> {
  await withLargeFleet(kind, { masters, downAfterMs: DOWN_AFTER_MS }, async ({ sentinels: [first] }) => {
    if (first === undefined) throw new Error('there is no sentinel')
    const add = (what: string, value: number): void => { figures.add(`${masters} masters: ${what}`, kind, value) }
    await delay(settle * 1000)
    const before = first.cpuMs()
    const kernelBefore = first.kernelMs()
    await delay(seconds * 1000)
    add('CPU %', (first.cpuMs() - before) / (seconds * 10))
    add('CPU % in the kernel', (first.kernelMs() - kernelBefore) / (seconds * 10))
    // Questions cost as well: they are asked when the rest has been measured.
    const waits = await askAgainAndAgain(first)
    add('RSS MiB', first.rssMiB())
    add('PING p50 ms', percentile(waits, 0.5))
    add('PING p99 ms', percentile(waits, 0.99))
    add('+sdown and +tilt', first.countLogged('+sdown') + first.countLogged('+tilt'))
  })
}

/** How long PING waited, in milliseconds: nobody answers while the event loop is busy. */
async function askAgainAndAgain(sentinel: WatchedSentinel): Promise<number[]> {
  const waits: number[] = []
  const end = performance.now() + seconds * 1000
  while (performance.now() < end) {
    const from = performance.now()
    await sentinel.connection.call(['PING'], 30_000)
    waits.push(performance.now() - from)
    await delay(ASK_EVERY_MS)
  }
  return waits
}

function percentile(values: readonly number[], share: number): number {
  const sorted = [...values].sort((left, right) => left - right)
  return sorted[Math.floor((sorted.length - 1) * share)] ?? Number.NaN
}
