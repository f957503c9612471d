import { mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { parseArgs } from 'node:util'

import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { parseNodeAddress } from '../../../src/cli/connection/address.ts'
import { CONNECTION_OPTIONS, readConnection } from '../../../src/cli/connection/connection-options.ts'
import { UsageError } from '../../../src/cli/connection/errors.ts'
import { loadTlsFiles } from '../../../src/cli/connection/tls-files.ts'
import { CertificateAuthority, encryptKey } from '../../../src/harness/index.ts'

let folder: string

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'connection-'))
  vi.stubEnv('REDISCLI_AUTH', '')
})
afterEach(() => {
  rmSync(folder, { recursive: true, force: true })
  vi.unstubAllEnvs()
})

function parse(...args: readonly string[]) {
  const { values, positionals } = parseArgs({ args: [...args], options: CONNECTION_OPTIONS, allowPositionals: true })
  return readConnection(values, positionals)
}

function file(name: string, text: string): string {
  const path = join(folder, name)
  writeFileSync(path, text)
  return path
}

describe('the options that reach a sentinel', () => {
  it.each([
    ['10.0.0.1:26380', '10.0.0.1', 26_380], ['sentinel-1', 'sentinel-1', 26_379], ['[::1]:5000', '::1', 5000], ['[::1]', '::1', 26_379],
  ])('read the address %s', (text, host, port) => {
    expect(parse(text, 'mymaster')).toMatchObject({ connection: { host, port, login: { tls: undefined } }, rest: ['mymaster'] })
  })

  it.each([
    ['redis://10.0.0.1:26380', { host: '10.0.0.1', port: 26_380, login: { user: undefined, password: undefined, tls: undefined } }],
    ['redis://10.0.0.1', { host: '10.0.0.1', port: 26_379 }],
    ['redis://secret@10.0.0.1', { login: { user: undefined, password: 'secret' } }],
    ['redis://:secret@10.0.0.1', { login: { user: undefined, password: 'secret' } }],
    ['redis://ops:a%40b%3A%2F%25@[::1]:1/0', { host: '::1', port: 1, login: { user: 'ops', password: 'a@b:/%' } }],
    ['redis://ops:p@ss@h:1', { host: 'h', login: { user: 'ops', password: 'p@ss' } }],
    ['rediss://h:1', { login: { tls: { cacert: undefined } } }],
  ])('read the URI %s, and take no argument as the address then', (uri, connection) => {
    expect(parse('-u', uri, 'mymaster')).toMatchObject({ connection, rest: ['mymaster'] })
  })

  it('take the password of a file before that of the URI, and that before the one of the environment', () => {
    vi.stubEnv('REDISCLI_AUTH', 'of the environment')
    const pass = file('pass', 'of the file\r\nnot this line\n')
    expect(parse('h').connection.login.password).toBe('of the environment')
    expect(parse('-u', 'redis://u:uri@h').connection.login.password).toBe('uri')
    expect(parse('-u', 'redis://u:uri@h', '--user', 'v', '--pass-file', pass).connection.login)
      .toMatchObject({ user: 'v', password: 'of the file' })
    expect(parse('h', '--password-file', pass).connection.login.password).toBe('of the file')
  })

  it.each([[['--cacert', 'x']], [['--cert', 'x', '--key', 'y']], [['--sni', 'redis']], [['--tls']]])('connect with TLS when %j is given', (args) => {
    expect(parse('h', ...args).connection.login.tls).toBeDefined()
  })

  it('hand the files and the server name to the connection', () => {
    const authority = new CertificateAuthority(folder)
    const { cert, key } = authority.issue('ops')
    const { tls } = parse('h', '--cacert', authority.cert, '--cert', cert, '--key', key, '--sni', 'redis.internal').connection.login
    expect(tls && loadTlsFiles(tls)).toMatchObject({
      ca: readFileSync(authority.cert), cert: readFileSync(cert), key: readFileSync(key), servername: 'redis.internal',
    })
  })

  it('name a key that is encrypted', () => {
    const files = new CertificateAuthority(folder).issue('ops')
    const key = encryptKey(files, 'secret')
    const { tls } = parse('h', '--cert', files.cert, '--key', key).connection.login
    expect(() => tls && loadTlsFiles(tls)).toThrow(`--key ${key} is encrypted`)
  })

  it.each([
    [['10.0.0.1', '26380', 'mymaster'], 26_380, ['mymaster']], [['10.0.0.1:26380', '26381'], 26_380, ['26381']],
    [['10.0.0.1', 'mymaster', '5'], 26_379, ['mymaster', '5']], [['::1', '5000'], 5000, []],
  ])('take a number after a host without a port as the port: %j', (args, port, rest) => {
    expect(parse(...args)).toMatchObject({ connection: { port }, rest })
  })

  it.each([
    [[], 'the address of a sentinel, is missing'],
    [['h:0'], 'is not HOST[:PORT]'],
    [['h:1:2'], 'is not HOST[:PORT]'],
    [['-u', 'http://h'], '-u must be redis://'],
    [['-u', 'redis://'], '-u must be redis://'],
    [['-u', 'redis://u:%zz@h'], 'percent sign'],
    [['h', '--cert', 'x'], '--cert needs --key'],
    [['h', '--key', 'x'], '--key needs --cert'],
    [['h', '--pass-file', '/missing/file'], '--pass-file /missing/file cannot be read: No such file or directory'],
  ])('are refused with the reason: %j', (args, words) => {
    expect(() => parse(...args)).toThrow(UsageError)
    expect(() => parse(...args)).toThrow(words)
  })

  it('do not repeat a password that a malformed URI holds', () => {
    expect(() => parse('-u', 'redis://ops:secret@')).toThrow(/^((?!secret).)*$/)
  })

  it('name the option of a certificate that cannot be read', () => {
    const { tls } = parse('h', '--cacert', '/missing/ca.crt').connection.login
    expect(() => tls && loadTlsFiles(tls)).toThrow('--cacert /missing/ca.crt cannot be read: No such file or directory')
  })
})

describe('the address of a data node', () => {
  it('needs a port, because data nodes have many', () => {
    expect(parseNodeAddress('--to', '10.0.0.2:6379')).toEqual({ host: '10.0.0.2', port: 6379 })
    expect(() => parseNodeAddress('--to', '10.0.0.2')).toThrow('--to must be HOST:PORT, not "10.0.0.2"')
    expect(() => parseNodeAddress('--to', 'x:99999')).toThrow('--to must be HOST:PORT')
  })
})
