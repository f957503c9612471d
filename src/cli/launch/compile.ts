import type { Script } from 'node:vm'

import { readProgram, type ProgramPlace } from './program-text.ts'

/**
 * Patterns are compiled for the processor at their first use. V8 would make a slower form first and shorten it, which
 * takes 5 ms of a start for the pattern with which Node knows IPv6 addresses. The code cache fits these flags alone.
 */
const NO_SLOW_PATTERNS = '--no-regexp-tier-up'

/** The program of the file, not yet run. `cachedData` is taken if V8 likes it. */
export function compileProgram(path: string, place: ProgramPlace, cachedData?: Buffer): Script {
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const { Script } = process.getBuiltinModule('node:vm')
  process.getBuiltinModule('node:v8').setFlagsFromString(NO_SLOW_PATTERNS)
  const text = readProgram(readFileSync(path, 'latin1'), place)
  return new Script(text, {
    filename: path, lineOffset: place.lines, ...(cachedData === undefined ? {} : { cachedData }),
  })
}
