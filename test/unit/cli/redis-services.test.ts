/** The services that freshly installed packages start. */
import { chmodSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:net'
import { once } from 'node:events'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { listeningServicePorts, stopServices } from '../../../src/cli/redis-services.ts'

describe('services of packages', () => {
  it('are found by the ports on which a process listens', async () => {
    const server = createServer((socket) => { socket.destroy() }).listen(0, '127.0.0.1')
    await once(server, 'listening')
    const address = server.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    expect(await listeningServicePorts([port])).toEqual([port])
    server.close()
    await once(server, 'close')
    expect(await listeningServicePorts([port])).toEqual([])
  })

  it('are stopped one by one, with the command for root', () => {
    const folder = mkdtempSync(join(tmpdir(), 'services-'))
    const asRoot = join(folder, 'as-root')
    writeFileSync(asRoot, `#!/bin/sh\necho "$@" >> ${folder}/said\nexit 1\n`)
    chmodSync(asRoot, 0o755)
    stopServices(['redis-server', 'redis-sentinel'], [asRoot])
    const said = readFileSync(join(folder, 'said'), 'utf8').trim().split('\n')
    expect(said).toHaveLength(2)
    expect(said[0]).toMatch(/^(systemctl disable --now redis-server|service redis-server stop)$/)
    expect(said[1]).toContain('redis-sentinel')
    rmSync(folder, { recursive: true })
  })
})
