import { describe, expect, it } from 'vitest'

import { BROKEN, INCOMPLETE, ReplyScanner } from '../../../src/proxy/requests/reply-scanner.ts'

/** The last result of a scanner that gets the text in these pieces. */
function scan(...pieces: readonly string[]): number {
  const scanner = new ReplyScanner()
  let result = INCOMPLETE
  for (const piece of pieces) {
    const bytes = Buffer.from(piece, 'latin1')
    result = scanner.scan(bytes, 0, bytes.length)
    if (result === BROKEN) return result
  }
  return result
}

describe('the scanner of replies', () => {
  it('takes a zero byte for no reply, in one piece and byte by byte', () => {
    expect(scan('\0+OK\r\n')).toBe(BROKEN)
    expect(scan(...'\0+OK\r\n')).toBe(BROKEN)
    expect(scan(...'*2\r\n:1\r\n\0:2\r\n')).toBe(BROKEN)
  })

  it('finds the end of a reply with attributes and maps, byte by byte', () => {
    const reply = '|1\r\n+ttl\r\n:9\r\n%1\r\n$1\r\na\r\n*2\r\n_\r\n=5\r\ntxt:x\r\n'
    expect(scan(reply)).toBe(reply.length)
    expect(scan(...reply.slice(0, -1))).toBe(INCOMPLETE)
    expect(scan(...reply)).toBe(1)
  })
})
