/** What the documents name exists, and what exists is named. */
import { readdirSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { DIRECTIVES } from '../../src/config/index.ts'
import { configProblem } from './config-problem.ts'
import { documents, filesUnder, PROJECT_ROOT, readProjectFile } from './project-files.ts'

const modules = readdirSync(join(PROJECT_ROOT, 'src'), { withFileTypes: true })
  .filter((entry) => entry.isDirectory())
  .map((entry) => entry.name)

describe('ARCHITECTURE.md', () => {
  const text = readProjectFile('ARCHITECTURE.md')

  it('has every module of src in its map', () => {
    expect(modules.filter((module) => !text.includes(`\`src/${module}\``))).toEqual([])
  })

  it('has at most 200 lines', () => {
    expect(text.trimEnd().split('\n').length).toBeLessThanOrEqual(200)
  })
})

describe('documents', () => {
  it.each([...documents(), ...filesUnder('docs', ['.md'])])('%s names only scripts of package.json', (path) => {
    const { scripts } = JSON.parse(readProjectFile('package.json')) as { scripts: Record<string, string> }
    const named = [...readProjectFile(path).matchAll(/npm run (?:--silent )?([a-z][a-z:-]*)/g)].map((match) => match[1] ?? '')
    expect(named.filter((name) => !(name in scripts))).toEqual([])
  })
})

describe('example configurations', () => {
  const directives = new Set(DIRECTIVES.flatMap(({ name, aliases }) => [name, ...aliases]))

  /** A comment that is a line of configuration, and not prose or a form with `<placeholders>`. */
  const isExample = (line: string) => {
    const [, first = '', second = ''] = /^# ([a-z-]+) (\S+)/.exec(line) ?? []
    return !/[<>]|\.$/.test(line) && (directives.has(first) || (first === 'sentinel' && line.split(' ').length > 3 && second !== ''))
  }

  it.each(filesUnder('conf', ['.conf']).filter((path) => path !== 'conf/proxy.conf'))('%s loads, with and without its commented examples', (path) => {
    const text = readProjectFile(path)
    const examples = text.split('\n').filter(isExample).map((line) => line.slice(2))
    expect(examples.length).toBeGreaterThan(5)
    expect(configProblem(text)).toBeUndefined()
    expect(configProblem([text, ...examples].join('\n'))).toBeUndefined()
  })

  it('are read, so that an unknown directive is found', () => {
    expect(configProblem('port 26379\nno-such-directive 1\n')).toContain('Bad directive')
  })
})
