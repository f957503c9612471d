/** Every bench in a short form, one after the other, and one table of all. */
import { spawn } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { Figures, readOptions, type Figure } from './figures.ts'

const USAGE = `All benches in a short form: less than ten minutes on two cores, one table.

Options:
  --only <list>   names of benches, such as failover,start (default: all)
  --out <file>    where the figures go as JSON`

/** `title` stands before every row of the table. */
interface Short {
  readonly bench: string
  readonly title: string
  readonly options: readonly string[]
}

const SHORTS: readonly Short[] = [
  { bench: 'failover', title: 'kill', options: ['--rounds', '5'] },
  { bench: 'failover', title: 'stop', options: ['--rounds', '2', '--fault', 'stop'] },
  { bench: 'failover', title: 'manual', options: ['--rounds', '3', '--fault', 'manual'] },
  { bench: 'failover', title: 'kill, 5 sentinels', options: ['--rounds', '2', '--sentinels', '5'] },
  { bench: 'failover', title: 'kill, 20 ms between sentinels', options: ['--rounds', '2', '--delay', '20'] },
  { bench: 'steady', title: 'steady', options: ['--masters', '1,100', '--seconds', '10'] },
  { bench: 'storm', title: 'storm of 100', options: ['--masters', '100', '--limit', '60'] },
  { bench: 'queries', title: 'per second', options: ['--rounds', '1', '--requests', '30000'] },
  { bench: 'start', title: 'start', options: ['--rounds', '5'] },
  { bench: 'rewrite', title: 'rewrite', options: ['--masters', '1000'] },
]

const options = readOptions(USAGE, { only: '' })
const wanted = SHORTS.filter(({ bench }) => options.only === '' || options.only.split(',').includes(bench))
const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-bench-'))
const figures = new Figures('all')
try {
  for (const [at, short] of wanted.entries()) {
    console.log(`${at + 1} of ${wanted.length}: ${short.bench} ${short.options.join(' ')}`)
    for (const { row, kind, value } of await measure(short, join(folder, `${at}.json`))) {
      figures.add(`${short.title}: ${row}`, kind, value)
    }
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
figures.tell('short forms of all benches; single benches measure more carefully', options.out)

/** What the bench prints is not shown unless it fails: the table comes at the end. */
async function measure({ bench, options: own }: Short, out: string): Promise<readonly Figure[]> {
  const child = spawn(process.execPath, [runner(), `bench/${bench}`, ...own, '--out', out], {
    stdio: ['ignore', 'pipe', 'pipe'],
  })
  let told = ''
  for (const stream of [child.stdout, child.stderr]) stream.on('data', (bytes: Buffer) => { told += bytes.toString() })
  const code = await new Promise<number | null>((resolve, reject) => {
    child.on('error', reject)
    child.on('close', resolve)
  })
  if (code !== 0) throw new Error(`bench ${bench} ended with ${code}:\n${told}`)
  return (JSON.parse(readFileSync(out, 'utf8')) as { readonly figures: readonly Figure[] }).figures
}

function runner(): string {
  const { TS_SENTINEL_RUNNER: path } = process.env
  if (path === undefined) throw new Error('run it as: npm run bench')
  return path
}
