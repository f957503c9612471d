/**
 * Builds the executable file out of the bundled launcher and the bundled program, and makes its code cache for the
 * Node that runs this. Usage: node assemble.js <launcher> <program> <executable>
 */
import { createHash } from 'node:crypto'
import { readFileSync, rmSync, writeFileSync } from 'node:fs'

import { hideProgram, wrapProgram, type ProgramPlace } from './program-text.ts'
import { makeCodeCache } from './make-code-cache.ts'

const [launcherFile, programFile, executable] = process.argv.slice(2)
if (launcherFile === undefined || programFile === undefined || executable === undefined) {
  throw new Error('usage: assemble <launcher> <program> <executable>')
}
const launcher = readFileSync(launcherFile, 'utf8')
const program = hideProgram(wrapProgram(readFileSync(programFile, 'utf8')))
const place = { id: createHash('sha256').update(program).digest('hex') }

// Numbers of a fixed width, so that writing them in moves nothing.
const head = (numbers: Omit<ProgramPlace, 'id'>): string => {
  const fixed = (value: number) => String(value).padStart(9)
  const { from, to, lines } = numbers
  const facts = `{ from: ${fixed(from)}, to: ${fixed(to)}, lines: ${fixed(lines)}, id: '${place.id}' }`
  return `#!/usr/bin/env node\nconst PROGRAM = ${facts}\n${launcher}/* The program:\n`
}
const { length } = Buffer.from(head({ from: 0, to: 0, lines: 0 }))
const lines = head({ from: 0, to: 0, lines: 0 }).split('\n').length - 1
const facts: ProgramPlace = { from: length, to: length + Buffer.byteLength(program), lines, ...place }
writeFileSync(executable, `${head(facts)}${program}*/\n`, { mode: 0o755 })
for (const part of [launcherFile, programFile]) rmSync(part)
process.exit(await makeCodeCache(executable, facts))
