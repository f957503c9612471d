/** What a node sends (behaviour.md 3.2 and 4.1): what a reply is decides what it means. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import type { Reply } from '../../../src/core/index.ts'
import { ReplyReader } from '../../../src/links/reply-reader.ts'

interface Seen {
  readonly replies: readonly Reply[]
  readonly problem: string | undefined
}

function read(...chunks: readonly (string | Buffer)[]): Seen {
  const replies: Reply[] = []
  const reader = new ReplyReader((reply) => {
    replies.push(reply)
    return undefined
  })
  let problem: string | undefined
  for (const chunk of chunks) problem ??= reader.read(typeof chunk === 'string' ? Buffer.from(chunk, 'latin1') : chunk)
  return { replies, problem }
}

const status = (text: string): Reply => ({ kind: 'status', text })
const bulk = (text: string): Reply => ({ kind: 'bulk', text })
const error = (text: string): Reply => ({ kind: 'error', text })
const integer = (value: bigint): Reply => ({ kind: 'integer', value })
const array = (...items: Reply[]): Reply => ({ kind: 'array', items })
const nothing: Reply = { kind: 'null' }

describe('a reply', () => {
  it.each<[string, string, Reply[]]>([
    ['a simple string', '+PONG\r\n+OK\r\n', [status('PONG'), status('OK')]],
    ['an empty simple string', '+\r\n', [status('')]],
    ['a bulk string', '$4\r\nPONG\r\n', [bulk('PONG')]],
    ['an empty bulk string', '$0\r\n\r\n', [bulk('')]],
    ['line ends inside a bulk string', '$6\r\n\r\n+X\r\n\r\n', [bulk('\r\n+X\r\n')]],
    ['bytes that are no UTF-8', '$4\r\na\xff\xc3\xa9\r\n', [bulk('a\uDCFFé')]],
    ['all digits of an integer', ':-9223372036854775808\r\n', [integer(-9223372036854775808n)]],
    ['nothing', '$-1\r\n*-1\r\n', [nothing, nothing]],
    ['an error with its code word', '-NOAUTH Authentication required.\r\n', [error('NOAUTH Authentication required.')]],
    ['an empty array', '*0\r\n', [array()]],
    ['the answer about a master', '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n', [array(integer(1n), bulk('*'), integer(0n))]],
    ['a transaction with an error in it', '*2\r\n+OK\r\n-ERR no\r\n', [array(status('OK'), error('ERR no'))]],
    ['arrays within arrays', '*2\r\n*1\r\n*2\r\n:1\r\n$-1\r\n*0\r\n', [array(array(array(integer(1n), nothing)), array())]],
    ['several at once', '+OK\r\n:1\r\n*1\r\n$1\r\na\r\n+OK\r\n', [status('OK'), integer(1n), array(bulk('a')), status('OK')]],
  ])('is read: %s', (_what, bytes, replies) => {
    expect(read(bytes)).toEqual({ replies, problem: undefined })
    expect(read(...[...bytes])).toEqual({ replies, problem: undefined })
  })

  it('is read when its rest has come', () => {
    expect(read('*2\r\n$3\r\nab')).toEqual({ replies: [], problem: undefined })
    expect(read('*2\r\n$3\r\nab', 'c\r', '\n:1\r\n'))
      .toEqual({ replies: [array(bulk('abc'), integer(1n))], problem: undefined })
  })

  it('is not read further when its receiver refuses it, and the reason is reported', () => {
    const seen: Reply[] = []
    const reader = new ReplyReader((reply) => {
      seen.push(reply)
      return seen.length === 2 ? 'nobody asked' : undefined
    })
    expect(reader.read(Buffer.from('+A\r\n:1\r\n+C\r\n'))).toBe('nobody asked')
    expect(reader.read(Buffer.from('+D\r\n'))).toBe('nobody asked')
    expect(seen).toEqual([status('A'), integer(1n)])
  })
})

describe('bytes that are not a reply', () => {
  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n', 'no reply begins with "H"'],
    ['its first byte alone', 'S', 'no reply begins with "S"'],
    ['an empty line', '\r\n', 'no reply begins with "\\r"'],
    ['another protocol in one long line', '9'.repeat(70_000), 'no reply begins with "9"'],
    ['types of RESP3, which were not asked for', '%1\r\n+a\r\n+b\r\n', 'no reply begins with "%"'],
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
  ])('are refused: %s', (_what, bytes, problem) => {
    expect(read(bytes).problem).toBe(`Protocol error: ${problem}`)
    expect(read(...[...bytes]).problem).toBe(`Protocol error: ${problem}`)
  })

  it('are never read as one: random bytes lead to a problem or to waiting', () => {
    fc.assert(fc.property(fc.array(fc.uint8Array({ minLength: 1, maxLength: 40 })), (chunks) => {
      const { replies, problem } = read(...chunks.map((chunk) => Buffer.from(chunk)))
      expect(replies.length <= chunks.reduce((sum, chunk) => sum + chunk.length, 0) / 3).toBe(true)
      expect(problem === undefined || problem.startsWith('Protocol error: ')).toBe(true)
    }))
  })
})

describe('the limits of the reader', () => {
  it('refuse a length that is too large before the bytes come', () => {
    expect(read(`$${2 * 1024 * 1024 + 1}\r\n`).problem).toContain('more than 2097152 bytes')
    expect(read('$999999999\r\n').problem).toContain('more than 2097152 bytes')
    expect(read('$99999999999999999999\r\n').problem).toContain('not a number')
    expect(read('*999999999\r\n').problem).toContain('more than 65536 values')
  })

  it('refuse many small values that are too much together', () => {
    const megabyte = Buffer.concat([Buffer.from(`$${1024 * 1024}\r\n`), Buffer.alloc(1024 * 1024), Buffer.from('\r\n')])
    const seen = read('*20\r\n', ...Array.from({ length: 20 }, () => megabyte))
    expect(seen).toEqual({ replies: [], problem: 'Protocol error: a reply has more than 2097152 bytes' })
  })

  it('refuse arrays nested too deeply and too many values in all', () => {
    expect(read('*1\r\n'.repeat(8), ':1\r\n').replies).toHaveLength(1)
    expect(read('*1\r\n'.repeat(9)).problem).toContain('more than 8 levels')
    expect(read('*65536\r\n', '*0\r\n'.repeat(65_536)).problem).toContain('more than 65536 values')
  })

  it('refuse a line without an end', () => {
    expect(read(`+${'x'.repeat(65_536)}`).problem).toContain('a line has more than 65536 bytes')
    expect(read('+', ...Array.from({ length: 70 }, () => 'x'.repeat(1024))).problem).toContain('more than 65536 bytes')
  })

  it('accept a reply of the largest size', () => {
    const size = 2 * 1024 * 1024 - 100
    const { replies: [reply], problem } = read(`$${size}\r\n`, Buffer.alloc(size), '\r\n')
    expect(problem).toBeUndefined()
    expect(reply?.kind === 'bulk' && reply.text.length).toBe(size)
  })
})
