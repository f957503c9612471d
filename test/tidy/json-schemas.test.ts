/**
 * The JSON Schema files of conf/schema are those of the types of src/documents. After a change of the types:
 *
 *     UPDATE_SCHEMAS=1 npx vitest run --project unit test/tidy/json-schemas.test.ts
 */
import { writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { beforeAll, describe, expect, it } from 'vitest'

import { filesUnder, PROJECT_ROOT, readProjectFile } from './project-files.ts'
import { SCHEMA_TYPES, schemaTexts } from './json-schemas.ts'

const FOLDER = 'conf/schema'

describe('the JSON Schema files', () => {
  let texts: ReadonlyMap<string, string>
  beforeAll(() => {
    texts = schemaTexts()
    if (process.env['UPDATE_SCHEMAS'] !== '1') return
    for (const [file, text] of texts) writeFileSync(join(PROJECT_ROOT, FOLDER, file), text)
  }, 60_000)

  it.each(Object.keys(SCHEMA_TYPES))('describe the same documents as the types: %s', (file) => {
    expect(readProjectFile(`${FOLDER}/${file}`)).toBe(texts.get(file))
  })

  it('are all made from types', () => {
    expect(filesUnder(FOLDER, ['.json']).sort()).toEqual(Object.keys(SCHEMA_TYPES).map((file) => `${FOLDER}/${file}`).sort())
  })
})
