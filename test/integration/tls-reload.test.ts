/** SIGHUP: renewed certificates are used by new connections in both directions, and no connection is lost. */
import { copyFileSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { connect, createServer, type TLSSocket } from 'node:tls'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  CertificateAuthority, eventually, notYet, within, Workspace, type CertificateFiles, type TlsEndpoint,
} from '../../src/harness/index.ts'
import { Program } from './process-program.ts'

const WAIT_MS = 10_000
const PONG = '+PONG\r\n'

let workspace: Workspace
let [oldAuthority, newAuthority]: CertificateAuthority[] = []
let [oldClient, newClient]: TlsEndpoint[] = []
let node: FakeMaster
let program: Program
let port: number
const clients: TLSSocket[] = []

/** Accepts links, answers nothing, and keeps who came. */
class FakeMaster {
  readonly links: TLSSocket[] = []
  readonly #server

  constructor(files: CertificateFiles, trusted: readonly CertificateAuthority[], nodePort: number) {
    const ca = trusted.map(({ cert }) => readFileSync(cert))
    const context = { cert: readFileSync(files.cert), key: readFileSync(files.key), ca }
    this.#server = createServer({ ...context, requestCert: true }, (socket) => {
      socket.on('error', () => undefined)
      socket.resume()
      this.links.push(socket)
    }).listen(nodePort, '127.0.0.1')
  }

  /** The common names of the links that are open, the oldest first. */
  names(): (string | undefined)[] {
    return this.links.filter((socket) => !socket.destroyed).map((socket) => nameOf(socket))
  }

  close(): void {
    for (const socket of this.links) socket.destroy()
    this.#server.close()
  }
}

beforeAll(async () => {
  workspace = new Workspace('tls-reload')
  oldAuthority = new CertificateAuthority(workspace.folder, 'old-ca')
  newAuthority = new CertificateAuthority(workspace.folder, 'new-ca')
  const [nodePort, sentinelPort] = [await workspace.claimPort(), await workspace.claimPort()]
  port = sentinelPort
  node = new FakeMaster(oldAuthority.issue('master'), [oldAuthority, newAuthority], nodePort)
  const trusted = readFileSync(oldAuthority.cert, 'utf8') + readFileSync(newAuthority.cert, 'utf8')
  oldClient = { ...oldAuthority.endpoint(oldAuthority.issue('old-client')), ca: Buffer.from(trusted) }
  newClient = { ...newAuthority.endpoint(newAuthority.issue('new-client')), ca: Buffer.from(trusted) }
  install(oldAuthority.issue('before'))
  copyFileSync(oldAuthority.cert, inFolder('ca.crt'))
  writeFileSync(inFolder('sentinel.conf'), [
    'port 0', `tls-port ${port}`, 'bind 127.0.0.1', 'tls-replication yes', `tls-cert-file ${inFolder('tls.crt')}`,
    `tls-key-file ${inFolder('tls.key')}`, `tls-ca-cert-file ${inFolder('ca.crt')}`,
    `sentinel monitor mymaster 127.0.0.1 ${nodePort} 1`, 'sentinel down-after-milliseconds mymaster 600000', '',
  ].join('\n'))
  program = new Program('ours', workspace, { cwd: workspace.folder, args: ['sentinel.conf'] })
  await program.logged('+monitor master mymaster')
}, 60_000)

afterAll(async () => {
  for (const socket of clients) socket.destroy()
  await program?.endBy('SIGKILL')
  node?.close()
  await workspace?.remove()
})

const inFolder = (name: string) => join(workspace.folder, name)

function install({ cert, key }: CertificateFiles): void {
  copyFileSync(cert, inFolder('tls.crt'))
  copyFileSync(key, inFolder('tls.key'))
}

/** The log of one reload. */
async function hup(): Promise<string> {
  const from = program.stdout.length
  program.child.kill('SIGHUP')
  return eventually('the end of the reload', () => {
    const log = program.stdout.slice(from)
    if (!/Reload: (nothing |\d+ changes? made)|Reload refused/.test(log)) throw notYet(log)
    return log
  }, { timeoutMs: WAIT_MS, everyMs: 5 })
}

function client(endpoint: TlsEndpoint | undefined): TLSSocket {
  const socket = connect({ host: '127.0.0.1', port, ...endpoint })
  clients.push(socket)
  return socket
}

/** The answer to PING. Fails where the connection is refused. */
function ping(socket: TLSSocket): Promise<string> {
  socket.write('PING\r\n')
  return within('the answer', WAIT_MS, new Promise<string>((resolve, reject) => {
    socket.once('data', (data: Buffer) => { resolve(data.toString()) })
    socket.once('error', reject)
    socket.once('close', () => { reject(new Error('the sentinel closes the connection')) })
  }))
}

function nameOf(socket: TLSSocket): string | undefined {
  return [socket.getPeerCertificate().subject.CN].flat()[0]
}

async function expectUnchanged(log: string): Promise<void> {
  expect(log).toContain('Reload refused because of 1 problem: nothing has changed')
  const later = client(oldClient)
  expect([await ping(later), nameOf(later)]).toEqual([PONG, 'before'])
}

describe('renewed certificates', () => {
  it('are refused while a file is written or does not fit to another, and the old ones stay in use', async () => {
    const renewed = oldAuthority?.issue('half') ?? expect.fail()
    const whole = readFileSync(renewed.cert, 'utf8')
    writeFileSync(inFolder('tls.crt'), whole.slice(0, whole.length / 2))
    const half = await hup()
    expect(half).toContain(`Reload: Failed to load certificate: ${inFolder('tls.crt')}: error:`)
    await expectUnchanged(half)

    writeFileSync(inFolder('tls.crt'), whole)
    const other = await hup()
    expect(other).toMatch(/Reload: Failed to load private key: .*key values mismatch \(The key does not belong to the certificate\.\)/)
    await expectUnchanged(other)
  })

  it('are used by new clients and new links, and connections that exist stay', async () => {
    const early = client(oldClient)
    expect(await ping(early)).toBe(PONG)
    await eventually('both links', () => { if (node.names().length !== 2) throw notYet(node.names().join()) }, { timeoutMs: WAIT_MS })
    await expect(ping(client(newClient))).rejects.toThrow('closes the connection')

    install(newAuthority?.issue('after') ?? expect.fail())
    writeFileSync(inFolder('ca.crt'), newClient?.ca?.toString() ?? expect.fail())
    const log = await hup()
    expect(log).toMatch(/Reload: the certificate of tls-cert-file \/.*tls\.crt changed: CN=after, valid until \d{4}-\d\d-\d\dT/)
    expect(log).toContain('Reload: the trusted certificates changed: 1 file read')
    expect(log).toContain('Reload: 2 changes made and saved')
    const late = client(newClient)
    expect([await ping(late), nameOf(late), await ping(early), nameOf(early)]).toEqual([PONG, 'after', PONG, 'before'])

    expect(node.names()).toEqual(['before', 'before'])
    node.links[0]?.destroy()
    await eventually('a new link', () => {
      if (node.names().length < 2) throw notYet(node.names().join())
      expect(node.names()).toEqual(['before', 'after'])
    }, { timeoutMs: WAIT_MS })
  })

  it('end the trust in an authority that was removed from its file, for new clients', async () => {
    const [early] = clients
    copyFileSync(newAuthority?.cert ?? '', inFolder('ca.crt'))
    await hup()
    await expect(ping(client(oldClient))).rejects.toThrow('closes the connection')
    expect(await ping(client(newClient))).toBe(PONG)
    expect(await ping(early ?? expect.fail())).toBe(PONG)
    expect(await hup()).toContain('Reload: nothing has changed')
  })
})
