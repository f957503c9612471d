/** Titles of tests are sentences about behaviour (CONTRIBUTING.md, "Style"). */
import { describe, expect, it } from 'vitest'

import { filesUnder, readProjectFile } from './project-files.ts'
import { ALLOWED_TITLES, badTitles, titlesIn } from './titles.ts'

const TESTS = filesUnder('test', ['.test.ts'])
const PATH = 'test/unit/x.test.ts'

describe('titles of tests', () => {
  it('are sentences without ticket codes and persons', () => {
    const found = TESTS.flatMap((path) => badTitles(path, readProjectFile(path)))
    expect(found.map(({ path, line, name }) => `${path}:${line}: ${name}`)).toEqual([])
  })

  it.each(ALLOWED_TITLES)('are allowed an exception only where it occurs: $path', ({ path, title }) => {
    expect(titlesIn(path, readProjectFile(path)).map(({ text }) => text)).toContain(title)
  })
})

describe('a bad title', () => {
  it.each([
    ["describe('A9 clients', () => {})"], ["it('B3: fails over', () => {})"], ['it(`E6 ${title} runs again`, () => {})'],
    ["it.each(rows)('D1 has %s', () => {})"], ["describe.runIf(isLinux)('L2 soak', () => {})"],
    ["scenario('C7 is replaced', {}, play)"],
  ])('is found by its ticket code: %s', (code) => {
    expect(badTitles(PATH, code)[0]?.name).toMatch(/^a ticket code in the title "/)
  })

  it.each([
    ["it('is told to nobody', () => {})"], ["describe('a client that nobody knows', () => {})"],
    ["it('says why it does not start', () => {})"], ["it('stands for election when it must', () => {})"],
  ])('is found by a person: %s', (code) => {
    expect(badTitles(PATH, code).map(({ name }) => name)).toEqual([expect.stringMatching(/^a person, /)])
  })

  it.each([
    ["describe('links', () => { it('text', () => {}) })"], ["describe('paths', () => { it('ports', () => {}) })"],
    ["it('%s', () => {})"], ['it.each(rows)(`${name}: %j`, () => {})'],
  ])('is found by its number of words: %s', (code) => {
    expect(badTitles(PATH, code).map(({ name }) => name)).toContainEqual(expect.stringMatching(/^fewer than 3 words /))
  })

  it.each([
    ["describe('a disk that fails', () => { it('the text of it', () => {}) })"],
    ["describe('data nodes that answer', () => { it('-BUSY: up again', () => {}) })"],
    ["describe('TLS in both programs', () => { it.each(rows)('%s', () => {}) })"],
  ])('is found by its missing verb: %s', (code) => {
    expect(badTitles(PATH, code).map(({ name }) => name)).toEqual([expect.stringMatching(/^no verb /)])
  })

  it.each([
    ["describe('Q3: votes of the attempt', () => { it('are counted once', () => {}) })"],
    ["it('A replica is promoted', () => {})"], ["report('A9 clients')"], ["it('keeps RESP2 and A9 apart', () => {})"],
    ["describe('a disk that fails', () => { it('does not stop a failover', () => {}) })"],
    ["describe('a save', () => { for (const step of steps) scenario(`${step} carries the epoch`, {}, play) })"],
  ])('is not found in %s', (code) => {
    expect(badTitles(PATH, code)).toEqual([])
  })

  it('is reported with its subject and its line', () => {
    expect(badTitles(PATH, "\ndescribe('links of a peer', () => {\n  it('ports', () => {})\n})")).toEqual([
      { path: PATH, line: 3, name: 'no verb in the title "links of a peer > ports"' },
    ])
  })
})
