/** Characters that act on a terminal become visible. */
import { describe, expect, it } from 'vitest'

import { redisLine } from '../../../src/logging/index.ts'
import { visibleLines, visibleText } from '../../../src/text/index.ts'

const CONTROLS = Array.from({ length: 160 }, (_, code) => code).filter((code) => code < 32 || code >= 127)
const MARKS = [
  0x61c, 0x200e, 0x200f, 0x2028, 0x2029, 0x202a, 0x202b, 0x202c, 0x202d, 0x202e, 0x2066, 0x2067, 0x2068, 0x2069,
]
const ALL = String.fromCharCode(...CONTROLS, ...MARKS, 0xdc80, 0xdcff)

describe('visible text', () => {
  it('holds no character that acts on a terminal or changes the direction of text', () => {
    expect(visibleText(ALL)).toMatch(/^[\x20-\x7e]+$/)
    expect(visibleLines(ALL).replace(/[\n\t]/g, '')).toMatch(/^[\x20-\x7e]+$/)
    expect(visibleText('a\n\r\t\x1b[31m\u009b\u202e\udc9b')).toBe(String.raw`a\n\r\t\x1b[31m\u009b\u202e\x9b`)
  })

  it('leaves all other text as it is', () => {
    for (const text of ['', 'mymaster', 'ü, 漢字, 😀, עברית', String.raw`\n`]) expect(visibleText(text)).toBe(text)
    expect(visibleLines('a\n\tb\n')).toBe('a\n\tb\n')
  })

  it('of a JSON document means the same', () => {
    expect(JSON.parse(visibleLines(JSON.stringify({ [ALL]: ALL })))).toEqual({ [ALL]: ALL })
  })

  it('is what a line of the log is made of', () => {
    const line = redisLine({ pid: 1, wall: 0, level: 'notice', text: `x${ALL}y` })
    expect(line.slice(0, -1)).toMatch(/^[\x20-\x7e]+$/)
  })
})
