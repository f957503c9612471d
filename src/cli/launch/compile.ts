import type { Script } from 'node:vm'

import { readProgram, type ProgramPlace } from './program-text.ts'

/** The program of the file, not yet run. `cachedData` is taken if V8 likes it. */
export function compileProgram(path: string, place: ProgramPlace, cachedData?: Buffer): Script {
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const { Script } = process.getBuiltinModule('node:vm')
  const text = readProgram(readFileSync(path, 'latin1'), place)
  return new Script(text, {
    filename: path, lineOffset: place.lines, ...(cachedData === undefined ? {} : { cachedData }),
  })
}
