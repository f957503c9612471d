/**
 * Each file of the folder `transcripts` is a script with everything that sentinels and nodes did in it. A change of the
 * core that changes one of them shows here. Read the difference, and rewrite the transcripts only if it is meant:
 *
 *     UPDATE_TRANSCRIPTS=1 npx vitest run --project unit test/scenarios/transcripts.test.ts
 */
import { readdirSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { parseScript, scriptText } from './support/script.ts'
import { playScript } from './support/transcript.ts'

const FOLDER = join(import.meta.dirname, 'transcripts')
const isRewriting = process.env['UPDATE_TRANSCRIPTS'] === '1'

const scripts = readdirSync(FOLDER).sort().map((file) => {
  const text = readFileSync(join(FOLDER, file), 'utf8')
  return { file, text, script: parseScript(file, text) }
})

describe('transcripts', () => {
  for (const { file, text, script } of scripts) {
    it(`${script.title} (${file})`, async () => {
      const now = scriptText(await playScript(script))
      if (isRewriting) writeFileSync(join(FOLDER, file), now)
      else expect(now).toBe(text)
    })
  }
})
