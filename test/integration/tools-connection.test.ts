/** What the tools say when they cannot use a sentinel: which option to add, and which masters there are. */
import { execFileSync, spawnSync } from 'node:child_process'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { startDeployment, Workspace, type Deployment } from '../../src/harness/index.ts'
import { commandOf } from './process-program.ts'

const workspace = new Workspace('tools-connection')
afterAll(async () => { await workspace.remove() })

function run(...args: readonly string[]) {
  const { file, args: [program = ''] } = commandOf('ours')
  const { status, stdout, stderr } = spawnSync(file, [program, ...args], { encoding: 'utf8', env: { ...process.env, REDISCLI_AUTH: '' } })
  return { status, stdout, stderr }
}

const addressOf = (deployment: Deployment, at: number): readonly [host: string, port: string] => {
  const { host, port } = deployment.sentinel(at).address
  return [host, String(port)]
}

describe('a tool and a fleet that requires client certificates', () => {
  let fleet: Deployment
  let tls: NonNullable<Deployment['tls']>
  let foreign: { readonly cert: string, readonly key: string }

  beforeAll(async () => {
    fleet = await startDeployment({ replicas: 1, sentinels: ['ours', 'ours', 'genuine'], tls: true })
    if (fleet.tls === undefined) throw new Error('a deployment with TLS has its files')
    tls = fleet.tls
    foreign = { cert: join(workspace.folder, 'foreign.crt'), key: join(workspace.folder, 'foreign.key') }
    execFileSync('openssl', [
      'req', '-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '3', '-subj', '/CN=x', '-keyout', foreign.key, '-out', foreign.cert,
    ], { stdio: 'ignore' })
  }, 60_000)
  afterAll(async () => { await fleet?.stop() })

  it.each(['status', 'explain'])('%s shows a client certificate to a ts-sentinel and to an original one', (tool) => {
    for (const at of [0, 2]) {
      const shown = ['--cacert', tls.caFile, '--cert', tls.certFile, '--key', tls.keyFile]
      const rest = tool === 'explain' ? ['mymaster'] : []
      expect(run(tool, addressOf(fleet, at).join(':'), ...rest, ...shown)).toMatchObject({ status: 0, stderr: '', stdout: expect.stringContaining('mymaster') as string })
    }
  })

  it('history shows a client certificate', () => {
    const shown = ['--cacert', tls.caFile, '--cert', tls.certFile, '--key', tls.keyFile]
    expect(run('history', addressOf(fleet, 0).join(':'), ...shown)).toMatchObject({ status: 0, stderr: '' })
  })

  it.each([['status'], ['explain', 'mymaster'], ['history']])('%s names the option that is missing', (tool, ...rest) => {
    for (const at of [0, 2]) {
      const ask = (...options: readonly string[]) => {
        const { status, stderr } = run(tool, addressOf(fleet, at).join(':'), ...rest, ...options)
        expect(status).toBe(2)
        expect(stderr).not.toMatch(/SSL|routines|\.c:\d+|ECONN/)
        return stderr
      }
      expect(ask()).toContain('if this port is for TLS, give --tls or --cacert FILE')
      expect(ask('--tls')).toContain('give --cacert FILE with the certificate of its authority')
      expect(ask('--cacert', foreign.cert)).toContain('give --cacert FILE with the certificate of its authority')
      // The alert is lost where the connection is reset before it has been read.
      expect(ask('--cacert', tls.caFile)).toMatch(/requires? a client certificate.*--cert FILE and --key FILE/)
      expect(ask('--cacert', tls.caFile, '--cert', foreign.cert, '--key', foreign.key)).toMatch(/(not trust|not accept).* certificate.*--cert FILE and --key FILE/)
    }
  })

  it.each([
    ['--cert', (key: string, _cert: string) => ['--cert', '/etc/passwd', '--key', key], '--cert /etc/passwd has no certificate in PEM format'],
    ['--cacert', () => ['--cacert', '/etc/passwd'], '--cacert /etc/passwd has no certificate in PEM format'],
    ['--key', (_key: string, cert: string) => ['--cert', cert, '--key', '/etc/passwd'], '--key /etc/passwd has no private key in PEM format'],
  ])('a file of %s that is none is named', (_option, options, words) => {
    const { status, stderr } = run('status', addressOf(fleet, 0).join(':'), '--cacert', tls.caFile, ...options(tls.keyFile, tls.certFile))
    expect({ status, stderr }).toEqual({ status: 2, stderr: expect.stringContaining(words) as string })
  })

  it('a key of another certificate is named', () => {
    expect(run('status', 'h', '--cert', tls.certFile, '--key', foreign.key).stderr).toContain(`--key ${foreign.key} is not the private key of --cert ${tls.certFile}`)
  })
})

describe('a tool and a fleet without TLS', () => {
  let fleet: Deployment
  beforeAll(async () => { fleet = await startDeployment({ replicas: 1, sentinels: ['ours', 'genuine', 'ours'] }) }, 60_000)
  afterAll(async () => { await fleet?.stop() })

  it('reports that the port does not speak TLS', () => {
    for (const at of [0, 1]) {
      expect(run('status', addressOf(fleet, at).join(':'), '--tls').stderr).toMatch(/leave --tls, --cacert, --cert, --sni and rediss:\/\/ out/)
    }
  })

  it.each([['status'], ['explain', 'mymaster'], ['history'], ['pause', 'mymaster', '--for', '1s', '--yes'], ['resume', 'mymaster', '--yes']])(
    '%s takes host and port as two words', (tool, ...rest) => {
      expect(run(tool, ...addressOf(fleet, 0), ...rest)).toMatchObject({ stderr: '' })
    },
  )

  it.each([['explain'], ['history'], ['pause', '--for', '1s'], ['resume'], ['failover'], ['switchover']])(
    '%s lists the masters when the name is wrong', (tool, ...options) => {
      for (const at of tool === 'history' ? [0] : [0, 1]) {
        const { status, stderr } = run(tool, addressOf(fleet, at).join(':'), 'mymastr', ...options)
        expect(status).toBe(2)
        expect(stderr).toContain('it monitors no master named "mymastr"; its masters are mymaster\n')
      }
    },
  )
})
