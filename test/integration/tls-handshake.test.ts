/** Who gets through a TLS port, and what the log says of the others: config.md 4.2. */
import { execFile } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { connect as connectPlain } from 'node:net'
import { join } from 'node:path'
import { connect, type ConnectionOptions } from 'node:tls'
import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { CertificateAuthority, encryptKey, within, Workspace, type CertificateFiles } from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

const CLIENT_MS = 5_000

let workspace: Workspace
let authority: CertificateAuthority
let strangers: CertificateAuthority
let node: CertificateFiles
let client: CertificateFiles
let expired: CertificateFiles
let stranger: CertificateFiles
let runs = 0
let running: Program | undefined

beforeAll(() => {
  workspace = new Workspace('tls-handshake')
  authority = new CertificateAuthority(workspace.folder)
  strangers = new CertificateAuthority(workspace.folder, 'strangers')
  node = authority.issue('node')
  client = authority.issue('client')
  expired = authority.issue('expired', { expired: true })
  stranger = strangers.issue('stranger')
})
afterEach(async () => {
  await running?.endBy('SIGKILL')
  running = undefined
})
afterAll(async () => { await workspace.remove() })

interface Target {
  readonly port: number
  readonly plainPort: number
  readonly program: Program
}

async function start(...lines: readonly string[]): Promise<Target> {
  const cwd = join(workspace.folder, `run-${runs += 1}`)
  mkdirSync(cwd)
  const [port, plainPort] = [await workspace.claimPort(), await workspace.claimPort()]
  writeFileSync(join(cwd, 'sentinel.conf'), [
    `tls-port ${port}`, `port ${plainPort}`, 'bind 127.0.0.1', `tls-cert-file ${node.cert}`, `tls-key-file ${node.key}`,
    `tls-ca-cert-file ${authority.cert}`, ...lines, '',
  ].join('\n'))
  const program = new Program('ours', workspace, { cwd, args: ['sentinel.conf'] })
  running = program
  await program.logged('Sentinel ID is')
  return { port, plainPort, program }
}

/** What redis-cli prints, on both of its outputs. */
function redisCli(port: number, ...args: readonly string[]): Promise<string> {
  return new Promise((resolve) => {
    execFile('redis-cli', ['-p', String(port), ...args, 'PING'], { timeout: CLIENT_MS }, (_error, stdout, stderr) => {
      resolve((stdout + stderr).trim())
    })
  })
}

function tlsArgs(files?: CertificateFiles, trusted = authority): string[] {
  return ['--tls', '--cacert', trusted.cert, ...(files === undefined ? [] : ['--cert', files.cert, '--key', files.key])]
}

/** The error of a client that is not let in, or what PING was answered with. */
function ping(port: number, options: ConnectionOptions): Promise<string> {
  return within('an answer or an error', CLIENT_MS, new Promise((resolve) => {
    const socket = connect({ host: '127.0.0.1', port, ...authority.endpoint(client), ...options })
    socket.on('error', (error: Error) => { resolve(error.message) })
    socket.on('close', () => { resolve('closed') })
    socket.on('data', (data: Buffer) => {
      resolve(`${data.toString().trim()} ${socket.getProtocol()} ${socket.getCipher().standardName}`)
      socket.destroy()
    })
    socket.write('PING\r\n')
  }))
}

const FROM = String.raw`\(addr=127\.0\.0\.1:\d+ laddr=127\.0\.0\.1:\d+\)`

describe('client certificates', () => {
  it('are required by tls-auth-clients yes, and a plain port beside it needs none', async () => {
    const { port, plainPort, program } = await start()
    expect(await redisCli(port, ...tlsArgs(client))).toBe('PONG')
    expect(await redisCli(plainPort)).toBe('PONG')
    for (const files of [undefined, stranger, expired]) expect(await redisCli(port, ...tlsArgs(files))).not.toContain('PONG')
    await program.logged('peer did not return a certificate')
    await program.logged('certificate verify failed: cert has expired')
    expect(program.stdout).toMatch(new RegExp(
      `Error accepting a client connection: error:0A0000C7:SSL routines::peer did not return a certificate ${FROM}`,
    ))
    expect(program.stdout.match(new RegExp(`error:0A000086:SSL routines::certificate verify failed.* ${FROM}`, 'g'))).toHaveLength(2)
  })

  it('are not reached when the client rejects the certificate of the sentinel, which the log reports', async () => {
    const { port, program } = await start()
    expect(await redisCli(port, ...tlsArgs(client, strangers))).toContain('certificate verify failed')
    await program.logged('Error accepting a client connection: error:0A000418:SSL routines::tlsv1 alert unknown ca')
  })

  it('may be missing with tls-auth-clients optional, but not be invalid', async () => {
    const { port } = await start('tls-auth-clients optional')
    expect(await redisCli(port, ...tlsArgs())).toBe('PONG')
    expect(await redisCli(port, ...tlsArgs(client))).toBe('PONG')
    for (const files of [stranger, expired]) expect(await redisCli(port, ...tlsArgs(files))).not.toContain('PONG')
  })

  it('are not checked with tls-auth-clients no', async () => {
    const { port } = await start('tls-auth-clients no')
    for (const files of [undefined, client, stranger, expired]) expect(await redisCli(port, ...tlsArgs(files))).toBe('PONG')
  })

  it('are verified also where the key of the sentinel is encrypted', async () => {
    const { port } = await start(`tls-key-file ${encryptKey(node, 'se cret')}`, 'tls-key-file-pass "se cret"')
    expect(await redisCli(port, ...tlsArgs(client))).toBe('PONG')
  })
})

describe('protocols and ciphers', () => {
  it('are refused unless tls-protocols names the protocol', async () => {
    const { port, program } = await start('tls-protocols TLSv1.3')
    expect(await ping(port, {})).toContain('+PONG TLSv1.3')
    expect(await ping(port, { maxVersion: 'TLSv1.2' })).toContain('alert protocol version')
    await program.logged('error:0A000102:SSL routines::unsupported protocol')
  })

  it('are refused unless tls-ciphers or tls-ciphersuites names the cipher', async () => {
    const { port, program } = await start(
      'tls-ciphersuites TLS_CHACHA20_POLY1305_SHA256', 'tls-ciphers ECDHE-ECDSA-AES128-GCM-SHA256',
    )
    expect(await ping(port, {})).toBe('+PONG TLSv1.3 TLS_CHACHA20_POLY1305_SHA256')
    expect(await ping(port, { maxVersion: 'TLSv1.2' })).toBe('+PONG TLSv1.2 TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256')
    expect(await ping(port, { maxVersion: 'TLSv1.2', ciphers: 'ECDHE-ECDSA-AES256-GCM-SHA384' }))
      .toContain('alert handshake failure')
    await program.logged('error:0A0000C1:SSL routines::no shared cipher')
  })

  it.each([['no', 'TLS_ECDHE_ECDSA_WITH_AES_256_GCM_SHA384'], ['yes', 'TLS_ECDHE_ECDSA_WITH_AES_128_GCM_SHA256']])(
    'are chosen in the order of tls-prefer-server-ciphers %s', async (value, expected) => {
      const { port } = await start(
        `tls-prefer-server-ciphers ${value}`, 'tls-ciphers ECDHE-ECDSA-AES128-GCM-SHA256:ECDHE-ECDSA-AES256-GCM-SHA384',
      )
      const ciphers = 'ECDHE-ECDSA-AES256-GCM-SHA384:ECDHE-ECDSA-AES128-GCM-SHA256'
      expect(await ping(port, { maxVersion: 'TLSv1.2', ciphers })).toBe(`+PONG TLSv1.2 ${expected}`)
    },
  )
})

describe('a connection to the wrong port', () => {
  it.each([
    ['plain requests', 'PING\r\n', 'error:0A00010B:SSL routines::wrong version number'],
    ['HTTP', 'GET / HTTP/1.0\r\n\r\n', 'error:0A00009C:SSL routines::http request'],
    ['a connection that ends at once', '', 'error:0A000126:SSL routines::unexpected eof while reading'],
  ])('is logged when the TLS port receives %s', async (_title, bytes, reason) => {
    const { port, program } = await start()
    await within('the end of the connection', CLIENT_MS, new Promise<void>((resolve) => {
      const socket = connectPlain({ host: '127.0.0.1', port }, () => {
        if (bytes === '') socket.end()
        else socket.write(bytes)
      })
      socket.on('error', () => undefined)
      socket.on('close', () => { resolve() })
      socket.resume()
    }))
    await program.logged(`Error accepting a client connection: ${reason}`)
    expect(await redisCli(port, ...tlsArgs(client))).toBe('PONG')
  })

  it('fails when the plain port receives TLS, and the TLS port still answers', async () => {
    const { port, plainPort } = await start()
    expect(await redisCli(plainPort, ...tlsArgs(client))).toContain('SSL_connect failed')
    expect(await redisCli(port, ...tlsArgs(client))).toBe('PONG')
  })
})
