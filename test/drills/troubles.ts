/** Stages troubles in real fleets, and judges what an operator reads first at each sentinel and in each alert. */
import { writeFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

import { TROUBLES } from './catalogue.ts'
import { isGood, reportText, runTrouble, type TroubleReport } from './run-trouble.ts'

const USAGE = `Stages ten troubles with real sentinels and servers. For each it prints the first line of
"ts-sentinel explain" and the headline of the dashboard at every sentinel, and the alerts that fire. Ends
with status 1 when one of them does not come to name the cause with its remedy, or names another one later. Needs the build (npm run build), redis-server, redis-sentinel and promtool.

Options:
  --only <names>  comma-separated names; default: all
  --out <file>    the reports as JSON
  --help`

const { values: options } = parseArgs({
  options: { only: { type: 'string' }, out: { type: 'string' }, help: { type: 'boolean', default: false } },
})

process.exitCode = options.help ? help() : await drill()

function help(): number {
  console.log(`${USAGE}\n\nNames: ${TROUBLES.map(({ name }) => name).join(', ')}`)
  return 0
}

async function drill(): Promise<number> {
  const names = options.only?.split(',') ?? TROUBLES.map(({ name }) => name)
  const unknown = names.filter((name) => !TROUBLES.some((trouble) => trouble.name === name))
  if (unknown.length > 0) {
    console.error(`--only: no trouble is named ${unknown.join(', ')}; see --help`)
    return 2
  }
  const reports: TroubleReport[] = []
  for (const trouble of TROUBLES.filter(({ name }) => names.includes(name))) {
    const missing = trouble.missing?.()
    if (missing !== undefined) {
      console.log(`${trouble.name}: not staged, it needs ${missing}\n`)
      continue
    }
    const report = await runTrouble(trouble)
    reports.push(report)
    console.log(`${reportText(report)}\n`)
  }
  if (options.out !== undefined) writeFileSync(options.out, JSON.stringify(reports, null, 2))
  const bad = reports.filter((report) => !isGood(report)).map(({ name }) => name)
  console.log(bad.length === 0 ? `All ${reports.length} are named with cause and remedy.` : `NOT named well: ${bad.join(', ')}`)
  return bad.length === 0 ? 0 : 1
}
