import { createServer } from 'node:net'

import { describe, expect, it } from 'vitest'

import { claimPort } from '../../../src/harness/free-ports.ts'

describe('claimPort', () => {
  it('gives different ports below the range for outgoing connections, all of them free', async () => {
    const claimed = await Promise.all(Array.from({ length: 30 }, () => claimPort()))
    try {
      const ports = claimed.map(({ port }) => port)
      expect(new Set(ports).size).toBe(30)
      expect(Math.max(...ports)).toBeLessThan(32_768)
      for (const port of ports) await listenOnce(port)
    } finally {
      for (const one of claimed) one.release()
    }
  })
})

function listenOnce(port: number): Promise<void> {
  return new Promise((resolve, reject) => {
    const server = createServer()
    server.once('error', reject)
    server.listen(port, '127.0.0.1', () => {
      server.close(() => { resolve() })
    })
  })
}
