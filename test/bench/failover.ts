import { writeFileSync } from 'node:fs'
import { cpus, tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import type { SentinelKind } from '../../src/harness/index.ts'
import { measureFailover, type FailoverTimes } from './failover-round.ts'
import { formatTable, median } from './table.ts'

const USAGE = `Measures a failover after SIGKILL of the master, ours and genuine in turns.

Options:
  --rounds <n>       rounds of each (default 5)
  --sentinels <n>    default 3
  --replicas <n>     default 2
  --down-after <ms>  default 1000
  --only <kind>      ours or genuine
  --out <file>       where the figures go as JSON (default: a new file in the folder for temporary files)`

const ROWS: readonly { readonly key: keyof FailoverTimes, readonly title: string }[] = [
  { key: 'sdown', title: 'first +sdown' },
  { key: 'odown', title: 'first +odown' },
  { key: 'elected', title: '+elected-leader' },
  { key: 'promoted', title: '+promoted-slave' },
  { key: 'addressOnFirst', title: 'address changed on first sentinel' },
  { key: 'addressOnAll', title: 'address changed on all sentinels' },
  { key: 'switchOnAll', title: '+switch-master on all sentinels' },
  { key: 'replicasSettled', title: 'replicas settled' },
]

interface Round {
  readonly kind: SentinelKind
  readonly times: FailoverTimes
}

const settings = parseSettings()
const results: Round[] = []
for (let round = 1; round <= settings.rounds; round++) {
  for (const kind of settings.kinds) {
    const times = await measureFailover(kind, settings)
    results.push({ kind, times })
    console.log(`round ${round}, ${kind}: address on all ${times.addressOnAll.toFixed(0)} ms, `
      + `+switch-master on all ${times.switchOnAll.toFixed(0)} ms, settled ${times.replicasSettled.toFixed(0)} ms`)
  }
}
console.log(`\nMedians of ${settings.rounds} rounds, ${settings.sentinels} sentinels, ${settings.replicas} replicas, `
  + `down-after ${settings.downAfterMs} ms. Milliseconds since the kill (and past down-after).\n`)
console.log(formatTable(tableRows()))
writeFileSync(settings.out, JSON.stringify({
  what: 'failover', node: process.version, cpu: cpus()[0]?.model, cores: cpus().length, settings, rounds: results,
}, null, 2))
console.log(`\nFigures: ${settings.out}`)

function parseSettings(): {
  readonly rounds: number
  readonly sentinels: number
  readonly replicas: number
  readonly downAfterMs: number
  readonly kinds: readonly SentinelKind[]
  readonly out: string
} {
  const { values } = parseArgs({
    options: {
      'rounds': { type: 'string', default: '5' },
      'sentinels': { type: 'string', default: '3' },
      'replicas': { type: 'string', default: '2' },
      'down-after': { type: 'string', default: '1000' },
      'only': { type: 'string' },
      'out': { type: 'string' },
      'help': { type: 'boolean', default: false },
    },
  })
  if (values.help) {
    console.log(USAGE)
    process.exit(0)
  }
  const count = (name: string, text: string): number => {
    const value = Number(text)
    if (!Number.isInteger(value) || value < 1) throw new Error(`--${name} is a whole number from 1, not ${text}`)
    return value
  }
  const { only } = values
  if (only !== undefined && only !== 'ours' && only !== 'genuine') throw new Error(`--only is ours or genuine, not ${only}`)
  return {
    rounds: count('rounds', values.rounds),
    sentinels: count('sentinels', values.sentinels),
    replicas: count('replicas', values.replicas),
    downAfterMs: count('down-after', values['down-after']),
    kinds: only === undefined ? ['ours', 'genuine'] : [only],
    out: values.out ?? join(tmpdir(), `ts-sentinel-bench-failover-${process.pid}.json`),
  }
}

function tableRows(): string[][] {
  const { kinds, downAfterMs } = settings
  const both = kinds.length === 2
  const header = ['', ...kinds.flatMap((kind) => [kind, 'past', 'min..max']), ...(both ? ['ratio past'] : [])]
  return [header, ...ROWS.map(({ key, title }) => {
    const past = kinds.map((kind) => median(timesOf(kind, key)) - downAfterMs)
    const cells = kinds.flatMap((kind) => {
      const times = timesOf(kind, key)
      const middle = median(times)
      const range = `${Math.min(...times).toFixed(0)}..${Math.max(...times).toFixed(0)}`
      return [middle.toFixed(0), `${middle < downAfterMs ? '' : '+'}${(middle - downAfterMs).toFixed(0)}`, range]
    })
    const [ours = Number.NaN, genuine = Number.NaN] = past
    return [title, ...cells, ...(both ? [(ours / genuine).toFixed(2)] : [])]
  })]
}

function timesOf(kind: SentinelKind, key: keyof FailoverTimes): number[] {
  return results.filter((round) => round.kind === kind).map(({ times }) => times[key])
}
