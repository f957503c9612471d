/**
 * What the links put on the wire, and what they make of nodes that misbehave (behaviour.md 3; architecture, decision
 * 8). What every implementation must do is in test/compliance; this is about bytes.
 */
import type { Socket } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import type { ConnectionId, Input, RecordId, Request } from '../../../src/core/index.ts'
import { createLinks, type LinksOptions } from '../../../src/links/index.ts'
import type { Links } from '../../../src/ports/index.ts'
import { type ScriptedServer, scriptedServer } from './scripted-server.ts'

const ONE = 1 as ConnectionId
const PING: Request = { kind: 'ping', sentAt: 0 }

let inputs: Input[]
let links: Links
let servers: ScriptedServer[]

beforeEach(() => {
  inputs = []
  servers = []
  connectWith({})
})

afterEach(async () => {
  links.closeAll()
  for (const server of servers) await server.close()
})

function connectWith(options: Omit<LinksOptions, 'sink'>): void {
  links = createLinks({ ...options, sink: (input) => { inputs.push(input) } })
}

async function serve(options: Parameters<typeof scriptedServer>[0] = {}): Promise<ScriptedServer> {
  const server = await scriptedServer(options)
  servers.push(server)
  return server
}

/** A server that answers the first bytes with these, as they are. */
function answering(...bytes: readonly string[]): Promise<ScriptedServer> {
  return serve({
    onData: (socket: Socket) => {
      for (const text of bytes) socket.write(text, 'latin1')
    },
  })
}

function open(server: { readonly port: number }, purpose: 'command' | 'hello' = 'command', host = '127.0.0.1'): void {
  links.open(ONE, { purpose, nodeKind: 'data-node', host, port: server.port })
}

const until = (check: () => void) => vi.waitFor(check, { timeout: 5000, interval: 2 })
const types = () => inputs.map((input) => input.type)

async function endReason(): Promise<string> {
  await until(() => { expect(types()).toContain('disconnected') })
  const ends = inputs.filter((input) => input.type === 'disconnected')
  expect(ends).toHaveLength(1)
  expect(inputs.at(-1)?.type).toBe('disconnected')
  return ends[0]?.reason ?? ''
}

describe('a link', () => {
  it('sends no HELLO, INFO or CLIENT SETINFO of its own', async () => {
    const server = await serve({ onData: (socket) => { socket.write('+PONG\r\n') } })
    open(server)
    await until(() => { expect(types()).toEqual(['connected']) })
    links.send(ONE, ['PING'], PING)
    await until(() => { expect(types()).toEqual(['connected', 'reply']) })
    expect(server.received).toEqual(['*1\r\n$4\r\nPING\r\n'])
  })

  it('sends commands of one turn in one write, before and after the connection is established', async () => {
    const server = await serve()
    open(server)
    for (const argv of [['AUTH', 'x'], ['CLIENT', 'SETNAME', 'y'], ['PING']]) links.send(ONE, argv, PING)
    await until(() => { expect(server.received).toHaveLength(1) })
    for (const argv of [['MULTI'], ['SLAVEOF', 'NO', 'ONE'], ['EXEC']]) links.send(ONE, argv, PING)
    await until(() => { expect(server.received).toHaveLength(2) })
    expect(server.received).toEqual([
      '*2\r\n$4\r\nAUTH\r\n$1\r\nx\r\n*3\r\n$6\r\nCLIENT\r\n$7\r\nSETNAME\r\n$1\r\ny\r\n*1\r\n$4\r\nPING\r\n',
      '*1\r\n$5\r\nMULTI\r\n*3\r\n$7\r\nSLAVEOF\r\n$2\r\nNO\r\n$3\r\nONE\r\n*1\r\n$4\r\nEXEC\r\n',
    ])
  })

  it('sends the bytes of each word, also those that are not UTF-8', async () => {
    const server = await serve()
    open(server)
    links.send(ONE, ['AUTH', 'gehéim\uDCFF'], { kind: 'auth' })
    await until(() => { expect(server.received.join('')).toBe('*2\r\n$4\r\nAUTH\r\n$8\r\ngeh\xc3\xa9im\xff\r\n') })
  })

  it('sends words that have a meaning in the library unchanged', async () => {
    const server = await serve({ onData: (socket, text) => { socket.write('+OK\r\n'.repeat(text.split('*').length - 1)) } })
    open(server)
    for (const name of ['quit', 'monitor', 'subscribe', 'hgetall', 'select']) links.send(ONE, [name], PING)
    await until(() => { expect(types()).toEqual(['connected', 'reply', 'reply', 'reply', 'reply', 'reply']) })
  })

  it('uses the given source address', async () => {
    connectWith({ bindSourceAddr: '127.0.0.9' })
    const server = await serve()
    open(server)
    await until(() => { expect(types()).toEqual(['connected']) })
    expect(inputs).toEqual([{ type: 'connected', connection: ONE, localAddress: '127.0.0.9' }])
    expect(server.sockets[0]?.remoteAddress).toBe('127.0.0.9')
  })

  it('connects to an IPv6 literal', async () => {
    const server = await serve({ host: '::1' })
    open(server, 'command', '::1')
    await until(() => { expect(types()).toEqual(['connected']) })
    expect(inputs).toEqual([{ type: 'connected', connection: ONE, localAddress: '::1' }])
  })
})

describe('replies', () => {
  it('keep their types, so that a bulk PONG differs from a simple one', async () => {
    open(await answering('$4\r\nPONG\r\n+PONG\r\n:42\r\n$-1\r\n*2\r\n+OK\r\n$2\r\nOK\r\n-MASTERDOWN x\r\n'))
    for (let at = 0; at < 6; at++) links.send(ONE, ['PING'], PING)
    await until(() => { expect(inputs).toHaveLength(7) })
    expect(inputs.filter((input) => input.type === 'reply').map((input) => input.reply)).toEqual([
      { kind: 'bulk', text: 'PONG' },
      { kind: 'status', text: 'PONG' },
      { kind: 'integer', value: 42n },
      { kind: 'null' },
      { kind: 'array', items: [{ kind: 'status', text: 'OK' }, { kind: 'bulk', text: 'OK' }] },
      { kind: 'error', text: 'MASTERDOWN x' },
    ])
  })

  it('may come in any pieces', async () => {
    const bytes = '$8\r\nrole:mé\r\n*2\r\n:1\r\n$-1\r\n'
    const server = await serve({ onData: (socket) => { void drip(socket, Buffer.from(bytes)) } })
    open(server)
    links.send(ONE, ['INFO'], PING)
    links.send(ONE, ['ASK'], PING)
    await until(() => { expect(inputs).toHaveLength(3) })
    expect(inputs.filter((input) => input.type === 'reply').map((input) => input.reply)).toEqual([
      { kind: 'bulk', text: 'role:mé' },
      { kind: 'array', items: [{ kind: 'integer', value: 1n }, { kind: 'null' }] },
    ])
  })

  it('that are incomplete are not reported, also when the node then disconnects', async () => {
    const server = await answering('$100\r\nrole:mas')
    open(server)
    links.send(ONE, ['INFO'], PING)
    await until(() => { expect(server.received).toHaveLength(1) })
    server.sockets[0]?.end()
    expect(await endReason()).toBe('Server closed the connection')
    expect(types()).toEqual(['connected', 'disconnected'])
  })
})

async function drip(socket: Socket, bytes: Buffer): Promise<void> {
  socket.setNoDelay(true)
  for (const byte of bytes) {
    await new Promise<void>((resolve) => {
      socket.write(Buffer.from([byte]), () => { resolve() })
    })
  }
}

describe('a node that misbehaves loses its connection', () => {
  it.each([
    ['another protocol', 'HTTP/1.1 400 Bad Request\r\n\r\n', 'Protocol error: no reply begins with "H"'],
    ['a length that is none', '$abc\r\n', 'Protocol error: the length of a string is not a number'],
    ['a reply that is too long', '$2097153\r\n', 'Protocol error: a reply has more than 2097152 bytes'],
    ['a reply that is too deep', '*1\r\n'.repeat(100_000), 'Protocol error: a reply has more than 8 levels'],
    ['an array that would fill the memory', '*4294967296\r\n', 'Protocol error: the length of an array is not a number'],
    ['more replies than questions', '+PONG\r\n+PONG\r\n', 'Unexpected reply: no command was waiting'],
    ['types of RESP3', '_\r\n', 'Protocol error: no reply begins with "_"'],
  ])('when it answers with %s', async (_what, bytes, reason) => {
    open(await answering(bytes))
    links.send(ONE, ['PING'], PING)
    expect(await endReason()).toBe(reason)
  })

  it('when it sends an error that answers no request', async () => {
    open(await serve({ onConnect: (socket) => { socket.write('-ERR max number of clients reached\r\n') } }))
    expect(await endReason()).toBe('Unexpected reply: ERR max number of clients reached: no command was waiting')
  })

  it('when it answers SUBSCRIBE with an error', async () => {
    open(await answering("-NOPERM User default has no permissions to run the 'subscribe' command\r\n"), 'hello')
    links.subscribe(ONE, 'SUBSCRIBE', 'c')
    expect(await endReason()).toBe(
      "SUBSCRIBE was refused: NOPERM User default has no permissions to run the 'subscribe' command")
    expect(types()).not.toContain('subscribed')
  })

  it.each([
    ['a status', '+OK\r\n'],
    ['an empty array', '*0\r\n'],
    ['a message before the confirmation', '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n$1\r\nx\r\n'],
  ])('when it answers SUBSCRIBE with %s', async (_what, bytes) => {
    open(await answering(bytes), 'hello')
    links.subscribe(ONE, 'SUBSCRIBE', 'c')
    expect(await endReason()).toBe('the reply to SUBSCRIBE is not a confirmation')
  })

  it.each([
    ['nothing in a message', '*3\r\n$7\r\nmessage\r\n$-1\r\n$-1\r\n'],
    ['a message that is too short', '*1\r\n$7\r\nmessage\r\n'],
    ['an integer as a message', '*3\r\n$7\r\nmessage\r\n$1\r\nc\r\n:1\r\n'],
    ['a second confirmation', '*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n'],
    ['an error', '-ERR x\r\n'],
  ])('when it sends %s on a subscription', async (_what, bytes) => {
    open(await answering(`*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n${bytes}`), 'hello')
    links.subscribe(ONE, 'SUBSCRIBE', 'c')
    expect(await endReason()).toContain('Unexpected reply')
    expect(types()).not.toContain('message')
  })

  it('when it sends kinds of messages that were not requested', async () => {
    for (const kind of ['pmessage', 'subscribe', 'unsubscribe', 'smessage', 'constructor', '']) {
      inputs = []
      connectWith({})
      const message = `*3\r\n$${kind.length}\r\n${kind}\r\n$9\r\n__proto__\r\n$1\r\n0\r\n`
      open(await answering(`*3\r\n$9\r\nsubscribe\r\n$1\r\nc\r\n:1\r\n${message}${message}:1\r\n`), 'hello')
      links.subscribe(ONE, 'SUBSCRIBE', 'c')
      await endReason()
      expect(types()).not.toContain('message')
    }
  })
})

describe('an address that cannot be connected to', () => {
  it.each([
    ['a name, which nobody looked up', 'localhost', 6379, '"localhost" is not an IP address'],
    ['no host', '', 6379, '"" is not an IP address'],
    ['an impossible port', '127.0.0.1', 70_000, 'Port should be'],
  ])('is reported later and once: %s', async (_what, host, port, reason) => {
    links.open(ONE, { purpose: 'command', nodeKind: 'data-node', host, port })
    links.send(ONE, ['PING'], PING)
    expect(inputs).toEqual([])
    expect(await endReason()).toContain(reason)
  })

  it('is reported in the words of the system when the source address does not exist', async () => {
    connectWith({ bindSourceAddr: '192.0.2.1' })
    open(await serve())
    expect(await endReason()).toBe('Cannot assign requested address')
  })
})

describe('the end of a link', () => {
  it('is caused by a queue of commands that the node does not read', async () => {
    const server = await serve({ onConnect: (socket) => { socket.pause() } })
    open(server)
    for (let at = 0; at <= 250_000; at++) links.send(ONE, ['P'], PING)
    expect(await endReason()).toBe('more than 250000 commands wait for their replies')
  })

  it('is reported in the words of the system when the node resets the connection', async () => {
    const server = await serve()
    open(server)
    await until(() => { expect(types()).toEqual(['connected']) })
    server.sockets[0]?.resetAndDestroy()
    expect(await endReason()).toBe('Connection reset by peer')
  })

  it('leaves no socket behind, in any state', async () => {
    const before = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
    const server = await serve()
    for (let id = 1; id <= 20; id++) {
      links.open(id as ConnectionId, { purpose: 'command', nodeKind: 'sentinel', host: '127.0.0.1', port: server.port })
      if (id > 10) links.close(id as ConnectionId)
    }
    await until(() => { expect(types()).toHaveLength(10) })
    links.closeAll()
    await until(() => {
      for (const socket of server.sockets) socket.destroy()
      const after = process.getActiveResourcesInfo().filter((name) => name === 'TCPSocketWrap').length
      expect(after).toBe(before)
    })
    expect(types()).toHaveLength(10)
  })
})

describe('REPLCONF GETACK', () => {
  const GET_ACK: Request = { kind: 'get-ack', record: 1 as RecordId }

  async function replies(...bytes: readonly string[]): Promise<unknown[]> {
    open(await answering(...bytes))
    links.send(ONE, ['REPLCONF', 'GETACK', '*'], GET_ACK)
    links.send(ONE, ['PING'], PING)
    await until(() => { expect(inputs).toContainEqual(expect.objectContaining({ request: PING })) })
    return inputs.filter((input) => input.type === 'reply').map(({ request, reply }) => [request.kind, reply])
  }

  it('has no reply, so that the next one belongs to the command behind it', async () => {
    expect(await replies('+PONG\r\n')).toEqual([['ping', { kind: 'status', text: 'PONG' }]])
    inputs = []
    links.closeAll()
    connectWith({})
    expect(await replies('-LOADING Redis is loading\r\n')).toEqual([['ping', { kind: 'error', text: 'LOADING Redis is loading' }]])
  })

  it.each([
    "NOPERM User watcher has no permissions to run the 'replconf' command",
    "ERR unknown command 'REPLCONF', with args beginning with: 'GETACK' '*'",
  ])('has the reply that refuses it: %s', async (text) => {
    expect(await replies(`-${text}\r\n+PONG\r\n`)).toEqual([
      ['get-ack', { kind: 'error', text }], ['ping', { kind: 'status', text: 'PONG' }],
    ])
  })
})
