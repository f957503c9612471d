import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, orderFailover, RequirementError, startDeployment, withDeployment } from '../../src/harness/index.ts'
import { otherServer } from './support/other-server.ts'

let scratch: string
beforeAll(() => { scratch = mkdtempSync(join(tmpdir(), 'ts-sentinel-releases-')) })
afterAll(() => { rmSync(scratch, { recursive: true, force: true }) })

describe('a rolling upgrade', () => {
  it('replaces the program of one node after the other and keeps what was written, and can be taken back', async () => {
    const old = otherServer(scratch, { version: '6.2.14', unknown: ['enable-debug-command', 'bind-source-addr', 'latency-tracking'] })
    const options = { server: old, requires: 'redis>=6.2', replicas: 1, sentinels: 1 } as const
    await withDeployment(options, async (deployment) => {
      const [master, replica] = [deployment.node(0), deployment.node(1)]
      const follows = async (): Promise<void> => { expect(await replica.replication()).toMatchObject({ role: 'slave', linkUp: true }) }
      await master.call(['SET', 'kept', 'yes'])
      await replica.swap({ path: 'redis-server', env: { LC_ALL: 'C' } })
      expect(replica.release.version).toMatch(/^7\./)
      // The file of the older release is still good.
      expect(readFileSync(replica.configFile, 'utf8')).not.toContain('enable-debug-command')
      await eventually('the upgraded replica to follow', follows)
      await deployment.waitUntilFormed()
      const { node } = await orderFailover(deployment)
      await deployment.waitUntilSettled({ awayFrom: node.address })
      await master.swap('redis-server')
      await deployment.waitUntilSettled()
      expect(await master.call(['GET', 'kept'])).toBe('yes')
      // Back to the older release, which does not know all that the newer one has written into the file.
      await master.call(['CONFIG', 'REWRITE'])
      await master.swap(old)
      expect(master.release.version).toBe('6.2.14')
      await deployment.waitUntilSettled()
      expect(deployment.timeline.all({ event: 'swap' }).map(({ source, text }) => `${source} ${text}`)).toEqual([
        expect.stringMatching(/^redis-1 .*redis-6\.2\.14 6\.2\.14 to redis-server 7\./),
        expect.stringMatching(/^redis-0 .*redis-6\.2\.14 6\.2\.14 to redis-server 7\./),
        expect.stringMatching(/^redis-0 redis-server 7\..* to .*redis-6\.2\.14 6\.2\.14$/),
      ])
      await expect(master.swap('/nowhere/redis-server')).rejects.toThrow('there is no program /nowhere/redis-server')
      expect(master.running).toBe(true)
    })
  })
})

describe('a deployment with servers of several releases', () => {
  it('gives each node the file of its release, also Valkey', async () => {
    const replicas = [
      { server: otherServer(scratch, { version: '5.0.14', unknown: ['enable-debug-command'] }) },
      { server: { path: otherServer(scratch, { version: '8.0.1', product: 'Valkey' }) } },
    ]
    await withDeployment({ sentinels: 1, replicas }, (deployment) => {
      const releases = deployment.nodes.map(({ release }) => `${release.product} ${release.major}.${release.minor}`)
      expect(releases.slice(1)).toEqual(['redis 5.0', 'valkey 8.0'])
      return Promise.resolve()
    })
    const failed = startDeployment({ replicas, requires: 'redis>=6' })
    await expect(failed).rejects.toThrow(/^this deployment requires redis>=6, and .*redis-5\.0\.14 is Redis 5\.0\.14$/)
    await expect(failed).rejects.toBeInstanceOf(RequirementError)
  })
})
