// Runs tests of the fleet ring in many rounds and prints the figures of all rounds.
//
//   npm run acceptance -- failover --times 20
//   npm run acceptance -- second-failover --times 50 --fleet genuine --out figures.json
//
// Names are those of test files in test/integration and test/interop. Without one all of them run.
import { spawn } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    times: { type: 'string' },
    fleet: { type: 'string', default: 'ours' },
    out: { type: 'string' },
  },
})
const root = join(import.meta.dirname, '../..')
const files = positionals.map((name) => ['integration', 'interop'].map((folder) => `test/${folder}/${name}.test.ts`)
  .find((path) => existsSync(join(root, path))) ?? unknown(name))
if (!['ours', 'genuine'].includes(values.fleet)) {
  process.stderr.write('usage: npm run acceptance -- [test file …] [--times <n>] [--fleet ours|genuine] [--out <file>]\n')
  process.exit(2)
}

function unknown(name) {
  process.stderr.write(`There is no ${name}.test.ts in test/integration or test/interop.\n`)
  process.exit(2)
}

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-acceptance-'))
const figuresFile = join(folder, 'figures.jsonl')
writeFileSync(figuresFile, '')
// Not by npx: a signal would end npx and leave vitest behind.
const args = [
  join(root, 'node_modules/vitest/vitest.mjs'), 'run', '--project', 'fleet', '--hideSkippedTests', ...files,
]
const child = spawn(process.execPath, args, {
  cwd: root,
  stdio: 'inherit',
  env: {
    ...process.env,
    ACCEPTANCE_REPORT: figuresFile,
    ACCEPTANCE_FLEET: values.fleet,
    ...(values.times !== undefined && { ACCEPTANCE_TIMES: values.times }),
  },
})
for (const signal of ['SIGINT', 'SIGTERM']) process.on(signal, () => { child.kill(signal) })
child.on('close', (code) => {
  const figures = readFileSync(figuresFile, 'utf8').split('\n').filter((line) => line !== '').map((line) => JSON.parse(line))
  rmSync(folder, { recursive: true, force: true })
  print(figures)
  if (values.out !== undefined) writeFileSync(values.out, JSON.stringify(figures, null, 2))
  process.exitCode = code ?? 1
})

/** One line for each scenario and value: how many rounds, median, least and most. */
function print(figures) {
  process.stdout.write('\n')
  for (const [scenario, rounds] of groupBy(figures)) {
    process.stdout.write(`${scenario}: ${rounds.length} rounds\n`)
    for (const name of new Set(rounds.flatMap(({ values: named }) => Object.keys(named)))) {
      const seen = rounds.map(({ values: named }) => named[name]).filter((value) => value !== undefined)
      process.stdout.write(`  ${name.padEnd(24)} ${summary(seen)}\n`)
    }
  }
}

// Map.groupBy would do it from Node 21 on.
function groupBy(figures) {
  const groups = new Map()
  for (const figure of figures) groups.set(figure.scenario, [...groups.get(figure.scenario) ?? [], figure])
  return groups
}

function summary(seen) {
  if (seen.some((value) => typeof value !== 'number')) {
    const counts = new Map()
    for (const value of seen) counts.set(value, (counts.get(value) ?? 0) + 1)
    return [...counts].map(([value, count]) => `${value} (${count})`).join(', ')
  }
  const sorted = [...seen].sort((left, right) => left - right)
  const at = (share) => Math.round(sorted[Math.floor((sorted.length - 1) * share)])
  return `median ${at(0.5)}, from ${at(0)} to ${at(1)}`
}
