/**
 * Visits every order of messages, saves, deadlines, breaks and crashes around the production core, as far as asked:
 * `--states 1000000` in all, `--sentinels 5`, `--only election`. With `--defects` it looks instead for the deliberate
 * defects that concern votes and epochs. Exit status 1 when a rule was broken, or a defect was not found.
 */
import { parseArgs } from 'node:util'
import { DEFECTS } from '../defects.ts'
import { withDefects } from '../planted-build.ts'
import { exploreAll, type ExploreOptions, type Explored, type findBroken as FindBroken } from './explore-all.ts'

const { values } = parseArgs({
  options: {
    states: { type: 'string', default: '1500000' },
    sentinels: { type: 'string', default: '3' },
    only: { type: 'string', default: '' },
    defects: { type: 'boolean', default: false },
    quiet: { type: 'boolean', default: false },
  },
})

const options: ExploreOptions = { states: Number(values.states), sentinels: Number(values.sentinels) }
const began = process.cpuUsage()
process.exitCode = (values.defects ? await findDefects() : explore()) ? 0 : 1

function explore(): boolean {
  let total = 0
  let isFine = true
  let before = seconds()
  const explored = exploreAll({
    ...options,
    only: values.only,
    onBegin: (name, what) => {
      before = seconds()
      console.log(`${name}: ${what}`)
    },
    onLevel: ({ states, depth }) => {
      if (!values.quiet) console.log(`  depth ${String(depth).padStart(3)}: ${states} states, ${(seconds() - before).toFixed(1)} s`)
    },
  })
  for (const found of explored) {
    total += found.states
    isFine &&= found.broken === undefined
    console.log(`  ${found.states} distinct states, ${found.steps} steps, ${found.isWhole ? 'the whole space at' : 'complete to'} depth `
      + `${found.depth}, ${found.cores} states of single cores, ${(seconds() - before).toFixed(1)} s of CPU`)
    tellBroken(found)
  }
  console.log(`${total} distinct states of ${options.sentinels} sentinels in ${seconds().toFixed(1)} s of CPU, `
    + (isFine ? 'no rule broken' : 'A RULE IS BROKEN'))
  return isFine
}

function tellBroken({ broken }: Explored): void {
  if (broken === undefined) return
  console.log(`  VIOLATION of "${broken.invariant}": ${broken.text}`)
  for (const step of broken.path) console.log(`    ${step}`)
}

async function findDefects(): Promise<boolean> {
  let isFine = true
  const chosen = DEFECTS.filter(({ name, isAboutVotes }) => isAboutVotes === true && name.includes(values.only))
  await withDefects(chosen, 'test/simulation/exploration/explore-all.ts', (defect, built) => {
    const { findBroken } = built as { findBroken: typeof FindBroken }
    const found = findBroken(options)
    isFine &&= found?.broken !== undefined
    const text = found?.broken === undefined
      ? 'NOT FOUND'
      : `${found.name}, depth ${found.broken.path.length}, ${found.states} states: ${found.broken.invariant}`
    console.log(`${defect.name.padEnd(80)} ${text}`)
  })
  return isFine
}

function seconds(): number {
  const { user, system } = process.cpuUsage(began)
  return (user + system) / 1_000_000
}
