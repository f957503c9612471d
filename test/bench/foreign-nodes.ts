/** What becomes of nodes with another deployment's data: ours and genuine. */
import type { SentinelKind } from '../../src/harness/index.ts'
import { FOREIGN_CASES, outcomeText } from '../integration/scenarios/foreign-nodes.ts'
import { readOptions } from './figures.ts'
import { formatTable } from './table.ts'

const USAGE = `Shows what becomes of nodes that hold the data of another deployment.

Options:
  --fleets <list>  some of ours,genuine (default ours,genuine)
  --only <text>    cases whose title contains it`

const options = readOptions(USAGE, { fleets: 'ours,genuine', only: '' })
const kinds = options.fleets.split(',').filter((kind): kind is SentinelKind => kind === 'ours' || kind === 'genuine')
const rows: string[][] = []
for (const { title, run } of FOREIGN_CASES.filter((one) => one.title.includes(options.only))) {
  const cells: string[] = []
  for (const kind of kinds) {
    const text = await run(kind).then(outcomeText, (error: unknown) => `failed: ${String(error).split('\n', 1)[0]}`)
    console.log(`${title}: ${kind}: ${text}`)
    cells.push(text)
  }
  rows.push([title, ...cells])
}
console.log(`\n${formatTable([['', ...kinds], ...rows])}`)
