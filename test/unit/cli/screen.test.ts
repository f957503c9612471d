/** What a terminal gets of the lines of a tool. */
import { describe, expect, it } from 'vitest'

import type { Line } from '../../../src/cli/lines.ts'
import { fitted, Screen } from '../../../src/cli/sentinel-tools/screen.ts'
import { terminalOf } from '../../../src/cli/terminal.ts'

const texts = (lines: readonly Line[]): readonly string[] => lines.map(({ text }) => text)

function played(columns: number, rows: number, usesColour = true) {
  const written: string[] = []
  const write = (text: string): void => { written.push(text) }
  return { written, terminal: { usesColour, size: () => ({ columns, rows }), write } }
}

describe('lines on a terminal', () => {
  it('are cut to its height, with the number of those that are left out', () => {
    const lines = Array.from({ length: 10 }, (_, at) => ({ text: `line ${at}` }))
    expect(texts(fitted(lines, 80, 5))).toEqual(['line 0', 'line 1', 'line 2', '… 7 more'])
    expect(texts(fitted(lines, 80, 11))).toHaveLength(10)
    expect(texts(fitted(lines, 80, 1))).toEqual(['… 10 more'])
  })

  it('are cut to its width, and sentences go on below', () => {
    expect(texts(fitted([{ text: 'x'.repeat(50) }], 40, 24))).toEqual([`${'x'.repeat(39)}…`])
    expect(texts(fitted([{ text: 'CRITICAL  The master 10.0.0.1:6379 is down; the quorum agrees.', wraps: true }], 40, 24)))
      .toEqual(['CRITICAL  The master 10.0.0.1:6379 is', '          down; the quorum agrees.'])
    expect(Math.max(...texts(fitted([{ text: `CRITICAL  ${'y'.repeat(90)} z`, wraps: true }], 40, 24)).map((text) => text.length))).toBe(40)
  })

  it('show control characters of nodes instead of carrying them out', () => {
    const { written, terminal } = played(80, 24)
    new Screen(terminal).draw([{ text: 'name \u001b[2J\u202e' }])
    expect(written.at(-1)).toContain(String.raw`name \x1b[2J\u202e`)
  })

  it('are drawn in place, without a line end that would scroll a full screen', () => {
    const { written, terminal } = played(80, 3)
    const screen = new Screen(terminal)
    screen.draw([{ text: 'a', style: 'critical' }, { text: 'b' }])
    expect(written.at(-1)).toBe('\u001b[H\u001b[31ma\u001b[0m\u001b[K\nb\u001b[K\u001b[J')
    screen.end()
    expect(written[0]).toContain('\u001b[?25l')
    expect(written.at(-1)).toBe('\n\u001b[?25h')
  })

  it('have no colour where it is not wanted', () => {
    const { written, terminal } = played(80, 24, false)
    new Screen(terminal).draw([{ text: 'a', style: 'critical' }])
    expect(written.at(-1)).toBe('\u001b[Ha\u001b[K\u001b[J')
  })
})

describe('the terminal of the process', () => {
  const stream = (isTTY: boolean) => (
    { isTTY, columns: 100, rows: 30, write: () => true } as unknown as NodeJS.WriteStream
  )

  it('has colours unless NO_COLOR is set or TERM is dumb', () => {
    expect(terminalOf(stream(true), {})?.usesColour).toBe(true)
    expect(terminalOf(stream(true), { NO_COLOR: '' })?.usesColour).toBe(true)
    expect(terminalOf(stream(true), { NO_COLOR: '1' })?.usesColour).toBe(false)
    expect(terminalOf(stream(true), { TERM: 'dumb' })?.usesColour).toBe(false)
  })

  it('does not exist when the output goes elsewhere', () => {
    expect(terminalOf(stream(false), {})).toBeUndefined()
  })
})
