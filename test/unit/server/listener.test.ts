import { mkdtempSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { createServer as createNetServer } from 'node:net'
import type { AddressInfo, Socket } from 'node:net'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { createServer, DEFAULT_SERVER_SETTINGS } from '../../../src/server/index.ts'
import type { ListenerSettings, Server, ServerSettings } from '../../../src/server/index.ts'
import { refusalToAdmit } from '../../../src/server/admission.ts'
import { Registry } from '../../../src/server/client-registry.ts'
import { Subscriptions } from '../../../src/server/subscriptions.ts'
import { Turns } from '../../../src/server/turns.ts'
import { fakeWorld } from '../commands/fake-world.ts'
import { RawClient, requestBytes } from './raw-client.ts'

let directory = ''
const servers: Server[] = []

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'listener-'))
})

afterEach(async () => {
  for (const server of servers.splice(0)) await server.close()
  rmSync(directory, { recursive: true, force: true })
})

function serverOn(...listeners: ListenerSettings[]): Server {
  const server = createServer({ settings: { ...DEFAULT_SERVER_SETTINGS, listeners }, world: fakeWorld().world })
  servers.push(server)
  return server
}

async function listening(...listeners: ListenerSettings[]): Promise<Server & { readonly at: number }> {
  const server = serverOn(...listeners)
  const { port = 0 } = await server.listen()
  server.admit()
  return Object.assign(server, { at: port })
}

const tcp = (port: number, ...bind: string[]): ListenerSettings => ({ kind: 'tcp', bind, port, backlog: 511 })
const unix = (path: string, mode = 0): ListenerSettings => ({ kind: 'unix', path, mode, backlog: 511 })

describe('TCP', () => {
  it('listens on several addresses with one port', async () => {
    const server = serverOn(tcp(0, '127.0.0.1', '127.0.0.2'))
    const { isListening, problems, port } = await server.listen()
    server.admit()
    expect({ isListening, problems }).toEqual({ isListening: true, problems: [] })
    for (const host of ['127.0.0.1', '127.0.0.2']) {
      const client = await RawClient.open({ host, port: port ?? 0 })
      await client.expect(requestBytes(['PING']), '+PONG\r\n')
      client.destroy()
    }
  })

  it('reports a port in use in the words of the original', async () => {
    const other = createNetServer()
    await new Promise<void>((resolve) => { other.listen(0, '127.0.0.1', resolve) })
    const { port } = other.address() as AddressInfo
    try {
      expect(await serverOn(tcp(port, '127.0.0.1')).listen()).toEqual({
        isListening: false,
        problems: [
          `Warning: Could not create server TCP listening socket 127.0.0.1:${port}: bind: Address already in use`,
          `Failed listening on port ${port} (tcp), aborting.`,
        ],
        port: undefined,
      })
    } finally {
      other.close()
    }
  })

  it('tolerates a missing optional address, and no other one', async () => {
    const warning = 'Warning: Could not create server TCP listening socket 192.0.2.1:0: bind: Cannot assign requested address'
    expect(await serverOn(tcp(0, '-192.0.2.1', '127.0.0.1')).listen()).toMatchObject({ isListening: true, problems: [warning] })
    expect(await serverOn(tcp(0, '192.0.2.1', '127.0.0.1')).listen()).toMatchObject({
      isListening: false, problems: [warning, 'Failed listening on port 0 (tcp), aborting.'],
    })
    expect(await serverOn(tcp(0, '-192.0.2.1')).listen()).toMatchObject({
      isListening: false, problems: [warning, 'Configured to not listen anywhere, exiting.'],
    })
  })

  it('does not start without any listener', async () => {
    expect(await serverOn().listen()).toMatchObject({ isListening: false, problems: ['Configured to not listen anywhere, exiting.'] })
  })

  it('closes everything, also twice', async () => {
    const server = await listening(tcp(0, '127.0.0.1'))
    const client = await RawClient.open(server.at)
    await client.expect(requestBytes(['PING']), '+PONG\r\n')
    await server.close()
    await server.close()
    await client.closed()
    client.destroy()
    await expect(RawClient.open(server.at)).rejects.toThrow(/ECONNREFUSED/)
  })

  it('answers no client before the core has started, and then all that wait', async () => {
    const server = serverOn(tcp(0, '127.0.0.1'))
    const { port = 0 } = await server.listen()
    const [early, gone, reset] = [await RawClient.open(port), await RawClient.open(port), await RawClient.open(port)]
    early.request('PING')
    gone.destroy()
    reset.socket.resetAndDestroy()
    // What has arrived by now was sent before: a whole round trip of another connection lies between.
    const later = await RawClient.open(port)
    expect(early.received).toBe('')
    expect(server.clients.count).toBe(0)
    server.admit()
    await early.until(() => early.received === '+PONG\r\n', 'PONG')
    await later.expect(requestBytes(['PING']), '+PONG\r\n')
    const last = await RawClient.open(port)
    await last.expect(requestBytes(['PING']), '+PONG\r\n')
    for (const client of [early, later, last]) client.destroy()
  })

  it('disconnects waiting clients when it is closed', async () => {
    const server = serverOn(tcp(0, '127.0.0.1'))
    const { port = 0 } = await server.listen()
    const client = await RawClient.open(port)
    await server.close()
    await client.closed()
    expect(client.received).toBe('')
  })
})

describe('unix socket', () => {
  it('serves with the mode asked for, and removes the file at the end', async () => {
    const path = join(directory, 's.sock')
    const server = await listening(tcp(0, '127.0.0.1'), unix(path, 0o700))
    expect(statSync(path).mode & 0o777).toBe(0o700)
    const client = await RawClient.open({ path })
    client.request('CLIENT', 'INFO')
    await client.until(() => client.received.endsWith('\n\r\n'), 'CLIENT INFO')
    expect(client.received).toContain(` addr=${path}:0 laddr=${path}:0 `)
    expect(client.received).toContain(' flags=U ')
    client.take()
    client.request('INFO', 'server')
    await client.until(() => client.received.includes('ts_sentinel_version'), 'INFO')
    expect(client.received).toContain(`listener1:name=unix,bind=${path}\r\n`)
    client.destroy()
    await server.close()
    expect(() => statSync(path)).toThrow(/ENOENT/)
  })

  it('replaces a socket that a dead process left', async () => {
    const path = join(directory, 's.sock')
    const script = `require('net').createServer().listen(${JSON.stringify(path)}, () => process.kill(process.pid, 'SIGKILL'))`
    const { spawnSync } = await import('node:child_process')
    spawnSync(process.execPath, ['-e', script])
    expect(statSync(path).isSocket()).toBe(true)
    expect(await serverOn(unix(path)).listen()).toMatchObject({ isListening: true, problems: [] })
  })

  it('does not replace other files', async () => {
    const path = join(directory, 'data')
    writeFileSync(path, 'precious')
    expect(await serverOn(unix(path)).listen()).toMatchObject({
      isListening: false, problems: ['Failed opening Unix socket: bind: Address already in use'],
    })
    expect(readFileSync(path, 'utf8')).toBe('precious')
  })

  it('has the reason reported when it cannot be opened', async () => {
    expect(await serverOn(unix(join(directory, 'none', 's.sock'))).listen()).toMatchObject({
      problems: [expect.stringMatching(/^Failed opening Unix socket: bind: (?:No such file or directory|Permission denied)$/)],
    })
  })
})

describe('protected mode', () => {
  const settings = (protectedMode: boolean): ServerSettings =>
    ({ ...DEFAULT_SERVER_SETTINGS, listeners: [], protectedMode })
  const ask = (
    remoteAddress: string | undefined, protectedMode: boolean, requirepass?: string, unixPath?: string,
    defaultRules: string[] = [],
  ) => {
    const { world } = fakeWorld(requirepass === undefined ? {} : { requirepass })
    world.access.setUser('default', defaultRules)
    const socket = { remoteAddress } as unknown as Socket
    const registry = new Registry(new Subscriptions(), world.now, new Turns())
    return refusalToAdmit(socket, { settings: settings(protectedMode), registry, access: world.access, unixPath })
  }

  it('refuses clients of other machines while there is no password', () => {
    expect(ask('10.0.0.1', true)).toMatch(/^-DENIED Redis is running in protected mode .* 4\) Set up an authentication password .*\r\n$/)
    expect(ask('2001:db8::1', true)).toBeDefined()
    expect(ask(undefined, true)).toBeDefined()
  })

  it.each(['127.0.0.1', '127.1.2.3', '::1', '::ffff:127.0.0.1'])('accepts %s', (address) => {
    expect(ask(address, true)).toBeUndefined()
    expect(ask(undefined, true, undefined, '/run/s.sock')).toBeUndefined()
  })

  it('accepts clients of other machines with a password, or when it is off', () => {
    expect(ask('10.0.0.1', true, 'secret')).toBeUndefined()
    expect(ask('10.0.0.1', false)).toBeUndefined()
  })

  // As in the original, which asks for a password and not whether the default user is on.
  it('counts a default user that is off by its password too', () => {
    expect(ask('10.0.0.1', true, undefined, undefined, ['off'])).toMatch(/^-DENIED /)
    expect(ask('10.0.0.1', true, undefined, undefined, ['reset'])).toBeUndefined()
  })
})
