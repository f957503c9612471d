/** Words and constructs that must not land. */
import { describe, expect, it } from 'vitest'
import { bannedIn } from './banned-text.ts'
import { documents, filesUnder, readProjectFile } from './project-files.ts'

const TEXT = ['.ts', '.js', '.md', '.conf', '.yml', '.json', '.sh']

describe('banned text', () => {
  it('is nowhere in the project', () => {
    // The rules and their examples spell out what they look for.
    const files = [...filesUnder('src', TEXT), ...filesUnder('test', TEXT), ...filesUnder('conf', TEXT), ...filesUnder('docs', TEXT)]
      .filter((path) => !path.startsWith('test/tidy/'))
    const found = [...files, ...documents(), 'package.json', '.ci/run']
      .flatMap((path) => bannedIn(path, readProjectFile(path)))
    expect(found).toEqual([])
  })

  it.each([
    ['test/unit/x.test.ts', 'it.only("x", () => {})', 'a test that runs alone'],
    ['test/unit/x.test.ts', 'describe.skip("x", () => {})', 'a test that is skipped for good'],
    ['test/unit/x.test.ts', 'await new Promise((resolve) => setTimeout(resolve, 100))', 'a test that sleeps'],
    ['test/unit/x.test.ts', 'await new Promise((r) => setTimeout(() => r(), 100))', 'a test that sleeps'],
    ['test/unit/x.test.ts', "import { setTimeout } from 'node:timers/promises'", 'a test that sleeps'],
    ['test/unit/x.test.ts', 'it("x", { retry: 3 }, () => {})', 'a test that sleeps'],
    ['src/core/x.ts', 'const x: any = 1', 'the type any'],
    ['src/core/x.ts', 'const x = y as any', 'the type any'],
    ['src/core/x.ts', 'const x: Map<string, any> = y', 'the type any'],
    ['src/core/x.ts', '// @ts-ignore', 'a silenced compiler'],
    ['src/core/x.ts', '// eslint-disable-next-line', 'a silenced linter'],
    ['src/core/x.ts', '// FIXME later', 'work left open'],
    ['ARCHITECTURE.md', 'see /home/somebody/notes', "a path of somebody's machine"],
    ['test/integration/x.test.ts', 'port: 41290', 'a port that the system hands out itself'],
  ])('is found in %s: %s', (path, text, name) => {
    expect(bannedIn(path, text)).toEqual([`${path}:1: ${name}`])
  })

  it.each([
    ['src/core/x.ts', '// any of them, as any reader knows'],
    ['src/core/x.ts', "const text = 'in any case: any'.length"],
    ['test/unit/x.test.ts', 'setTimeout(() => { server.close() }, 100)'],
    ['test/unit/x.test.ts', 'port 41290'],
    ['test/integration/x.test.ts', 'port: 26379, timeoutMs: 40000, port: 100000'],
    ['src/config/x.ts', 'https://example.org/home/x'],
  ])('is not found in %s: %s', (path, text) => {
    expect(bannedIn(path, text)).toEqual([])
  })
})
