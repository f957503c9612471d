import { spawnSync } from 'node:child_process'
import { mkdirSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { describe, expect, it, vi } from 'vitest'

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

  it('removes the locks of processes that were killed, and its folder with the last lock', async () => {
    const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-ports-test-'))
    try {
      const locks = join(folder, `ts-sentinel-ports-${process.getuid?.() ?? 'all'}`)
      mkdirSync(locks)
      const { pid } = spawnSync('true')
      writeFileSync(join(locks, '12345'), String(pid))
      vi.stubEnv('TMPDIR', folder)
      vi.resetModules()
      const fresh = await import('../../../src/harness/free-ports.ts')
      const claimed = await fresh.claimPort()
      expect(readdirSync(locks)).toEqual([String(claimed.port)])
      claimed.release()
      expect(readdirSync(folder)).toEqual([])
    } finally {
      vi.unstubAllEnvs()
      rmSync(folder, { recursive: true, force: true })
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
