/** What `check` reports about servers that are known twice, whose data cannot be trusted, or that are too old. */
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterAll, afterEach, describe, expect, it } from 'vitest'

import type { Finding } from '../../../../src/cli/check/finding.ts'
import { findingsOf } from '../../../../src/cli/check/index.ts'
import { answeringServer, closeServers } from '../answering-server.ts'

const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-nodes-'))
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })
afterEach(closeServers)

const NO_SUCH_COMMAND = ([command = '']: readonly string[]) => `ERR unknown command '${command}'`

/** A server whose INFO has these lines. */
function server(...info: readonly string[]): Promise<number> {
  return answeringServer({ 'PING': 'PONG', 'INFO': info.join('\r\n'), 'COMMAND INFO': [], 'CONFIG GET': [] }, NO_SUCH_COMMAND)
}

const REPLICA = ['role:slave', 'master_host:127.0.0.1', 'master_port:1', 'master_link_status:up']

/** The lines of a master that lists replicas at these ports. */
function master(...ports: readonly number[]): readonly string[] {
  return ['role:master', ...ports.map((port, at) => `slave${at}:ip=127.0.0.1,port=${port},state=online,offset=1,lag=0`)]
}

async function found(code: string, masterPort: number, ...lines: readonly string[]): Promise<readonly Finding[]> {
  const file = join(folder, 'sentinel.conf')
  writeFileSync(file, [`sentinel monitor m 127.0.0.1 ${masterPort} 2`, ...lines, ''].join('\n'))
  const findings = await findingsOf({ file, offline: false, admin: undefined })
  if (typeof findings === 'string') throw new Error(findings)
  return findings.filter((one) => one.code === code)
}

describe('check', () => {
  it('reports a server that is known under two addresses, by the second one', async () => {
    const info = [...REPLICA, 'redis_version:7.0.15', `run_id:${'a'.repeat(40)}`]
    const [first, second] = [await server(...info), await server(...info)]
    const masterPort = await server(...master(first), 'redis_version:7.0.15', `run_id:${'b'.repeat(40)}`)
    expect(await found('same-server', masterPort, `sentinel known-replica m 127.0.0.1 ${second}`)).toEqual([{
      level: 'warning', code: 'same-server', where: `127.0.0.1:${second}`,
      what: expect.stringContaining(`and 127.0.0.1:${first} are the same server (same run id)`) as string,
      todo: 'use one address for it everywhere: replica-announce-ip, known-replica lines, the monitor line',
    }])
  })

  it('reports the master that is known as its own replica under another address', async () => {
    const run = `run_id:${'b'.repeat(40)}`
    const twin = await server(...master(), run)
    const masterPort = await server(...master(), run)
    const [finding] = await found('same-server', masterPort, `sentinel known-replica m 127.0.0.1 ${twin}`)
    expect(finding).toMatchObject({ where: `127.0.0.1:${twin}`, what: `127.0.0.1:${twin} and 127.0.0.1:${masterPort} are the same server (same run id)` })
  })

  it('reports an address that the master lists for two replicas, once', async () => {
    const replica = await server(...REPLICA)
    const masterPort = await server(...master(replica, replica, replica))
    expect(await found('shared-address', masterPort)).toEqual([expect.objectContaining({
      level: 'error', where: `127.0.0.1:${replica}`, todo: 'give each replica an address of its own',
    })])
  })

  it.each([
    ['6.2 and newer', 'master_link_down_since_seconds:-1', ''],
    ['before 6.2', 'master_link_down_since_seconds:1795900000', ''],
    ['6.2 and newer, at work', 'master_link_down_since_seconds:-1', 'master_sync_in_progress:1'],
  ])('reports a replica that has never synchronised (%s)', async (_release, since, progress) => {
    const replica = await server('role:slave', 'master_link_status:down', since, progress)
    const [finding] = await found('never-synchronised', await server(...master(replica)))
    expect(finding).toMatchObject({ level: 'warning', where: `127.0.0.1:${replica}` })
    expect(finding?.what).toMatch(/^127\.0\.0\.1:\d+ has not synchronised with its master since it was started/)
    expect(finding?.what.includes('a full synchronisation is in progress')).toBe(progress !== '')
    expect(finding?.todo).toContain('masterauth and masteruser')
  })

  it('does not call a replica that lost its master one that never synchronised', async () => {
    const replica = await server('role:slave', 'master_link_status:down', 'master_link_down_since_seconds:30')
    expect(await found('never-synchronised', await server(...master(replica)))).toEqual([])
  })

  it('reports a replica of an older release than its master, but no newer one and no patch release', async () => {
    const replicas = await Promise.all(['6.2.14', '7.0.1', '7.2.4'].map((version) => server(...REPLICA, `redis_version:${version}`)))
    const findings = await found('older-release', await server(...master(...replicas), 'redis_version:7.0.15'))
    expect(findings).toEqual([expect.objectContaining({ level: 'warning', where: `127.0.0.1:${replicas[0]}` })])
    expect(findings[0]?.what).toContain('6.2.14')
    expect(findings[0]?.what).toContain('7.0.15')
    expect(findings[0]?.todo).toBe('upgrade this replica; upgrade masters last')
  })
})
