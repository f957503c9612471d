/** From the directives to what Node needs: config.md 4.2. */
import { copyFileSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { loadTlsFor } from '../../../src/daemon/index.ts'
import { LiveTls } from '../../../src/daemon/live-tls.ts'
import { cipherList, cipherSuites, protocolOptions } from '../../../src/daemon/tls-options.ts'
import { readTrust } from '../../../src/daemon/tls-files.ts'
import { CertificateAuthority, type CertificateFiles } from '../../../src/harness/index.ts'
import { settingsOf } from './settings-of.ts'

let folder = ''
let authority: CertificateAuthority
let node: CertificateFiles
let client: CertificateFiles

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-settings-'))
  authority = new CertificateAuthority(folder)
  node = authority.issue('node')
  client = authority.issue('client')
})
afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const load = (...lines: readonly string[]) => new LiveTls(settingsOf(lines.join('\n')))
const shown = ({ incoming, outgoing, obstacles }: LiveTls) => ({ incoming, outgoing, obstacles })
const full = () => [`tls-cert-file ${node.cert}`, `tls-key-file ${node.key}`, `tls-ca-cert-file ${authority.cert}`]

describe('tls-protocols', () => {
  it.each([
    [undefined, 'TLSv1.2', 'TLSv1.3', 0],
    ['TLSv1.3', 'TLSv1.3', 'TLSv1.3', 0],
    ['  tlsv1.2   TLSV1.1 ', 'TLSv1.1', 'TLSv1.2', 0],
    // 0x08000000 switches TLSv1.2 off.
    ['TLSv1.1 TLSv1.3', 'TLSv1.1', 'TLSv1.3', 0x0800_0000],
  ])('sets the oldest and the newest protocol by %s', (names, minVersion, maxVersion, secureOptions) => {
    expect(protocolOptions(names)).toEqual({ minVersion, maxVersion, secureOptions })
  })

  it.each(['TLSv1.4', 'TLSv1.2 x', ' ', 'SSLv3', 'TLSv1.2,TLSv1.3'])('is refused with %j, which names no protocol', (names) => {
    expect(protocolOptions(names)).toBeUndefined()
  })
})

describe('the lists of ciphers', () => {
  it('hold their own kinds of ciphers, and have a default', () => {
    expect(cipherList('A:TLS_AES_128_GCM_SHA256,B C')).toBe('A:B:C')
    expect(cipherSuites('FOO:TLS_AES_128_GCM_SHA256')).toBe('TLS_AES_128_GCM_SHA256')
    expect(cipherList(undefined)).toContain('ECDHE')
    expect(cipherSuites(undefined)).toContain('TLS_AES_256_GCM_SHA384')
  })

  it('are refused when they have no usable cipher', () => {
    expect(cipherList('TLS_AES_128_GCM_SHA256')).toBeUndefined()
    expect(cipherSuites('FOO')).toBeUndefined()
  })
})

describe('the TLS configuration', () => {
  it('is not read while nothing uses TLS', () => {
    expect(shown(load('tls-cert-file /nowhere'))).toEqual({ incoming: undefined, outgoing: undefined, obstacles: [] })
  })

  it('serves the listener, the links, or both', () => {
    expect(shown(load('tls-port 1', ...full()))).toMatchObject({ incoming: { clientCertificate: 'yes' }, outgoing: undefined })
    expect(shown(load('tls-replication yes', ...full()))).toMatchObject({
      incoming: undefined, outgoing: { rejectUnauthorized: true }, obstacles: [],
    })
    expect(shown(load('tls-cluster yes', ...full()))).toEqual({ incoming: undefined, outgoing: undefined, obstacles: [] })
    expect(load('tls-cluster yes').obstacles[0]).toBe('No tls-cert-file configured!')
  })

  it('uses the client certificate for links only if its key is named as well', () => {
    const both = [`tls-client-cert-file ${client.cert}`, 'tls-client-key-file /nowhere']
    expect(load('tls-replication yes', ...full(), both[0] ?? '').obstacles).toEqual([])
    expect(load('tls-replication yes', ...full(), ...both).obstacles[0]).toMatch(/^Failed to load private key: \/nowhere: /)
  })

  it('does not compare host names, because links go to addresses', () => {
    const { outgoing } = load('tls-replication yes', ...full())
    expect(outgoing?.checkServerIdentity?.('anything', {} as never)).toBeUndefined()
  })

  it('can be read again: other settings of files are used, all others wait for the next start', () => {
    const tls = load('tls-port 1', 'tls-replication yes', ...full())
    const [incoming, before] = [tls.incoming, tls.incoming?.context()]
    const again = (...lines: readonly string[]) => tls.read(settingsOf(lines.join('\n')).tls)
    expect(again(...full())).toMatchObject({ problem: undefined, changes: [] })
    expect(again()).toMatchObject({ problem: 'No tls-cert-file configured!' })

    const named = ['tls-replication no', 'tls-auth-clients no', `tls-client-cert-file ${client.cert}`, `tls-client-key-file ${client.key}`]
    const { changes, use } = again(...full(), ...named)
    expect(changes).toEqual([
      expect.stringMatching(/^the certificate of tls-client-cert-file \/.* changed: CN=client, valid until \d{4}-\d\d-\d\dT/),
    ])
    expect(incoming?.context()).toBe(before)
    use()
    expect(incoming?.context()).not.toBe(before)
    expect(tls.settings).toMatchObject({ replication: true, authClients: 'yes', clientCertFile: client.cert })
  })

  it('reads the files of a CA folder that are named by their hash', () => {
    const directory = join(folder, 'trusted')
    mkdirSync(directory)
    copyFileSync(authority.cert, join(directory, '0a1b2c3d.0'))
    copyFileSync(authority.cert, join(directory, 'not-hashed.crt'))
    writeFileSync(join(directory, '0a1b2c3e.0'), 'junk')
    mkdirSync(join(directory, '0a1b2c3f.0'))
    expect(readTrust(undefined, directory)).toHaveLength(1)
    expect(readTrust(authority.cert, directory)).toHaveLength(2)
    expect(readTrust(undefined, join(folder, 'missing'))).toEqual([])
  })
})

describe('TLS of a program that is no sentinel', () => {
  const loadFor = (use: Parameters<typeof loadTlsFor>[1], ...lines: readonly string[]) => loadTlsFor(settingsOf(lines.join('\n')).tls, use)
  const OUTGOING = { incoming: false, outgoing: true }

  it('needs no certificate of its own for outgoing connections', () => {
    expect(loadFor(OUTGOING, `tls-ca-cert-file ${authority.cert}`)).toMatchObject({ incoming: undefined, outgoing: { rejectUnauthorized: true } })
    expect(loadFor(OUTGOING, ...full())).toMatchObject({ incoming: undefined, outgoing: { rejectUnauthorized: true } })
  })

  it('reads nothing when it is not used, and reports what cannot be read', () => {
    expect(loadFor({ incoming: false, outgoing: false }, 'tls-ca-cert-file /nowhere')).toMatchObject({ incoming: undefined, outgoing: undefined })
    expect(loadFor(OUTGOING, 'tls-ca-cert-file /nowhere')).toHaveProperty('message', expect.stringContaining('No such file'))
    expect(loadFor({ incoming: true, outgoing: false })).toHaveProperty('message', 'No tls-cert-file configured!')
  })
})
