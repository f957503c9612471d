/** First lines of the built program: they run the rest, which stands behind them as text. */
import { codeCachePath, unsealCache } from './code-cache.ts'
import { compileProgram } from './compile.ts'
import { requireLazily } from './lazy-module.ts'
import type { Program, ProgramPlace } from './program-text.ts'

/** Written in by `assemble.ts`. */
declare const PROGRAM: ProgramPlace

function cachedCode(): Buffer | undefined {
  try {
    return unsealCache(process.getBuiltinModule('node:fs').readFileSync(codeCachePath(import.meta.dirname)), PROGRAM.id)
  } catch {
    // There is none, or it cannot be read. It is never needed: V8 reads the text then.
    return undefined
  }
}

const program = compileProgram(import.meta.filename, PROGRAM, cachedCode()).runInThisContext() as Program
program(requireLazily(), import.meta.url)
