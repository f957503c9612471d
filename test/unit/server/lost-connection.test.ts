/** Connections that break. */
import { expect, it } from 'vitest'

import { startServer } from './test-server.ts'

const WAIT_MS = 10_000

it('a connection that its client resets is logged in the words of the C library', async () => {
  const { log, open, stop } = await startServer()
  try {
    const client = await open()
    await client.expect('PING\r\n', '+PONG\r\n')
    client.socket.resetAndDestroy()
    const texts = () => log.map(({ text }) => text)
    await expect.poll(texts, { timeout: WAIT_MS }).toContain('Reading from client: Connection reset by peer')
  } finally {
    await stop()
  }
})
