import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { RequestReader } from '../../../src/resp/index.ts'
import type { RequestFailure } from '../../../src/resp/index.ts'

const MIB = 1024 * 1024

interface Outcome { requests: string[][], failure: RequestFailure | undefined }

interface ReaderOptions { authenticated?: boolean, bulkBytesMax?: number, bufferBytesMax?: number }

function reader(options: ReaderOptions = {}): RequestReader {
  return new RequestReader({
    isAuthenticated: () => options.authenticated ?? true,
    limits: { bulkBytesMax: options.bulkBytesMax ?? 512 * MIB, bufferBytesMax: options.bufferBytesMax ?? 1024 * MIB },
  })
}

function drain(from: RequestReader): string[][] {
  const requests: string[][] = []
  for (let request = from.next(); request !== undefined; request = from.next()) requests.push([...request])
  return requests
}

/** Read `wire` in pieces of `size` bytes. */
function read(wire: string | Buffer, size = Infinity, options: ReaderOptions = {}): Outcome {
  const bytes = typeof wire === 'string' ? Buffer.from(wire, 'latin1') : wire
  const target = reader(options)
  const requests: string[][] = []
  for (let at = 0; at < bytes.length; at += size) {
    target.push(bytes.subarray(at, Math.min(bytes.length, at + size)))
    requests.push(...drain(target))
  }
  return { requests, failure: target.failure }
}

function request(...words: string[]): string {
  const parts = words.map((word) => `$${Buffer.byteLength(word, 'latin1')}\r\n${word}\r\n`)
  return `*${words.length}\r\n${parts.join('')}`
}

describe('RequestReader', () => {
  const mixed = request('PING') + 'ECHO "a b"\r\n' + '\r\n' + '*0\r\n' + request('SENTINEL', '', 'a\r\nb')
    + '*-1\r\n' + 'INFO\n' + request('x'.repeat(300), '\xff\xfe') + '   \n' + request('\xc3\xa4')
  const expected = [
    ['PING'], ['ECHO', 'a b'], ['SENTINEL', '', 'a\r\nb'], ['INFO'], ['x'.repeat(300), '\uDCFF\uDCFE'], ['ä'],
  ]

  it.each([Infinity, 1, 2, 3, 7, 64])('reads the same requests in pieces of %d bytes', (size) => {
    expect(read(mixed, size)).toEqual({ requests: expected, failure: undefined })
  })

  it('reads input that comes again, to whatever connection, as it did the first time', () => {
    const wire = request('SENTINEL', 'MASTER', '\xff') + request('PING')
    const expected = { requests: [['SENTINEL', 'MASTER', '\uDCFF'], ['PING']], failure: undefined }
    const one = reader()
    for (let time = 0; time < 4; time += 1) {
      one.push(Buffer.from(wire, 'latin1'))
      expect(drain(one)).toEqual(expected.requests)
      expect(one.bufferedBytes).toBe(0)
      expect(read(wire)).toEqual(expected)
      // The same length and the same end, something else in the middle.
      expect(read(wire.replace('MASTER', 'myname')).requests[0]).toEqual(['SENTINEL', 'myname', '\uDCFF'])
    }
  })

  it('applies the limits of unauthenticated clients also to requests that others have sent before', () => {
    const wire = request(...Array.from({ length: 11 }, (_, at) => `word${at}`))
    for (let time = 0; time < 3; time += 1) expect(read(wire).requests).toHaveLength(1)
    const { requests, failure } = read(wire, Infinity, { authenticated: false })
    expect(requests).toEqual([])
    expect(failure).toMatchObject({ reason: 'unauthenticated multibulk length' })
    const long = request('PING', 'x'.repeat(100))
    for (let time = 0; time < 3; time += 1) expect(read(long).requests).toHaveLength(1)
    expect(read(long, Infinity, { bulkBytesMax: 99 }).failure).toMatchObject({ reason: 'invalid bulk length' })
  })

  it('does not confuse the beginning of a request with an earlier one', () => {
    const wire = request('PING') + request('SENTINEL', 'MYID')
    for (let time = 0; time < 3; time += 1) expect(read(wire).requests).toHaveLength(2)
    const one = reader()
    one.push(Buffer.from(`${wire}*1\r\n$4\r\nPI`, 'latin1'))
    expect(drain(one)).toEqual([['PING'], ['SENTINEL', 'MYID']])
    // These very bytes were whole requests before; here they are the rest of one, and then some.
    one.push(Buffer.from(`NG\r\n${wire}`, 'latin1'))
    expect(drain(one)).toEqual([['PING'], ['PING'], ['SENTINEL', 'MYID']])
  })

  it('reads any requests in any pieces', () => {
    const words = fc.array(fc.uint8Array({ maxLength: 12 }).map((bytes) => Buffer.from(bytes).toString('latin1')), { minLength: 1, maxLength: 4 })
    fc.assert(fc.property(fc.array(words, { maxLength: 6 }), fc.integer({ min: 1, max: 40 }), (requests, size) => {
      const wire = requests.map((one) => request(...one)).join('')
      expect(read(wire, size)).toEqual(read(wire))
      expect(read(wire).requests.length).toBe(requests.length)
    }))
  })

  it('reads requests from random bytes or fails, and never throws', () => {
    const piece = fc.oneof(
      fc.constantFrom('*', '$', '\r', '\n', '\r\n', '*1\r\n', '$4\r\n', 'PING\r\n', '-1', '4294967296', '"', '\0'),
      fc.uint8Array({ maxLength: 6 }).map((bytes) => Buffer.from(bytes).toString('latin1')),
    )
    fc.assert(fc.property(fc.array(piece, { maxLength: 30 }), fc.boolean(), (pieces, authenticated) => {
      const wire = pieces.join('')
      const whole = read(wire, Infinity, { authenticated })
      expect(read(wire, 1, { authenticated })).toEqual(whole)
    }), { numRuns: 500 })
  })

  // protocol.md 5.1: reason and log tag. Rows checked against the original.
  it.each([
    ['*abc\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*4294967296\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*2147483648\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*99999999999999999999\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*01\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*+1\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['* 1\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*\r\n', 'invalid multibulk length', 'invalid mbulk count'],
    ['*1\r\nPING\r\n', 'expected \'$\', got \'P\'', 'expected $ but got something else'],
    ['*2\r\n$4\r\nPING\r\n:1\r\n', 'expected \'$\', got \':\'', 'expected $ but got something else'],
    ['*1\r\n$abc\r\n', 'invalid bulk length', 'invalid bulk length'],
    ['*1\r\n$-1\r\n', 'invalid bulk length', 'invalid bulk length'],
    ['*1\r\n$01\r\n', 'invalid bulk length', 'invalid bulk length'],
    ['*1\r\n$\r\n', 'invalid bulk length', 'invalid bulk length'],
    ['*1\r\n$536870913\r\n', 'invalid bulk length', 'invalid bulk length'],
    [`*1\r\n$${'9'.repeat(70_000)}\r\n`, 'too big bulk count string', 'too big bulk count string'],
    [`*${'9'.repeat(70_000)}\r\n`, 'too big mbulk count string', 'too big mbulk count string'],
    [`PING ${'x'.repeat(70_000)}\r\n`, 'too big inline request', 'too big inline request'],
    // Ours.
    ['*4097\r\n', 'invalid multibulk length, at most 4096 words in a request', 'invalid mbulk count'],
    [`PING${' a'.repeat(4096)}\r\n`, 'invalid multibulk length, at most 4096 words in a request', 'invalid mbulk count'],
    ['*1\r\n$1048577\r\n', 'invalid bulk length, at most 1048576 bytes in a word', 'invalid bulk length'],
    [`*3\r\n$${2 ** 20}\r\n${'x'.repeat(2 ** 20)}\r\n$65536\r\n`, 'invalid bulk length, at most 1114112 bytes in a request', 'invalid bulk length'],
    ['ping "a"b\r\n', 'unbalanced quotes in request', 'unbalanced quotes in inline request'],
    ['x'.repeat(65537), 'too big inline request', 'too big inline request'],
    ['*' + '1'.repeat(65536), 'too big mbulk count string', 'too big mbulk count string'],
    ['*1\r\n$' + '1'.repeat(65536), 'too big bulk count string', 'too big bulk count string'],
  ])('refuses %.20j', (wire, reason, tag) => {
    const failure = { kind: 'protocol-error', reason, tag }
    expect(read(wire)).toEqual({ requests: [], failure })
    expect(read(request('PING') + wire, 1000)).toEqual({ requests: [['PING']], failure })
  })

  it('waits for the rest of a line of the largest length', () => {
    expect(read('x'.repeat(65536)).failure).toBeUndefined()
    expect(read('*1\r\n$1048576\r\n').failure).toBeUndefined()
  })

  it('reads nothing behind a failure', () => {
    const target = reader()
    target.push(Buffer.from(request('PING') + '*x\r\n' + request('INFO')))
    expect(target.failure).toBeUndefined()
    expect(drain(target)).toEqual([['PING']])
    expect(target.failure).toMatchObject({ reason: 'invalid multibulk length' })
    target.push(Buffer.from(request('INFO')))
    expect(drain(target)).toEqual([])
  })

  it('applies small limits until the client is authenticated', () => {
    const guest = { authenticated: false }
    expect(read('*11\r\n', Infinity, guest).failure).toMatchObject({ reason: 'unauthenticated multibulk length', tag: 'unauth mbulk count' })
    expect(read('*1\r\n$16385\r\n', Infinity, guest).failure).toMatchObject({ reason: 'unauthenticated bulk length' })
    expect(read('*10\r\n$16384\r\n', Infinity, guest).failure).toBeUndefined()
  })

  it('asks again before every request, so that AUTH counts for what is pipelined behind it', () => {
    let authenticated = false
    const target = new RequestReader({ isAuthenticated: () => authenticated })
    const long = 'x'.repeat(20000)
    target.push(Buffer.from(request('AUTH', 'p') + request('PING', long)))
    expect(target.next()).toEqual(['AUTH', 'p'])
    authenticated = true
    expect(target.next()).toEqual(['PING', long])
  })

  it('holds no more of an unfinished request than allowed', () => {
    const target = reader({ bufferBytesMax: 100 })
    target.push(Buffer.from('*1\r\n$200\r\n' + 'x'.repeat(80)))
    expect(drain(target)).toEqual([])
    expect(target.failure).toBeUndefined()
    target.push(Buffer.from('x'.repeat(50)))
    expect(drain(target)).toEqual([])
    expect(target.failure).toEqual({ kind: 'buffer-overflow', bytes: 140 })
  })

  it('does not count whole requests against the buffer', () => {
    expect(read(request('PING').repeat(50), Infinity, { bufferBytesMax: 100 }).requests.length).toBe(50)
  })

  it('skips the two bytes behind each word unchecked, as the original does', () => {
    expect(read('*1\rX$4\rYPINGZZ').requests).toEqual([['PING']])
  })

  it('reads a large request that trickles in, in linear time', () => {
    const wire = Buffer.from(request('PING', 'x'.repeat(MIB)))
    const started = process.hrtime.bigint()
    expect(read(wire, 16).requests).toEqual([['PING', 'x'.repeat(MIB)]])
    expect(Number(process.hrtime.bigint() - started) / 1e6).toBeLessThan(5000)
  })
})
