/** Files stay small enough to be read in one go: 200 lines are the aim, 400 the limit. */
import { describe, expect, it } from 'vitest'
import { filesUnder, readProjectFile } from './project-files.ts'

const LINES_MAX = 400
const LINES_WARN = 300

interface Size {
  readonly path: string
  readonly lines: number
}

function sizeOf(path: string, text: string): Size {
  return { path, lines: text.split('\n').length - (text.endsWith('\n') ? 1 : 0) }
}

function longerThan(lines: number, sizes: readonly Size[]): string[] {
  return sizes.filter((size) => size.lines > lines).map((size) => `${size.path}: ${size.lines} lines`)
}

describe('a source file', () => {
  const sizes = [...filesUnder('src'), ...filesUnder('test')].map((path) => sizeOf(path, readProjectFile(path)))

  it(`has at most ${LINES_MAX} lines`, () => {
    const long = longerThan(LINES_WARN, sizes)
    if (long.length > 0) process.stderr.write(`Files past ${LINES_WARN} lines, think about their shape:\n  ${long.join('\n  ')}\n`)
    expect(longerThan(LINES_MAX, sizes)).toEqual([])
  })

  it('has as many lines as an editor counts', () => {
    expect(sizeOf('x', 'a\nb\n').lines).toBe(2)
    expect(sizeOf('x', 'a\nb').lines).toBe(2)
    expect(longerThan(1, [sizeOf('x', 'a\nb'), sizeOf('y', 'a\n')])).toEqual(['x: 2 lines'])
  })

  it('has a name in kebab-case, and none is called utils', () => {
    const odd = [...filesUnder('src'), ...filesUnder('test')]
      .filter((path) => !/^[a-z0-9/.-]+$/.test(path) || /(^|\/)(utils?|helpers?|common|misc)(\.|\/)/.test(path))
    expect(odd).toEqual([])
  })
})
