/** How long a connection may take for what it does (docs/limits.md, "HTTP"). */
import { Socket } from 'node:net'
import { describe, expect, it } from 'vitest'

import { ANSWER_MS_MAX, HEADERS_MS_MAX, KEEP_ALIVE_MS } from '../../../src/http/limits.ts'
import { Connection } from '../../../src/http/wire/connection.ts'

/** Whether a connection that has sent this text is closed after these milliseconds. */
function isClosedAfter(ms: number, sent: string): boolean {
  const socket = new Socket()
  const connection = new Connection(socket)
  if (sent !== '') socket.emit('data', Buffer.from(sent))
  connection.enforceLimits(performance.now() + ms)
  const isClosed = connection.destroyed || connection.writableEnded
  connection.destroy()
  return isClosed
}

describe('the time limits of HTTP', () => {
  it.each([
    ['closes a connection without a request after 15 s', '', KEEP_ALIVE_MS],
    ['refuses a request whose head is not complete after 5 s', 'GET /livez HTTP/1.1\r\nHost: x\r\n', HEADERS_MS_MAX],
    ['closes a connection whose answer is not read after 10 s', 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n', ANSWER_MS_MAX],
  ])('%s', (_title, sent, limit) => {
    expect(isClosedAfter(limit - 1_000, sent)).toBe(false)
    expect(isClosedAfter(limit + 1_000, sent)).toBe(true)
  })
})
