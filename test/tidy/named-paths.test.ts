/** Every path that the documents of maintainers name exists, and so does what code cites of these documents. */
import { existsSync } from 'node:fs'
import { basename, dirname, join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { citedIn, filesNamedIn, linksIn, pathsIn } from './named-paths.ts'
import { documents, filesUnder, PROJECT_ROOT, readProjectFile } from './project-files.ts'

const MAINTAINERS = ['ARCHITECTURE.md', 'CONTRIBUTING.md', ...filesUnder('docs/decisions', ['.md'])]
const CODE = ['.ts', '.js', '.mjs']

const exists = (path: string): boolean => existsSync(join(PROJECT_ROOT, path))
const fileNames = new Set([...filesUnder('src', CODE), ...filesUnder('test', CODE)].map((path) => basename(path)))

/** What a document names and the project does not have. */
function lostIn(path: string, text: string): string[] {
  return [
    ...pathsIn(text).filter((named) => !exists(named)),
    ...filesNamedIn(text).filter((name) => !fileNames.has(name) && !exists(name)),
    ...linksIn(text).filter((target) => !exists(join(dirname(path), target))),
  ]
}

describe('ARCHITECTURE.md, CONTRIBUTING.md and the decision records', () => {
  it.each(MAINTAINERS)('%s names only paths that exist', (path) => {
    expect(lostIn(path, readProjectFile(path))).toEqual([])
  })

  it('name paths, and one that does not exist is found in each form', () => {
    expect(pathsIn(readProjectFile('ARCHITECTURE.md')).length).toBeGreaterThan(40)
    const planted = 'See `src/core/nowhere.ts`, test/tidy, `npx eslint src/gone`, `lost.test.ts`, [x](docs/none.md#a), [y](https://x.org).'
    expect(lostIn('CONTRIBUTING.md', planted)).toEqual(['src/core/nowhere.ts', 'src/gone', 'docs/none.md', 'lost.test.ts', 'docs/none.md'])
  })

  it('have an index that lists every record', () => {
    const records = filesUnder('docs/decisions', ['.md']).map((path) => basename(path)).filter((name) => name !== 'README.md')
    expect(linksIn(readProjectFile('docs/decisions/README.md')).sort()).toEqual(records)
  })

  it.each(filesUnder('docs/decisions', ['.md']).filter((path) => /\/\d{4}-/.test(path)))('%s has its four sections', (path) => {
    const headings = [...readProjectFile(path).matchAll(/^## (.+)$/gm)].map(([, title]) => title)
    expect(headings.filter((title) => !title?.startsWith('Why it '))).toEqual(['Context', 'Decision', 'Consequences', 'Evidence'])
  })
})

describe('citations of these documents', () => {
  const files = [...filesUnder('src'), ...filesUnder('test'), ...filesUnder('docs', ['.md']), ...documents(), 'eslint.config.js']
    .filter((path) => !path.startsWith('test/tidy/named-paths'))
  const sections = [...readProjectFile('ARCHITECTURE.md').matchAll(/^## (.+)$/gm)].map(([, title]) => title)
  const lost = (text: string): string[] => {
    const cited = citedIn(text)
    const gone = cited.sections.filter((title) => !sections.includes(title))
    return [...cited.decisions.filter((path) => !exists(path)), ...gone]
  }

  it('lead to records and sections that exist', () => {
    expect(files.flatMap((path) => lost(readProjectFile(path)).map((what) => `${path}: ${what}`))).toEqual([])
  })

  it('are found when they lead nowhere, also across two lines', () => {
    expect(lost('/**\n * A rule (ARCHITECTURE.md, "The persistence\n * barrier", docs/decisions/0000-none.md;\n * ARCHITECTURE.md, "Gone"). */'))
      .toEqual(['docs/decisions/0000-none.md', 'Gone'])
  })
})
