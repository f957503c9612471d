/**
 * A jump of the wall clock for one process. The clock of the machine cannot be set in a test, so Node loads a small
 * module before the program (`--import`), which adds a number of milliseconds from a file to Date.now(). The program
 * itself is unchanged.
 */
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { pathToFileURL } from 'node:url'

import type { SentinelProgram } from '../../src/harness/index.ts'

/** How often the file is read, in milliseconds. */
const READ_EVERY_MS = 50

const PRELOADED = `
import { readFileSync } from 'node:fs'
const now = Date.now
let shift = 0
const read = () => {
  try { shift = Number(readFileSync(process.env.TS_SENTINEL_DRILL_CLOCK, 'utf8')) } catch { shift = 0 }
}
setInterval(read, ${READ_EVERY_MS}).unref()
Date.now = () => now() + shift
`

function shiftFile(configFile: string): string {
  return join(dirname(configFile), 'clock-shift-ms')
}

/** The program with a clock that `shiftClock` moves. */
export function withMovableClock(program: SentinelProgram): SentinelProgram {
  return {
    name: program.name,
    command: (configFile) => {
      const module = join(dirname(configFile), 'clock-shift.mjs')
      writeFileSync(module, PRELOADED)
      const command = program.command(configFile)
      const options = `${process.env['NODE_OPTIONS'] ?? ''} --import="${pathToFileURL(module).href}"`
      const env = { ...command.env, NODE_OPTIONS: options.trim(), TS_SENTINEL_DRILL_CLOCK: shiftFile(configFile) }
      return { ...command, env }
    },
  }
}

/** From now on the wall clock of the sentinel with this file differs from that of the machine by so much. */
export function shiftClock(configFile: string, byMs: number): void {
  writeFileSync(shiftFile(configFile), String(byMs))
}
