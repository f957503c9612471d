/** Connections: one request at a time, and none that keeps another one out. */
import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { CONNECTIONS_HARD_MAX, CONNECTIONS_MAX, HEADERS_MAX } from '../../../src/http/limits.ts'
import { fakeMaster, masterView } from '../commands/fake-core.ts'
import { httpRigs, raw } from './http-world.ts'

const LIVEZ = 'GET /livez HTTP/1.1\r\nHost: x\r\n\r\n'
const LAST = 'GET /livez HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n'

const start = httpRigs()
const sockets: Socket[] = []
afterEach(() => {
  for (const socket of sockets.splice(0)) socket.destroy()
})

interface Client {
  readonly socket: Socket
  text: string
  isClosed: boolean
}

async function client(port: number, first = ''): Promise<Client> {
  const socket = connect({ port, host: '127.0.0.1' })
  sockets.push(socket)
  const opened: Client = { socket, text: '', isClosed: false }
  socket.on('data', (chunk) => { opened.text += chunk.toString() })
  socket.on('error', () => undefined)
  socket.on('close', () => { opened.isClosed = true })
  await once(socket, 'connect')
  socket.write(first)
  return opened
}

const statuses = (text: string) => [...text.matchAll(/^HTTP\/1\.1 (\d+)/gm)].map(([, status]) => Number(status))

describe('requests sent at once on one connection', () => {
  it('are answered in their order, and those behind Connection: close are not', async () => {
    const { port } = await start()
    const asked = ['/livez', '/nothing', '/readyz'].map((path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`).join('')
    expect(statuses(await raw(port, asked + LAST + LIVEZ))).toEqual([200, 404, 200, 200])
  })

  it('do not hold the event loop, however many they are and whatever they cost', async () => {
    const { port, view } = await start()
    view.fakes = Array.from({ length: 300 }, (_, at) => fakeMaster({ view: masterView({ name: `m${at}` }) }))
    const delay = monitorEventLoopDelay({ resolution: 5 })
    // The requests of this test are made before the measurement begins.
    const packets = ['/readyz', '/masters', '/nothing', '/livez'].map((path) => `GET ${path} HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n`.repeat(1900))
    const clients = await Promise.all(packets.map((packet) => client(port, packet)))
    for (const { socket } of clients) socket.pause()
    delay.enable()
    for (let answered = 0; answered < 20; answered += 1) expect(await raw(port, LAST)).toContain('"status":"ok"}')
    delay.disable()
    // A turn takes 5 ms and one request; the bound leaves the rest to a busy machine.
    expect(delay.max / 1e6).toBeLessThan(500)
  }, 30_000)

  it('wait for a client that reads no answers, and cost no memory for it', async () => {
    const { port, view, get } = await start()
    let asked = 0
    const check = view.quorumCheck.bind(view)
    view.quorumCheck = (name) => {
      asked += 1
      return check(name)
    }
    view.fakes = Array.from({ length: 200 }, (_, at) => fakeMaster({ view: masterView({ name: `m${at}` }) }))
    const deaf = await client(port)
    deaf.socket.pause()
    deaf.socket.write('GET /masters HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n'.repeat(1500))
    await vi.waitFor(() => { expect(asked).toBeGreaterThan(0) })
    let before = -1
    // It stands still when the buffers of the system are full.
    await vi.waitFor(async () => {
      const same = before === asked
      before = asked
      await get('/livez')
      expect(same).toBe(true)
    }, { timeout: 10_000, interval: 300 })
    expect(asked).toBeLessThan(1500 * 200)
  }, 20_000)
})

describe('the bytes of requests', () => {
  it('may be cut anywhere, and the client may close its side before it has the answers', async () => {
    const { port } = await start()
    const bytes = `${LIVEZ}HEAD /livez HTTP/1.1\r\nHost: x\r\n\r\n\r\n${LIVEZ}`
    for (let cut = 1; cut < bytes.length; cut += 1) {
      const cutInTwo = await client(port, bytes.slice(0, cut))
      await new Promise<void>((resolve) => { setImmediate(resolve) })
      cutInTwo.socket.end(bytes.slice(cut))
      await once(cutInTwo.socket, 'close')
      expect([cut, statuses(cutInTwo.text)]).toEqual([cut, [200, 200, 200]])
      expect(cutInTwo.text.split('"status":"ok"}')).toHaveLength(3)
    }
  })

  it('are not read after a request that has a body, even when the rest looks like requests', async () => {
    const { port, log } = await start()
    const attempts = [
      'Content-Length: 0\r\nTransfer-Encoding: chunked', 'Transfer-Encoding: chunked\r\nContent-Length: 0',
      'Transfer-Encoding: chunked\r\nTransfer-Encoding: identity', 'Transfer-Encoding: xchunked', 'Transfer-Encoding: \x0bchunked',
      'Content-Length: 1', 'Content-Length: 0x1', 'Content-Length: 1, 1', 'Content-Length: 99999999999999999999999',
    ]
    for (const header of attempts) {
      const text = await raw(port, `GET /livez HTTP/1.1\r\nHost: x\r\n${header}\r\n\r\n${LIVEZ}${LIVEZ}`)
      expect([header, statuses(text).length]).toEqual([header, 1])
    }
    expect(log).toEqual([])
  })
})

describe('connections that send no requests', () => {
  it('are closed, the oldest first, when new ones arrive, and probes are answered meanwhile', async () => {
    const { port } = await start()
    const idle: Client[] = []
    for (let at = 0; at <= CONNECTIONS_HARD_MAX; at += 1) idle.push(await client(port, at % 2 === 0 ? LIVEZ : 'GET /li'))
    expect(await raw(port, LAST)).toContain('200 OK')
    await vi.waitFor(() => { expect(idle.filter(({ isClosed }) => isClosed).length).toBeGreaterThan(0) })
    expect(idle.at(-1)?.isClosed).toBe(false)
    // After the time of grace no more than may stay are left; on a slow machine time limits end some of those as well.
    await vi.waitFor(() => {
      expect(idle.filter(({ isClosed }) => !isClosed).length).toBeLessThanOrEqual(CONNECTIONS_MAX)
    }, { timeout: 10_000 })
    expect(await raw(port, LAST)).toContain('200 OK')
  }, 30_000)

  it('receive a 408 when the request does not come in time', async () => {
    const { port } = await start()
    expect(await raw(port, 'GET /livez HTTP/1.1\r\nHost: x\r\n')).toContain('HTTP/1.1 408')
  }, 15_000)

  it('do not count streams of events', async () => {
    const { port } = await start()
    const stream = await client(port, 'GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    await vi.waitFor(() => { expect(stream.text).toContain('retry') })
    const others = await Promise.all(Array.from({ length: CONNECTIONS_HARD_MAX + 8 }, () => client(port, LIVEZ)))
    await vi.waitFor(() => { expect(others.some(({ isClosed }) => isClosed)).toBe(true) }, { timeout: 10_000 })
    expect(stream.isClosed).toBe(false)
  }, 15_000)
})

describe('an unusual HTTP request', () => {
  it.each([
    ['two lengths', 'GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 1\r\nContent-Length: 2\r\n\r\nab', 400],
    ['a length and chunks', 'GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 5\r\nTransfer-Encoding: chunked\r\n\r\n0\r\n\r\n', 400],
    ['a length that is no number', 'GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: +1\r\n\r\na', 400],
    ['a blank before the colon', 'GET /livez HTTP/1.1\r\nHost : x\r\n\r\n', 400],
    ['a folded header', 'GET /livez HTTP/1.1\r\nHost: x\r\nX: a\r\n b\r\n\r\n', 400],
    ['no Host', 'GET /livez HTTP/1.1\r\n\r\n', 400],
    ['two Hosts', 'GET /livez HTTP/1.1\r\nHost: x\r\nHost: y\r\n\r\n', 400],
    ['a NUL', 'GET /livez HTTP/1.1\r\nHost: x\r\nX: \0\r\n\r\n', 400],
    ['lines that end with LF', 'GET /livez HTTP/1.1\nHost: x\n\n', 400],
    ['no version', 'GET /livez\r\n\r\n', 400],
    ['two blanks', 'GET  /livez HTTP/1.1\r\nHost: x\r\n\r\n', 400],
    ['another version', 'GET /livez HTTP/2.0\r\nHost: x\r\n\r\n', 505],
    ['a TLS hello', '\x16\x03\x01\x02\0', 400],
    ['a CR without LF', 'GET /livez HTTP/1.1\r\nHost: x\rX: y\r\n\r\n', 400],
    ['an end of lines with LF', 'GET /livez HTTP/1.1\r\nHost: x\n\n', 400],
    ['a header that begins with a blank', 'GET /livez HTTP/1.1\r\n Host: x\r\n\r\n', 400],
    ['chunks that are not the last coding', 'GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked, gzip\r\n\r\n', 400],
    ['HTTP/0.9', 'GET /livez HTTP/0.9\r\n\r\n', 400],
    ['a wish for a proxy', 'CONNECT x:1 HTTP/1.1\r\nHost: x\r\n\r\n', 405],
    ['a wish for 100 Continue', 'GET /livez HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\nContent-Length: 3\r\n\r\n', 200],
    ['an empty coding of the body', 'GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding:\r\n\r\n', 200],
    ['many headers', `GET /livez HTTP/1.1\r\nHost: x\r\n${'X: a\r\n'.repeat(HEADERS_MAX)}\r\n`, 431],
    ['a long target', `GET /${'a'.repeat(9000)} HTTP/1.1\r\nHost: x\r\n\r\n`, 431],
    ['HTTP/1.0', 'GET /livez HTTP/1.0\r\n\r\n', 200],
    ['an empty line in front', `\r\n\r\n${LAST}`, 200],
  ])('is answered once and closes the connection: %s', async (_name, bytes, status) => {
    const { port } = await start()
    const text = await raw(port, bytes)
    expect(statuses(text)).toEqual([status])
    expect(text).toMatch(/^Connection: close\r$/m)
  })

  it('with a body is answered, and the body is never read as another request', async () => {
    const { port } = await start()
    const body = LIVEZ.repeat(10_000)
    const bytes = `GET /livez HTTP/1.1\r\nHost: x\r\nContent-Length: ${body.length}\r\n\r\n${body}`
    expect(statuses(await raw(port, bytes))).toEqual([200])
    expect(statuses(await raw(port, `GET /livez HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n5\r\nGET /\r\n0\r\n\r\n${LIVEZ}`)))
      .toEqual([200])
    expect(statuses(await raw(port, `POST /livez HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc${LIVEZ}`))).toEqual([405])
  })

  it('of HTTP/1.0 may keep its connection, and may come byte by byte', async () => {
    const { port } = await start()
    const slow = await client(port)
    for (const byte of 'GET /livez HTTP/1.0\r\nConnection: Keep-Alive\r\n\r\n') {
      slow.socket.write(byte)
    }
    await vi.waitFor(() => { expect(slow.text).toMatch(/Connection: keep-alive\r\n[^]*"status":"ok"\}/) })
    slow.socket.end(LAST)
    await vi.waitFor(() => { expect(statuses(slow.text)).toEqual([200, 200]) })
  })
})
