/** The code cites the contract by section: every cited section must exist. */
import { describe, expect, it } from 'vitest'

import { CONTRACT, type Citation, citationsIn, sectionsOf } from './citations.ts'
import { documents, filesUnder, readProjectFile } from './project-files.ts'

const sections = new Map(CONTRACT.map((name) => [name, sectionsOf(readProjectFile(`docs/${name}.md`))]))
const exists = ({ contract, section }: Citation): boolean => sections.get(contract)?.has(section) ?? false

const paths = [
  ...filesUnder('src'), ...filesUnder('test'), ...filesUnder('conf', ['.conf', '.ini', '.1', '.yml', '.yaml']),
  ...filesUnder('docs', ['.md']), ...documents(), 'eslint.config.js',
]

describe('citations of the contract', () => {
  it('lead to sections that exist', () => {
    const lost = paths.filter((path) => !path.startsWith('test/tidy/citations')).flatMap((path) => (
      citationsIn(readProjectFile(path)).filter((one) => !exists(one)).map(({ contract, section }) => `${path}: ${contract}.md ${section}`)
    ))
    expect(lost).toEqual([])
  })

  it('are found in all their forms, and one that leads nowhere is reported', () => {
    const text = '/** A rule (behaviour.md 8.3 to 8.5, Q3;\n * protocol.md 2.7, 99.1 and 5.6). See config.md 1.6 step 9. */'
    expect(citationsIn(text).map(({ contract, section }) => `${contract} ${section}`)).toEqual([
      'behaviour 8.3', 'behaviour 8.5', 'behaviour Q3', 'protocol 2.7', 'protocol 99.1', 'protocol 5.6', 'config 1.6',
      'behaviour Q3',
    ])
    expect(citationsIn(text).filter((one) => !exists(one))).toEqual([{ contract: 'protocol', section: '99.1' }])
  })

  it('do not name decisions or principles by a number that no document gives', () => {
    const named = paths.filter((path) => !path.startsWith('test/tidy/')).flatMap((path) => (
      [...readProjectFile(path).matchAll(/\b(?:decision|principle)s? \d+\b/gi)].map(([words]) => `${path}: ${words}`)
    ))
    expect(named).toEqual([])
  })
})
