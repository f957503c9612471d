/** The listener: tokens, limits, methods, and errors that are clear. */
import { once } from 'node:events'
import { connect, createServer, type Socket } from 'node:net'
import { describe, expect, it, vi } from 'vitest'

import { createHttpServer } from '../../../src/http/index.ts'
import { HEADER_BYTES_MAX, STREAMS_MAX } from '../../../src/http/limits.ts'
import { readDocument } from '../../documents/read-document.ts'
import { fakeMaster, masterView } from '../commands/fake-core.ts'
import { MASTER, at } from '../events/samples.ts'
import { healthy } from '../explain/explanation-sample.ts'
import { httpRigs, listen, raw } from './http-world.ts'

const start = httpRigs()

describe('the token', () => {
  it('opens everything but the checks and the empty page, which need none', async () => {
    const { get } = await start({ token: 'open sesame' })
    for (const path of ['/metrics', '/masters', '/masters/mymaster', '/events', '/nothing']) {
      const refused = await get(path)
      expect([path, refused.status, refused.headers['www-authenticate']]).toEqual([path, 401, 'Bearer'])
      expect(refused.text).not.toContain('mymaster')
      for (const authorization of ['Bearer open', 'open sesame', 'Basic open sesame', 'Bearer ', 'Bearer open sesame!']) {
        expect((await get(path, { headers: { authorization } })).status).toBe(401)
      }
    }
    for (const path of ['/', '/livez', '/readyz']) expect((await get(path)).status).toBe(200)
    expect((await get('/masters', { headers: { authorization: 'bearer open sesame' } })).status).toBe(200)
  })

  it('is not asked for when there is none', async () => {
    const { get } = await start()
    expect((await get('/masters')).status).toBe(200)
  })
})

describe('requests', () => {
  it('cannot change anything, because other methods are refused', async () => {
    const { get } = await start()
    for (const method of ['POST', 'PUT', 'DELETE', 'PATCH', 'PROPFIND']) {
      const refused = await get('/masters', { method })
      expect([refused.status, refused.headers.allow]).toEqual([405, 'GET, HEAD, OPTIONS'])
    }
  })

  it('have the same headers with HEAD as with GET, without the body', async () => {
    const { get } = await start()
    const [head, whole] = [await get('/masters', { method: 'HEAD' }), await get('/masters')]
    expect([head.status, head.text, head.headers['content-length']]).toEqual([200, '', String(Buffer.byteLength(whole.text))])
  })

  it('get an answer with the reason for unknown paths', async () => {
    const { get } = await start()
    expect(readDocument('error', (await get('/nothing')).text).error).toContain('Try /, /metrics, /masters')
    expect((await get('/masters/other')).text).toContain('No master has the name other')
    expect((await get('/masters/mymaster/x')).text).toContain('not /x')
    expect((await get('/masters/%')).status).toBe(404)
    expect((await get('/masters/mymaster/primary/x')).status).toBe(404)
    expect((await get('//')).status).toBeGreaterThanOrEqual(400)
  })

  it('that are too large or no HTTP at all are refused', async () => {
    const { port } = await start()
    expect(await raw(port, `GET /livez HTTP/1.1\r\nHost: x\r\nX: ${'x'.repeat(HEADER_BYTES_MAX)}\r\n\r\n`)).toContain('431')
    expect(await raw(port, '*1\r\n$4\r\nPING\r\n')).toContain('400')
    expect(await raw(port, 'GET http://[x/ HTTP/1.1\r\nHost: x\r\nConnection: close\r\n\r\n')).toContain('400')
  })

  it('wait until the sentinel has started', async () => {
    const { get, server } = await start({ admit: false })
    expect((await get('/readyz')).status).toBe(503)
    server.admit()
    expect((await get('/readyz')).status).toBe(200)
  })

  it('cause a line in the log at an internal error, and the next one is answered', async () => {
    const { get, view, log } = await start()
    view.quorumCheck = () => { throw new Error('planted') }
    expect((await get('/readyz')).status).toBe(500)
    expect(log.join()).toContain('planted')
    expect(readDocument('livez', (await get('/livez')).text)).toEqual({ schemaVersion: 1, status: 'ok' })
  })
})

describe('the HTTP listener', () => {
  it('reports why it cannot listen and what to do', async () => {
    const taken = createServer().listen(0, '127.0.0.1')
    await once(taken, 'listening')
    const address = taken.address()
    const port = typeof address === 'object' && address !== null ? address.port : 0
    const world = (await start()).bus
    const server = createHttpServer({ host: '127.0.0.1', port, token: undefined, actionsToken: undefined, allowedHosts: [] }, { events: world, eventStore: { past: [], numbersAbove: 0 }, view: { myId: 'a' } } as never)
    expect(await server.listen()).toBe(`HTTP cannot listen on 127.0.0.1:${port}: the port is in use by another process. `
      + 'Change listen in the [http] section of the settings file.')
    taken.close()
    const elsewhere = createHttpServer({ host: '192.0.2.1', port, token: undefined, actionsToken: undefined, allowedHosts: [] }, { events: world, eventStore: { past: [], numbersAbove: 0 }, view: { myId: 'a' } } as never)
    expect(await elsewhere.listen()).toContain('this machine does not have the address.')
  })

  it('closes all connections at the end, also those of event readers', async () => {
    const { server, port } = await start()
    const stream = listen(port)
    await vi.waitFor(() => { expect(stream.opened).toBe(true) })
    await server.close()
    await vi.waitFor(() => { expect(stream.isClosed).toBe(true) })
    await server.close()
  })
})

describe('/events', () => {
  it('sends events, and a reader that reconnects continues where it was', async () => {
    const { bus, port } = await start()
    const first = listen(port)
    await vi.waitFor(() => { expect(first.text).toContain('retry') })
    bus.event({ name: '+sdown', master: 'mymaster', subject: MASTER }, at(1))
    bus.event({ name: '+script-child', pid: 1 }, at(2))
    await vi.waitFor(() => { expect(first.text).toContain('"event":"+sdown","master":"mymaster","subject":"master","address":"127.0.0.1:6379"') })
    first.close()
    bus.event({ name: '+odown', master: 'mymaster', subject: MASTER, agree: 2, quorum: 2 }, at(3))
    const id = /id: (\S+)\ndata: .*\+sdown/.exec(first.text)?.[1] ?? ''
    const again = listen(port, { 'last-event-id': id })
    await vi.waitFor(() => { expect(again.text).toContain('+odown') })
    const sent = [...`${first.text}${again.text}`.matchAll(/^data: (.*)$/gm)].map(([, json]) => readDocument('event', json ?? ''))
    expect(sent.map(({ event }) => event)).toEqual(['+sdown', '+odown'])
    // Debug events are for the log alone, as with subscribers.
    expect(again.text).not.toMatch(/\+sdown|script-child/)
    const everything = listen(port, { 'last-event-id': '0' })
    await vi.waitFor(() => { expect(everything.text).toMatch(/\+sdown[^]*\+odown/) })
    again.close()
    everything.close()
  })

  it('has a limit of readers, and disconnects one that does not read', async () => {
    const { bus, port, get } = await start()
    const idle = listen(port)
    await vi.waitFor(() => { expect(idle.opened).toBe(true) })
    const others = Array.from({ length: STREAMS_MAX - 1 }, () => listen(port))
    await vi.waitFor(() => { expect(others.every(({ opened }) => opened)).toBe(true) })
    expect((await get('/events')).status).toBe(503)
    for (const other of others) other.close()
    await vi.waitFor(async () => { expect((await get('/metrics')).text).toMatch(/^redis_sentinel_event_streams 1$/m) })
    const deaf = await new Promise<Socket>((resolve) => {
      const socket = createDeafReader(port, () => { resolve(socket) })
    })
    const subject = { ...MASTER, name: 'x'.repeat(900) }
    for (let at0 = 0; at0 < 40_000; at0 += 1) bus.event({ name: '+sdown', master: 'mymaster', subject }, at(at0))
    await once(deaf, 'close')
    idle.close()
  }, 30_000)
})

describe('/readyz', () => {
  it('answers 200 while the master accepts no writes or is down, because the sentinel can act, and names the problem', async () => {
    const { get, view } = await start()
    expect((await get('/readyz')).text).not.toContain('warning')
    const readOnly = healthy({ reasons: [{ kind: 'master-is-replica', forMs: 5, downInMs: undefined }] })
    const down = healthy({ sdown: true, odown: true, reasons: [] })
    for (const [master, explanation, warning] of [
      [masterView({ roleReported: 'slave' }), readOnly, 'reports the role of a replica and refuses writes.'],
      [masterView({ flags: ['s_down', 'o_down', 'master'] }), down, 'The master 10.0.0.1:6379 is down; the quorum agrees.'],
    ] as const) {
      view.fakes = [fakeMaster({ view: master, explanation })]
      await vi.waitFor(async () => {
        const { status, text } = await get('/readyz')
        const [first] = readDocument('readyz', text).masters
        expect([status, first?.ok, first?.warning]).toEqual([200, true, expect.stringContaining(warning)])
      })
    }
  })

  it.each([
    [3, /^This sentinel will not act for another 25\.0 s \(TILT.*\); 2 others can\.$/],
    [2, /^This sentinel will not act for another 25\.0 s \(TILT.*\), and the others are too few to act without it\.$/],
  ])('answers 503 in TILT, with %i reachable sentinels, because this one will not act, with the number of others that can', async (reachable, reason) => {
    const { get, view } = await start()
    const tilt = { kind: 'tilt', forMs: 5000, leftMs: 25_000, cause: undefined } as const
    const votes = { ...healthy().votes, reachable }
    view.tilt = { tilt: true, tiltMs: 5_000 }
    view.fakes = [fakeMaster({ explanation: healthy({ reasons: [tilt], ifMasterDied: [tilt], votes }) })]
    const { status, text } = await get('/readyz')
    expect(status).toBe(503)
    expect(readDocument('readyz', text)).toMatchObject({
      status: 'not ready', reason: expect.stringMatching(reason) as string, masters: [{ name: 'mymaster', ok: true }],
    })
  })

  it('answers 503 when a master has no quorum, and when no master is monitored', async () => {
    const { get, view } = await start()
    expect((await get('/readyz')).status).toBe(200)
    view.fakes = [fakeMaster(), fakeMaster({ view: masterView({ name: 'other' }), quorumCheck: { usable: 1, quorum: 2, majority: 2 } })]
    await vi.waitFor(async () => {
      const reply = await get('/readyz')
      expect([reply.status, reply.text]).toEqual([503, expect.stringContaining('NOQUORUM 1 usable Sentinels. Not enough available Sentinels to reach the specified quorum')])
    })
    view.fakes = []
    await vi.waitFor(async () => { expect((await get('/readyz')).text).toContain('no master is monitored') })
    expect(readDocument('livez', (await get('/livez')).text)).toEqual({ schemaVersion: 1, status: 'ok' })
  })
})

function createDeafReader(port: number, opened: () => void): Socket {
  const socket = connect({ port, host: '127.0.0.1' }, () => {
    socket.write('GET /events HTTP/1.1\r\nHost: 127.0.0.1\r\n\r\n')
    socket.once('data', (chunk) => {
      expect(chunk.toString()).toContain('HTTP/1.1 200')
      socket.pause()
      opened()
    })
  })
  socket.on('error', () => undefined)
  return socket
}
