/**
 * Who checks the checkers: builds the simulation once for each deliberate defect and runs seeds until one fails.
 * `--only text` runs the defects whose name contains it, `--part 2/3` the second third of them, `--seeds 500` sets how
 * many seeds each may take. Exit status 1 when a defect was not found.
 */
import { mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { DEFECTS } from './defects.ts'
import { hunt } from './hunt.ts'

const { values } = parseArgs({
  options: {
    only: { type: 'string', default: '' }, part: { type: 'string', default: '1/1' }, seeds: { type: 'string', default: '500' },
  },
})
const [part = 1, parts = 1] = values.part.split('/').map(Number)
const chosen = DEFECTS.filter(({ name }) => name.includes(values.only))
const share = Math.ceil(chosen.length / parts)

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-canary-'))
let missed = 0
try {
  for (const defect of chosen.slice((part - 1) * share, part * share)) {
    const found = await hunt(defect, { folder, seeds: Number(values.seeds) })
    if (found === undefined) missed += 1
    const text = found === undefined ? 'NOT FOUND' : `seed ${String(found.seed).padStart(4)}: ${found.invariant}`
    console.log(`${defect.name.padEnd(80)} ${text}`)
  }
} finally {
  rmSync(folder, { recursive: true, force: true })
}
process.exitCode = missed === 0 ? 0 : 1
