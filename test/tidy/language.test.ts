/** Constructions that texts for users do not use (CONTRIBUTING.md, "Style"). */
import { describe, expect, it } from 'vitest'

import { ALLOWED, bannedInDocument, bannedInLiterals, type Found } from './language.ts'
import { documents, filesUnder, readProjectFile } from './project-files.ts'

/** They describe the original in its own words. */
const CONTRACT = ['docs/behaviour.md', 'docs/protocol.md', 'docs/config.md']

const DOCUMENTS = [
  ...documents(), ...filesUnder('docs', ['.md']).filter((path) => !CONTRACT.includes(path)),
  ...filesUnder('conf', ['.1', '.conf', '.ini', '.yml', '.yaml', '.cfg', '.json', '.bash', '.service']),
]
const SOURCES = filesUnder('src', ['.ts', '.js'])

const shown = (found: readonly Found[]): string[] => found.map(({ path, line, name }) => `${path}:${line}: ${name}`)

describe('texts for users', () => {
  it('have none of the banned constructions, in documents, the manual page and examples', () => {
    expect(DOCUMENTS.length).toBeGreaterThan(20)
    expect(shown(DOCUMENTS.flatMap((path) => bannedInDocument(path, readProjectFile(path))))).toEqual([])
  })

  it('have none of them in string literals of the program', () => {
    expect(shown(SOURCES.flatMap((path) => bannedInLiterals(path, readProjectFile(path))))).toEqual([])
  })

  it.each(ALLOWED)('are allowed an exception only where it occurs: $text', ({ path, text }) => {
    expect(readProjectFile(path)).toContain(text)
  })
})

describe('a banned construction', () => {
  it.each([
    ['it is down since 15.7 s'], ['in TILT since 3 seconds'], ['Nobody can write'], ['asked by whom?'], ['whoever asks'],
    ['Everybody may read it'], ['It said "ERR" 3 s ago'], ['Clients are told the address.'], ['Nothing was heard of it.'],
    ['Where to stands in sentinel.conf'],
  ])('is found in a document: %s', (line) => {
    expect(bannedInDocument('README.md', `fine\n${line}\n`)).toHaveLength(1)
  })

  it.each([
    ["const text = 'to PING it said NOAUTH'"], ["const text = `the process stood ` + 'still'"], ['const text = `${x} stands first`'],
    ["const text = 'nobody could take over'"], ['const text = `it is down since ${seconds} s`'],
    ['const text = `down since ${durationText(ms)}`'], ['const text = `a ${b} for whom ${c}`'],
  ])('is found in a string literal: %s', (code) => {
    expect(bannedInLiterals('src/cli/x.ts', `\n${code}\n`).map(({ line }) => line)).toEqual([2])
  })

  it.each([
    ['README.md', 'No failover since this sentinel started. Down for 15.7 s. Since 7.0.15, and since 2.8 only.'],
  ])('is not found in %s: %s', (path, line) => {
    expect(bannedInDocument(path, line)).toEqual([])
  })

  it('is not found in a comment, an import or a property of code', () => {
    const code = "// nobody reads this\nimport x from './whom.ts'\nconst since = { since: 3 }\nconst told: Peer['told'] = 'told'\n"
    expect(bannedInLiterals('src/cli/x.ts', code.replace('./whom', './x'))).toEqual([])
  })
})
