/** What a bad TLS configuration says at the start, beside the genuine program: config.md 4.2. */
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { CertificateAuthority, encryptKey, Workspace, type CertificateFiles } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

let workspace: Workspace
let authority: CertificateAuthority
let node: CertificateFiles
let other: CertificateFiles
let encrypted: string
let junk: string
let runs = 0

beforeAll(() => {
  workspace = new Workspace('tls-start')
  authority = new CertificateAuthority(workspace.folder)
  node = authority.issue('node')
  other = authority.issue('other')
  encrypted = encryptKey(node, 'secret')
  junk = join(workspace.folder, 'junk')
  writeFileSync(junk, 'nothing of use\n')
})
afterAll(async () => { await workspace.remove() })

async function start(kind: 'ours' | 'genuine', lines: readonly string[]): Promise<Program> {
  const cwd = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(cwd)
  writeFileSync(join(cwd, 'sentinel.conf'), [
    'port 0', `tls-port ${await workspace.claimPort()}`, 'bind 127.0.0.1', ...lines, '',
  ].join('\n'))
  return new Program(kind, workspace, { cwd, args: ['sentinel.conf'] })
}

const full = () => [`tls-cert-file ${node.cert}`, `tls-key-file ${node.key}`, `tls-ca-cert-file ${authority.cert}`]

/** What a start that fails says about its failure. */
async function refusal(kind: 'ours' | 'genuine', lines: readonly string[]) {
  const program = await start(kind, lines)
  const { code } = await program.end()
  // Three lines say who starts. The newer release of the specification comes to TLS after the line about the clock.
  const messages = program.messages().slice(3).filter((line) => !line.startsWith('monotonic clock'))
  return { code, messages }
}

describe('a TLS configuration that is refused', () => {
  const cases: readonly [string, () => string[]][] = [
    ['no certificate', () => []],
    ['no key', () => [`tls-cert-file ${node.cert}`]],
    ['no authority', () => full().slice(0, 2)],
    ['no authority for optional certificates', () => [...full().slice(0, 2), 'tls-auth-clients optional']],
    ['no authority for links', () => [...full().slice(0, 2), 'tls-auth-clients no', 'tls-replication yes']],
    ['a certificate that is not there', () => [...full(), 'tls-cert-file /nowhere/node.crt']],
    ['a certificate that is none', () => [...full(), `tls-cert-file ${junk}`]],
    ['a folder as certificate', () => [...full(), 'tls-cert-file /tmp']],
    ['a key that is not there', () => [...full(), 'tls-key-file /nowhere/node.key']],
    ['a key that is none', () => [...full(), `tls-key-file ${junk}`]],
    ['the key of another certificate', () => [...full(), `tls-key-file ${other.key}`]],
    ['a wrong pass phrase', () => [...full(), `tls-key-file ${encrypted}`, 'tls-key-file-pass wrong']],
    ['no pass phrase', () => [...full(), `tls-key-file ${encrypted}`]],
    ['an authority that is not there', () => [...full(), 'tls-ca-cert-file /nowhere/ca.crt']],
    ['an authority that is none', () => [...full(), `tls-ca-cert-file ${junk}`]],
    ['an unknown protocol', () => [...full(), 'tls-protocols TLSv1.4']],
    ['one unknown protocol', () => [...full(), 'tls-protocols "TLSv1.2 x"']],
    ['no protocol', () => [...full(), 'tls-protocols " "']],
    ['unknown ciphers', () => [...full(), 'tls-ciphers FOO']],
    ['unknown suites', () => [...full(), 'tls-ciphersuites FOO']],
    ['DH parameters that are not there', () => [...full(), 'tls-dh-params-file /nowhere/dh.pem']],
    ['DH parameters that are none', () => [...full(), `tls-dh-params-file ${junk}`]],
    ['a client certificate that is not there', () => [...full(), 'tls-client-cert-file /nowhere/a', 'tls-client-key-file /nowhere/b']],
    ['the key of another client', () => [...full(), `tls-client-cert-file ${node.cert}`, `tls-client-key-file ${other.key}`]],
    ['a client key without its own pass phrase', () => [
      ...full(), `tls-client-cert-file ${node.cert}`, `tls-client-key-file ${encrypted}`, 'tls-key-file-pass secret',
    ]],
  ]

  it.each(cases)('has the message and the status of the genuine program: %s', async (_title, lines) => {
    const [ours, genuine] = await Promise.all([refusal('ours', lines()), refusal('genuine', lines())])
    expect(ours.code).toBe(genuine.code)
    expect(ours.messages[0]).toBe(genuine.messages[0])
    expect(ours.messages.at(-1)).toBe('Failed to configure TLS. Check logs for more info.')
    expect(genuine.messages).toHaveLength(2)
    // Ours may add one line that says what to do.
    expect(ours.messages.length).toBeLessThanOrEqual(3)
  })

  it('gets one more line that names the option to set', async () => {
    const { messages } = await refusal('ours', [...full(), `tls-key-file ${encrypted}`])
    expect(messages[1]).toContain('tls-key-file-pass')
  })
})

describe('a TLS configuration that is accepted', () => {
  const cases: readonly [string, () => string[]][] = [
    ['an encrypted key with its pass phrase', () => [...full(), `tls-key-file ${encrypted}`, 'tls-key-file-pass secret']],
    ['a pass phrase that is not needed', () => [...full(), 'tls-key-file-pass secret']],
    ['no authority where client certificates are not checked', () => [...full().slice(0, 2), 'tls-auth-clients no']],
    ['an authority folder that is not there', () => [...full().slice(0, 2), 'tls-ca-cert-dir /nowhere']],
    ['half a client certificate', () => [...full(), 'tls-client-cert-file /nowhere/a']],
    ['protocols in any case', () => [...full(), 'tls-protocols "tlsv1.2 TLSV1.3"']],
    ['an empty list of protocols', () => [...full(), 'tls-protocols ""']],
    ['a known cipher among unknown ones', () => [...full(), 'tls-ciphers FOO:ECDHE-ECDSA-AES128-GCM-SHA256']],
    ['a known suite among unknown ones', () => [...full(), 'tls-ciphersuites FOO:TLS_AES_128_GCM_SHA256']],
  ]

  it.each(cases)('starts both programs: %s', async (_title, lines) => {
    for (const kind of ['ours', 'genuine'] as const) {
      const program = await start(kind, lines())
      await program.logged('Running mode=sentinel')
      expect(program.stdout).not.toContain('TLS')
      await program.endBy('SIGTERM')
    }
  })
})
