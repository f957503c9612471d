/** What a node sends, before the library sees it (behaviour.md 3.2 and 4.1; principle 27). */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ReplyScanner } from '../../../src/links/reply-scanner.ts'

interface Seen {
  readonly replies: readonly (string | [string, string])[]
  readonly problem: string | undefined
}

function scan(...chunks: readonly (string | Buffer)[]): Seen {
  const replies: (string | [string, string])[] = []
  const scanner = new ReplyScanner((shape, error) => {
    replies.push(error === undefined ? shape : [shape, error])
    return undefined
  })
  let problem: string | undefined
  for (const chunk of chunks) problem ??= scanner.read(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)
  return { replies, problem }
}

describe('shapes of replies', () => {
  it.each([
    ['a simple string', '+PONG\r\n', ['+']],
    ['an empty simple string', '+\r\n', ['+']],
    ['a bulk string', '$4\r\nPONG\r\n', ['$']],
    ['an empty bulk string', '$0\r\n\r\n', ['$']],
    ['line ends inside a bulk string', '$6\r\n\r\n+X\r\n\r\n', ['$']],
    ['an integer', ':-9223372036854775808\r\n', [':']],
    ['nothing', '$-1\r\n*-1\r\n', ['_', '_']],
    ['an error with its text', '-NOAUTH Authentication required.\r\n', [['-', 'NOAUTH Authentication required.']]],
    ['an empty array', '*0\r\n', ['*']],
    ['the answer about a master', '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n', ['*:$:']],
    ['a transaction with an error in it', '*2\r\n+OK\r\n-ERR no\r\n', ['*+-']],
    ['arrays within arrays', '*2\r\n*1\r\n*2\r\n:1\r\n$-1\r\n*0\r\n', ['***:_*']],
    ['several at once', '+OK\r\n:1\r\n*1\r\n$1\r\na\r\n+OK\r\n', ['+', ':', '*$', '+']],
  ])('%s', (_what, bytes, replies) => {
    expect(scan(bytes)).toEqual({ replies, problem: undefined })
    expect(scan(...[...bytes])).toEqual({ replies, problem: undefined })
  })

  it('waits for the rest of half a reply', () => {
    expect(scan('*2\r\n$3\r\nab')).toEqual({ replies: [], problem: undefined })
    expect(scan('*2\r\n$3\r\nab', 'c\r', '\n:1\r\n')).toEqual({ replies: ['*$:'], problem: undefined })
  })

  it('stops at what its owner refuses, and says why', () => {
    const seen: string[] = []
    const scanner = new ReplyScanner((shape) => {
      seen.push(shape)
      return seen.length === 2 ? 'nobody asked' : undefined
    })
    expect(scanner.read(Buffer.from('+A\r\n:1\r\n+C\r\n'))).toBe('nobody asked')
    expect(scanner.read(Buffer.from('+D\r\n'))).toBe('nobody asked')
    expect(seen).toEqual(['+', ':'])
  })
})

describe('bytes that are no reply', () => {
  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n', 'no reply begins with "H"'],
    ['its first byte alone', 'S', 'no reply begins with "S"'],
    ['an empty line', '\r\n', 'no reply begins with "\\r"'],
    ['types of RESP3, which nobody asked for', '%1\r\n+a\r\n+b\r\n', 'no reply begins with "%"'],
    ['a line feed alone', '+OK\n', 'a line does not end in CR and LF'],
    ['a carriage return within a line', '+O\rK\r\n', 'a line does not end in CR and LF'],
    ['an integer with letters', ':12a\r\n', 'an integer is not a number'],
    ['an integer without digits', ':\r\n', 'an integer is not a number'],
    ['an integer of more than 64 bits', ':123456789012345678901234567890\r\n', 'an integer is not a number'],
    ['a length with letters', '$1x\r\n', 'the length of a string is not a number'],
    ['a negative length', '$-2\r\n', 'the length of a string is not a number'],
    ['an array of a negative length', '*-7\r\n', 'the length of an array is not a number'],
    ['a string longer than announced', '$2\r\nabc\r\n', 'a string is longer than it was announced'],
    ['a string without its line end', '$2\r\nab+OK\r\n', 'a string is longer than it was announced'],
  ])('%s', (_what, bytes, problem) => {
    expect(scan(bytes).problem).toBe(`Protocol error: ${problem}`)
    expect(scan(...[...bytes]).problem).toBe(`Protocol error: ${problem}`)
  })

  it('is never taken for a reply: random bytes end in a problem or in waiting', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
      const { replies, problem } = scan(...chunks.map((chunk) => Buffer.from(chunk)))
      expect(replies.length <= chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 3).toBe(true)
      expect(problem === undefined || problem.startsWith('Protocol error: ')).toBe(true)
    }))
  })
})

describe('limits', () => {
  it('refuses a length that would be too much before the bytes come', () => {
    expect(scan(`$${16 * 1024 * 1024 + 1}\r\n`).problem).toContain('more than 16777216 bytes')
    expect(scan('$999999999\r\n').problem).toContain('more than 16777216 bytes')
    expect(scan('$99999999999999999999\r\n').problem).toContain('not a number')
    expect(scan('*999999999\r\n').problem).toContain('more than 65536 values')
  })

  it('refuses many small values that are too much together', () => {
    const megabyte = Buffer.concat([Buffer.from(`$${1024 * 1024}\r\n`), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')])
    const seen = scan('*20\r\n', ...Array.from({ length: 20 }, () => megabyte))
    expect(seen).toEqual({ replies: [], problem: 'Protocol error: a reply has more than 16777216 bytes' })
  })

  it('refuses arrays nested too deeply and too many values in all', () => {
    expect(scan('*1\r\n'.repeat(8), ':1\r\n')).toEqual({ replies: ['********:'], problem: undefined })
    expect(scan('*1\r\n'.repeat(9)).problem).toContain('more than 8 levels')
    expect(scan('*65536\r\n', '*0\r\n'.repeat(65_536)).problem).toContain('more than 65536 values')
  })

  it('refuses a line without an end', () => {
    expect(scan(`+${'x'.repeat(65_536)}`).problem).toContain('a line has more than 65536 bytes')
    expect(scan('+', ...Array.from({ length: 70 }, () => 'x'.repeat(1024))).problem).toContain('more than 65536 bytes')
  })

  it('takes a reply of the largest size', () => {
    const size = 16 * 1024 * 1024 - 100
    expect(scan(`$${size}\r\n`, Buffer.alloc(size), '\r\n')).toEqual({ replies: ['$'], problem: undefined })
  })
})
