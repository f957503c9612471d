/** The cookbook in docs/harness.md shows the tests of test/cookbook as they run. */
import { describe, expect, it } from 'vitest'

import { codeBlocks } from './code-blocks.ts'
import { filesUnder, readProjectFile } from './project-files.ts'

const LINES_MAX = 30

const recipes = filesUnder('test/cookbook', ['.mjs'])
const document = readProjectFile('docs/harness.md')
const shown = codeBlocks('docs/harness.md', document).map(({ code }) => code)

describe('the cookbook', () => {
  it('has recipes', () => {
    expect(recipes.length).toBeGreaterThanOrEqual(12)
  })

  it.each(recipes)('shows %s, which has few lines and is named', (path) => {
    const text = readProjectFile(path)
    expect(shown).toContain(text)
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(LINES_MAX)
    expect(document).toContain(`\`${path.split('/').at(-1)}\``)
  })
})
