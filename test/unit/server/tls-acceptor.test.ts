/** Connections whose handshake is not over must not take more than their share: config.md 4.2, `maxclients`. */
import { mkdtempSync, readFileSync, rmSync } from 'node:fs'
import { connect as connectPlain, type Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { connect, type SecureContextOptions, type TLSSocket } from 'node:tls'

import { afterAll, afterEach, beforeAll, describe, expect, it } from 'vitest'

import { CertificateAuthority, within, type CertificateFiles } from '../../../src/harness/index.ts'
import { tlsAcceptor, type TlsAcceptorOptions } from '../../../src/server/index.ts'
import { startServer, type TestServer } from './test-server.ts'

const WAIT_MS = 5_000

let folder = ''
let authority: CertificateAuthority
let node: CertificateFiles
let server: TestServer | undefined
const opened: Socket[] = []

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'tls-acceptor-'))
  authority = new CertificateAuthority(folder)
  node = authority.issue('node')
})

afterEach(async () => {
  for (const socket of opened.splice(0)) socket.destroy()
  await server?.stop()
})

afterAll(() => { rmSync(folder, { recursive: true, force: true }) })

const contexts = new Map<CertificateFiles, SecureContextOptions>()

/** The same object for the same certificate. */
function contextOf(files: CertificateFiles): SecureContextOptions {
  const [cert, key, ca] = [files.cert, files.key, authority.cert].map((file) => readFileSync(file))
  const context = contexts.get(files) ?? { cert, key, ca }
  contexts.set(files, context)
  return context
}

async function start(maxClients: number, tls: Partial<TlsAcceptorOptions> = {}): Promise<TestServer> {
  const acceptor = tlsAcceptor({
    context: () => contextOf(node),
    clientCertificate: 'no',
    ...tls,
  })
  const listener = { kind: 'tls' as const, bind: ['127.0.0.1', '127.0.0.2'], port: 0, backlog: 511, acceptor }
  server = await startServer({ maxClients, listeners: [listener] })
  return server
}

/** A connection that never says anything. */
async function silent(port: number, host = '127.0.0.1'): Promise<Socket> {
  const socket = connectPlain({ host, port })
  opened.push(socket)
  socket.on('error', () => undefined)
  socket.resume()
  await within('the connection', WAIT_MS, new Promise<void>((resolve) => {
    socket.once('connect', () => { resolve() })
  }))
  return socket
}

function encrypted(port: number): TLSSocket {
  const socket = connect({ host: '127.0.0.1', port, ...authority.endpoint() })
  opened.push(socket)
  socket.on('error', () => undefined)
  return socket
}

function closed(socket: Socket): Promise<void> {
  return within('the end of the connection', WAIT_MS, new Promise<void>((resolve) => {
    if (socket.destroyed) resolve()
    else socket.once('close', () => { resolve() })
  }))
}

/** The next thing that comes. */
function heard(socket: TLSSocket): Promise<string> {
  return within('the answer', WAIT_MS, new Promise<string>((resolve) => {
    socket.once('data', (data: Buffer) => { resolve(data.toString()) })
  }))
}

function answer(socket: TLSSocket, request: string): Promise<string> {
  socket.write(request)
  return heard(socket)
}

describe('a TLS listener', () => {
  it('counts connections that wait for their handshake, on all its addresses', async () => {
    const { port } = await start(2)
    await silent(port)
    await silent(port, '127.0.0.2')
    const third = await silent(port)
    await closed(third)
  })

  it('accepts connections again when these have ended', async () => {
    const { port, server: { clients } } = await start(1)
    const first = encrypted(port)
    expect(await answer(first, 'PING\r\n')).toBe('+PONG\r\n')
    expect(clients.count).toBe(1)
    await closed(await silent(port))
    first.destroy()
    await expect.poll(() => clients.count, { timeout: WAIT_MS }).toBe(0)
    expect(await answer(encrypted(port), 'PING\r\n')).toBe('+PONG\r\n')
  })

  it('ends a handshake that takes too long, and logs it', async () => {
    const { port, log } = await start(10, { handshakeMs: 50 })
    await closed(await silent(port))
    await expect.poll(() => log.map(({ text }) => text).join('\n'), { timeout: WAIT_MS })
      .toMatch(/Error accepting a client connection: TLS handshake timed out \(addr=127\.0\.0\.1:\d+ laddr=/)
  })

  it('can be closed with connections in every state', async () => {
    const { port, server: listening } = await start(10)
    const waiting = await silent(port)
    const ready = encrypted(port)
    await answer(ready, 'PING\r\n')
    await within('the end', WAIT_MS, listening.close())
    await Promise.all([closed(waiting), closed(ready)])
  })

  it('uses another certificate for new connections, and those that exist stay', async () => {
    let files = node
    const { port } = await start(10, { context: () => contextOf(files) })
    const before = encrypted(port)
    expect(await answer(before, 'PING\r\n')).toBe('+PONG\r\n')
    files = authority.issue('renewed')
    const after = encrypted(port)
    expect(await answer(after, 'PING\r\n')).toBe('+PONG\r\n')
    expect([before, after].map((socket) => socket.getPeerCertificate().subject.CN)).toEqual(['node', 'renewed'])
    expect(await answer(before, 'PING\r\n')).toBe('+PONG\r\n')
  })

  it('answers what a client sent before it ended its side', async () => {
    const { port } = await start(10)
    const socket = encrypted(port)
    socket.end('PING\r\n')
    expect(await heard(socket)).toBe('+PONG\r\n')
    await closed(socket)
  })
})
