import { spawn } from 'node:child_process'
import { once } from 'node:events'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { connect } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { build } from 'esbuild'
import { Redis } from 'ioredis'
import { createSentinel } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, killMaster, messageOf, withDeployment, type Deployment, type DeploymentTls,
} from '../../src/harness/index.ts'
import { otherServer } from './support/other-server.ts'

let scratch: string
beforeAll(() => { scratch = mkdtempSync(join(tmpdir(), 'ts-sentinel-deployments-')) })
afterAll(() => { rmSync(scratch, { recursive: true, force: true }) })

describe('a deployment with TLS', () => {
  it('can be used by ioredis and node-redis, which verify its certificates', async () => {
    await withDeployment({ tls: true, replicas: 1, sentinels: 1 }, async (deployment) => {
      const { tls } = deployment
      if (tls === undefined) throw new Error('no tls')
      expect(readFileSync(tls.certFile, 'utf8')).toBe(tls.cert)
      for (const file of [tls.caFile, tls.keyFile]) expect(readFileSync(file, 'utf8')).toContain('-----BEGIN ')
      expect(await writeByIoredis(deployment, tls, '127.0.0.1')).toBe('OK')
      // The sentinels tell 127.0.0.1, so this is the host that is compared for the data nodes.
      expect(await writeByIoredis(deployment, tls, 'localhost')).toBe('OK')
      expect(await writeByNodeRedis(deployment, tls)).toBe('OK')
      const strangers = tls.authority.issue('other', { hosts: ['elsewhere.example'] })
      expect(readFileSync(strangers.cert, 'utf8')).toContain('-----BEGIN CERTIFICATE')
    })
  })
})

describe('the start of a deployment', () => {
  it('never lets a replica wait a second for a master that does not listen yet', async () => {
    const slow = join(scratch, 'slow-redis-server')
    writeFileSync(slow, '#!/bin/sh\nsleep 0.2\nexec redis-server "$@"\n', { mode: 0o755 })
    const masters = [{ name: 'mymaster', node: { server: slow }, replicas: 1 }]
    await withDeployment({ masters, sentinels: 0 }, (deployment) => {
      expect(readFileSync(deployment.node(1).process.logFile, 'utf8')).not.toContain('Error condition on socket')
      return Promise.resolve()
    })
  })
})

describe('a deployment of an older Redis', () => {
  it.each([
    ['6.2.0', ['enable-debug-command', 'bind-source-addr'], {}],
    ['6.0.16', ['enable-debug-command', 'bind-source-addr', '&'], { user: 'admin', password: 'secret' }],
    ['4.0.8', ['enable-debug-command', 'bind-source-addr', 'replica-', 'replicaof'], { replicas: [{ priority: 50 }] }],
  ] as const)('starts and fails over with release %s, which has fewer directives', async (version, unknown, options) => {
    const programs = { redisServer: otherServer(scratch, { version, unknown }) }
    await withDeployment({ replicas: 1, sentinels: 1, network: 'relayed', ...options, programs }, async (deployment) => {
      const fault = await killMaster(deployment)
      const { master } = await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      expect(master.name).toBe('redis-1')
    })
  })

  it('is refused when an option needs a newer release, which the error names', async () => {
    const programs = { redisServer: otherServer(scratch, { version: '5.0.14' }) }
    const failed = withDeployment({ tls: true, programs }, () => Promise.resolve())
    await expect(failed).rejects.toThrow(/tls needs Redis 6\.0 or newer; this is .*redis-5\.0\.14 5\.0/)
  })
})

describe('a relayed deployment', () => {
  it('refuses connections to a node that is dead, stopped or ended by itself, and takes them when it runs again', async () => {
    await withDeployment({ replicas: 0, sentinels: 1, network: 'relayed', persistence: 'aof' }, async (deployment) => {
      const node = deployment.node(0)
      expect(await dial(node.address.port)).toBe('connected')
      await node.call(['SET', 'kept', 'yes'])
      await node.kill()
      expect(await dial(node.address.port)).toBe('ECONNREFUSED')
      await node.start()
      expect(await dial(node.address.port)).toBe('connected')
      // A server that was started again answers LOADING for a moment.
      const kept = await eventually('the data to be loaded', () => node.call(['GET', 'kept']))
      expect(kept).toBe('yes')
      await node.stop()
      expect(await dial(node.address.port)).toBe('ECONNREFUSED')
      await node.start()
      node.call(['SHUTDOWN', 'NOSAVE']).catch(() => undefined)
      await deployment.timeline.waitFor({ source: node.name, event: 'ended', text: 'by itself (exit status 0)' })
      expect(await dial(node.address.port)).toBe('ECONNREFUSED')
      expect(await dial(deployment.sentinel(0).address.port)).toBe('connected')
    })
  })
})

describe('a listener that throws', () => {
  it('breaks neither the start nor the stop of a deployment', async () => {
    await withDeployment({ replicas: 0, sentinels: 1, started: false }, async (deployment) => {
      deployment.timeline.listen(() => { throw new Error('a slip') })
      await deployment.start()
      expect(await deployment.node(0).call(['PING'])).toBe('PONG')
      await deployment.stop()
      expect(deployment.node(0).running).toBe(false)
      expect(deployment.timeline.first({ event: 'listener failed' })?.text).toContain('a slip')
    })
  })
})

describe('the folder of a deployment', () => {
  it('may be under a relative TMPDIR with blanks and an apostrophe, also with TLS and slow disks', async () => {
    mkdirSync(join(scratch, "it's a folder"))
    const options = { tls: true, slowDisks: true, replicas: 1, sentinels: ['ours', 'genuine'] }
    const { code, output } = await testProcess(options, { TMPDIR: "it's a folder" })
    expect(output).toBe('started')
    expect(code).toBe(0)
    expect(readdirSync(join(scratch, "it's a folder")).filter((name) => !name.includes('-ports-'))).toEqual([])
  })

  it('is removed when the PATH is empty, and the error names the missing program', async () => {
    mkdirSync(join(scratch, 'empty'))
    const { output } = await testProcess({ replicas: 0, sentinels: 1 }, { TMPDIR: 'empty', PATH: '' })
    expect(output).toContain('there is no program redis-server. Nor is there a valkey-server. The harness runs real Redis servers')
    expect(readdirSync(join(scratch, 'empty')).filter((name) => !name.includes('-ports-'))).toEqual([])
  })
})

async function writeByIoredis(
  { sentinels }: Deployment, { ca, cert, key }: DeploymentTls, host: string,
): Promise<string> {
  const tls = { ca, cert, key }
  const redis = new Redis({
    sentinels: sentinels.map(({ address: { port } }) => ({ host, port })), name: 'mymaster',
    tls, sentinelTLS: tls, enableTLSForSentinelMode: true, disconnectTimeout: 50, sentinelRetryStrategy: () => null,
  })
  const problems: string[] = []
  redis.on('error', (error) => { problems.push(messageOf(error)) })
  try {
    return await redis.set('by', 'ioredis').catch((error: unknown) => [messageOf(error), ...problems].join('; '))
  } finally {
    redis.disconnect()
  }
}

async function writeByNodeRedis({ sentinelAddresses }: Deployment, { ca, cert, key }: DeploymentTls): Promise<unknown> {
  const socket = { tls: true, ca, cert, key } as const
  const client = createSentinel({
    name: 'mymaster', sentinelRootNodes: [...sentinelAddresses], nodeClientOptions: { socket }, sentinelClientOptions: { socket },
  })
  client.on('error', () => undefined)
  await client.connect()
  try {
    return await client.set('by', 'node-redis')
  } finally {
    void client.destroy()
  }
}

async function dial(port: number): Promise<string> {
  const socket = connect({ host: '127.0.0.1', port })
  try {
    await once(socket, 'connect')
    return 'connected'
  } catch (error) {
    return (error as { readonly code: string }).code
  } finally {
    socket.destroy()
  }
}

/** Starts and stops a deployment in a process of its own, in the scratch folder and with these variables. */
async function testProcess(
  options: unknown, variables: Readonly<Record<string, string>>,
): Promise<{ readonly code: number | null, readonly output: string }> {
  // CommonJS that bundles everything: the script runs where no packages are.
  const { outputFiles } = await build({
    stdin: {
      contents: `
        import { withDeployment } from './index.ts'
        withDeployment(${JSON.stringify(options)}, () => { process.stdout.write('started') })
          .catch((error) => { process.stdout.write(error.message) })`,
      resolveDir: join(import.meta.dirname, '../../src/harness'),
      loader: 'ts',
    },
    bundle: true, platform: 'node', format: 'cjs', write: false, define: { 'import.meta.url': '"file:///nowhere"' },
  })
  const script = join(scratch, 'test-process.cjs')
  writeFileSync(script, outputFiles[0]?.text ?? '')
  const child = spawn(process.execPath, [script], {
    cwd: scratch, stdio: ['ignore', 'pipe', 'inherit'],
    env: { ...process.env, TS_SENTINEL_JS: ourProgram(), ...variables },
  })
  let output = ''
  child.stdout.on('data', (bytes: Buffer) => { output += bytes.toString() })
  const [code] = await once(child, 'close') as [number | null]
  return { code, output }
}

function ourProgram(): string {
  return process.env['TS_SENTINEL_JS'] ?? join(import.meta.dirname, '../../dist/ts-sentinel.js')
}
