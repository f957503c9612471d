import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { CertificateAuthority } from '../../../../src/harness/index.ts'
import { parseCheckOptions } from '../../../../src/cli/check/options.ts'

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'check-options-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('the options of check', () => {
  it('have no TLS and no login by default, so that the file decides', () => {
    expect(parseCheckOptions(['sentinel.conf'])).toMatchObject({ files: ['sentinel.conf'], admin: undefined, tls: undefined })
  })

  it('take the login under both names', () => {
    const pass = file('pass', 'secret\n')
    const admin = { user: 'root', password: 'secret' }
    expect(parseCheckOptions(['f', '--user', 'root', '--pass-file', pass])).toMatchObject({ admin })
    expect(parseCheckOptions(['f', '--admin-user', 'root', '--admin-password-file', pass])).toMatchObject({ admin })
  })

  it('read certificates in the place of those of the file', () => {
    const authority = new CertificateAuthority(folder)
    const { cert, key } = authority.issue('ops')
    const args = ['--cacert', authority.cert, '--cert', cert, '--key', key, '--sni', 'redis']
    expect(parseCheckOptions(['f', ...args]).tls)
      .toMatchObject({ ca: readFileSync(authority.cert), cert: readFileSync(cert), servername: 'redis' })
  })

  it.each([
    [['f', '--user', 'root'], '--user needs --pass-file'],
    [['f', '--admin-user', 'root'], '--admin-user needs --admin-password-file'],
    [['f', '--cert', 'x'], '--cert needs --key'],
    [['f', '--cacert', '/missing/ca'], '--cacert /missing/ca cannot be read'],
    [[], 'FILE, the configuration file, is missing'],
  ])('are refused with the reason: %j', (args, words) => {
    expect(() => parseCheckOptions(args)).toThrow(words)
  })
})
