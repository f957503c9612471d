/** Applications in other languages follow a failover that their own tests cause (docs/harness.md, "Any language"). */
import { execFile } from 'node:child_process'
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { promisify } from 'node:util'

import { afterAll, describe, expect, it } from 'vitest'

import { languageExamplesHere } from './languages.ts'

const PROGRAM = join(import.meta.dirname, '../../dist/ts-sentinel.js')
const FOLDER = join(import.meta.dirname, '../examples')

/** An example may have fewer lines than that. */
const MAX_LINES = 40

const run = promisify(execFile)
const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-languages-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

describe('an example in another language', () => {
  it.concurrent.each(languageExamplesHere().map((example) => [example.language, example] as const))('places orders after the death of the master, in %s', async (_, example) => {
    const source = join(FOLDER, example.path)
    expect(readFileSync(source, 'utf8').split('\n').length - 1).toBeLessThan(MAX_LINES)
    let file = source
    if (example.compile !== undefined) {
      file = join(folder, 'program')
      const [compiler, ...args] = example.compile(source, file)
      await run(compiler, args)
    }
    const command = ['harness', 'run', '--replicas', '1', '--', ...example.command(file)]
    // A status other than 0 rejects, with the output.
    await run(process.execPath, [PROGRAM, ...command], { env: { ...process.env, PYTHONDONTWRITEBYTECODE: '1' } })
  })
})
