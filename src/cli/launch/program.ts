/** The program: a CommonJS bundle beside the launcher, compiled with V8's code cache where this Node has one. */
import type { Script } from 'node:vm'

import { codeCachePath, unsealCache } from './code-cache.ts'

const PROGRAM_FILE = 'program.cjs'

/** What V8 makes of the file. `url` is that of the launcher, which a script cannot ask for. */
export type Program = (require: (name: string) => object, url: string) => void

export interface CompiledProgram {
  readonly script: Script
  /** The cache is sealed for these. */
  readonly bytes: Buffer
}

/** The program in `folder`, not yet run. */
export function compileProgram(folder: string, { useCache }: { readonly useCache: boolean }): CompiledProgram {
  const { readFileSync } = process.getBuiltinModule('node:fs')
  const { Script } = process.getBuiltinModule('node:vm')
  const filename = `${folder}/${PROGRAM_FILE}`
  const bytes = readFileSync(filename)
  const cachedData = useCache ? cachedCode(folder, bytes) : undefined
  const script = new Script(`((require, programUrl) => {${bytes.toString()}\n})`, {
    filename, ...(cachedData === undefined ? {} : { cachedData }),
  })
  return { script, bytes }
}

function cachedCode(folder: string, program: Buffer): Buffer | undefined {
  try {
    return unsealCache(process.getBuiltinModule('node:fs').readFileSync(codeCachePath(folder)), program)
  } catch {
    // There is none, or it cannot be read. It is never needed: V8 reads the text then.
    return undefined
  }
}
