/** Orders of operators over HTTP, and attempts to give orders without being one. */
import { describe, expect, it, vi } from 'vitest'

import { orderOf } from '../../../src/http/action-order.ts'
import { readDocument } from '../../documents/read-document.ts'
import { httpRigs, raw, type GetOptions, type Rig } from './http-world.ts'

const start = httpRigs()
const TOKEN = 'a long token for actions'
const GOOD = { 'authorization': `Bearer ${TOKEN}`, 'content-type': 'application/json' }

function post(rig: Rig, action: string, body: object | string, headers: GetOptions['headers'] = GOOD) {
  const text = typeof body === 'string' ? body : JSON.stringify(body)
  return rig.get(`/masters/mymaster/${action}`, {
    method: 'POST', body: text, headers: { ...headers, 'content-length': String(Buffer.byteLength(text)) },
  })
}

describe('the body of an action', () => {
  it.each([
    ['failover', {}], ['resume', {}], ['switchover', {}], ['switchover', { to: '[::1]:6380', timeoutMs: 5000 }],
    ['pause', { durationMs: 60_000 }], ['pause', { durationMs: 60_000, reason: 'new kernel' }],
    ['forget', { kind: 'replica', which: '10.0.0.9:6379' }], ['forget', { kind: 'sentinel', which: 'b'.repeat(40) }],
  ] as const)('of %s is accepted as its schema has it: %j', (action, body) => {
    const text = JSON.stringify(body)
    expect(readDocument(`${action}-request`, text)).toEqual(body)
    expect(orderOf('mymaster', action, text)).toHaveProperty('words')
  })

  it.each([
    ['failover', { force: true }], ['failover', { to: '10.0.0.2:6379' }], ['resume', { durationMs: 1 }],
    ['switchover', { to: 6380 }], ['switchover', { to: 'a b' }], ['switchover', { timeoutMs: '5000' }], ['switchover', { too: '10.0.0.2:6379' }],
    ['pause', {}], ['pause', { reason: 'new kernel' }], ['pause', { durationMs: '60000' }], ['pause', { durationMs: 1, reason: null }],
    ['forget', {}], ['forget', { kind: 'replica' }], ['forget', { kind: 'master', which: '10.0.0.9:6379' }], ['forget', { kind: 'replica', which: 'x' }],
    ['pause', []], ['pause', null], ['pause', 1],
  ] as const)('of %s is refused where its schema refuses it: %j', (action, body) => {
    const text = JSON.stringify(body)
    expect(() => readDocument(`${action}-request`, text)).toThrow('This is no document of')
    expect(typeof orderOf('mymaster', action, text)).toBe('string')
  })
})

describe('an action', () => {
  it.each<[string, object, readonly string[]]>([
    ['failover', {}, ['failover', 'mymaster']],
    ['switchover', {}, ['failover', 'mymaster', 'COORDINATED']],
    ['switchover', { to: '[::1]:6380', timeoutMs: 5000 }, ['failover', 'mymaster', 'COORDINATED', 'TO', '::1', '6380', 'TIMEOUT', '5000']],
    ['pause', { durationMs: 60_000, reason: 'new kernel' }, ['pause', 'mymaster', 'FOR', '60000', 'REASON', 'new kernel']],
    ['resume', {}, ['resume', 'mymaster']],
    ['forget', { kind: 'replica', which: '10.0.0.9:6379' }, ['forget', 'mymaster', 'REPLICA', '10.0.0.9', '6379']],
    ['forget', { kind: 'sentinel', which: 'b'.repeat(40) }, ['forget', 'mymaster', 'SENTINEL', 'b'.repeat(40)]],
  ])('%s runs the command with the values of %j, and the log has the address of the client', async (action, body, order) => {
    const rig = await start({ actionsToken: TOKEN })
    const reply = await post(rig, action, body)
    expect([reply.status, readDocument('action', reply.text)]).toEqual([200, { schemaVersion: 1, master: 'mymaster', action, answer: 'OK' }])
    expect(rig.orders).toEqual([order])
    expect(rig.log.join('\n')).toMatch(/HTTP: 127\.0\.0\.1:\d+ orders SENTINEL [A-Z]+ mymaster[^]*: OK$/)
  })

  it('that the command refuses is answered with its reason', async () => {
    const rig = await start({ actionsToken: TOKEN })
    rig.outcome.next = { isDone: false, text: 'NOGOODSLAVE No suitable replica to promote' }
    const reply = await post(rig, 'failover', {})
    expect([reply.status, reply.text]).toEqual([409, expect.stringContaining('NOGOODSLAVE')])
  })

  it('is possible only with a token in the settings, and /masters shows whether it is', async () => {
    const [off, on] = [await start({ token: TOKEN }), await start({ actionsToken: TOKEN })]
    expect((await post(off, 'failover', {})).status).toBe(405)
    expect(off.orders).toEqual([])
    const actions = async (rig: Rig) => (JSON.parse((await rig.get('/masters', { headers: GOOD })).text) as { sentinel: { actions: boolean } }).sentinel.actions
    expect([await actions(off), await actions(on)]).toEqual([false, true])
  })

  it('needs the token of actions: that of reading is not enough, and the other one allows reading, too', async () => {
    const rig = await start({ token: 'reader', actionsToken: TOKEN })
    expect((await post(rig, 'failover', {}, { ...GOOD, authorization: 'Bearer reader' })).status).toBe(401)
    expect((await rig.get('/masters', { headers: GOOD })).status).toBe(200)
    expect((await rig.get('/masters')).status).toBe(401)
    expect(rig.orders).toEqual([])
    expect(rig.log.join()).toContain('refused an action')
  })

  it.each<[string, Readonly<Record<string, string>>, number]>([
    ['no token', { 'content-type': 'application/json' }, 401],
    ['a wrong token', { ...GOOD, authorization: 'Bearer wrong' }, 401],
    ['a cookie instead of the token', { 'content-type': 'application/json', 'cookie': `token=${TOKEN}` }, 401],
    ['the origin of another site', { ...GOOD, origin: 'https://evil.example' }, 403],
    ['the origin of another port', { ...GOOD, host: '127.0.0.1:26380', origin: 'http://127.0.0.1:1' }, 403],
    ['the origin null of a sandboxed frame', { ...GOOD, origin: 'null' }, 403],
    ['the mark of a request from another site', { ...GOOD, 'sec-fetch-site': 'cross-site' }, 403],
    ['the mark of a request from another name of the same domain', { ...GOOD, 'sec-fetch-site': 'same-site' }, 403],
    ['a name that was made to resolve to this address', { ...GOOD, host: 'evil.example', origin: 'http://evil.example' }, 421],
    ['a form', { ...GOOD, 'content-type': 'application/x-www-form-urlencoded' }, 415],
    ['plain text, which needs no permission of the browser', { ...GOOD, 'content-type': 'text/plain' }, 415],
  ])('with %s is refused and changes nothing', async (_what, headers, status) => {
    const rig = await start({ actionsToken: TOKEN })
    expect((await post(rig, 'failover', {}, headers)).status).toBe(status)
    expect(rig.orders).toEqual([])
  })

  it.each<[string, string | object, string, number]>([
    ['no JSON', '{', 'failover', 400], ['a list', '[]', 'failover', 400], ['an unknown key', { force: 1 }, 'failover', 400],
    ['an object as a value', { reason: {} }, 'pause', 400], ['a wrong address', { to: 'a b' }, 'switchover', 400],
    ['a wrong kind', { kind: 'master', which: '10.0.0.1:1' }, 'forget', 400], ['too many bytes', 'x'.repeat(5000), 'failover', 413],
  ])('with a body that has %s is refused and changes nothing', async (_what, body, action, status) => {
    const rig = await start({ actionsToken: TOKEN })
    expect((await post(rig, action, body)).status).toBe(status)
    expect(rig.orders).toEqual([])
  })

  it('that announces an enormous body is refused with the limit', async () => {
    const rig = await start({ actionsToken: TOKEN })
    const reply = await rig.get('/masters/mymaster/failover', { method: 'POST', headers: { ...GOOD, 'content-length': '30000000' } })
    expect([reply.status, reply.text]).toEqual([413, expect.stringMatching(/The body exceeds \d+ bytes/)])
  })

  it('is found under its own paths alone, and only for masters that are monitored', async () => {
    const rig = await start({ actionsToken: TOKEN })
    const ask = (path: string) => rig.get(path, { method: 'POST', headers: { ...GOOD, 'content-length': '2' }, body: '{}' })
    expect((await ask('/masters/other/failover')).status).toBe(404)
    for (const path of ['/masters', '/masters/mymaster', '/masters/mymaster/explain', '/masters/mymaster/failover/x', '/masters/%/failover']) {
      expect([path, (await ask(path)).status]).toEqual([path, 405])
    }
    expect(rig.orders).toEqual([])
  })

  it('gives a page of another site no permission when its browser asks for it', async () => {
    const rig = await start({ actionsToken: TOKEN })
    const { headers } = await rig.get('/masters/mymaster/failover', {
      method: 'OPTIONS', headers: { 'origin': 'https://evil.example', 'access-control-request-method': 'POST', 'access-control-request-headers': 'authorization' },
    })
    expect(Object.keys(headers).filter((name) => name.startsWith('access-control'))).toEqual([])
  })

  it('cannot be smuggled in the body of another request or behind one', async () => {
    const rig = await start({ actionsToken: TOKEN })
    const head = (length: number) => `POST /masters/mymaster/resume HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\n`
      + `Content-Type: application/json\r\nContent-Length: ${length}\r\n\r\n`
    const text = await raw(rig.port, `${head(2)}{}${head(2)}{}`)
    expect(text.match(/HTTP\/1\.1 200/g)).toHaveLength(1)
    expect(rig.orders).toHaveLength(1)
    expect(await raw(rig.port, head(2).replace('Content-Length: 2', 'Content-Length: 2\r\nTransfer-Encoding: chunked'))).toMatch(/HTTP\/1\.1 4\d\d/)
    expect(rig.orders).toHaveLength(1)
  })

  it('is carried out when its body comes in pieces', async () => {
    const rig = await start({ actionsToken: TOKEN })
    const { connect } = await import('node:net')
    const socket = connect({ port: rig.port, host: '127.0.0.1' })
    socket.write(`POST /masters/mymaster/pause HTTP/1.1\r\nHost: 127.0.0.1\r\nAuthorization: Bearer ${TOKEN}\r\nContent-Type: application/json\r\nContent-Length: 20\r\n\r\n{"dura`)
    await new Promise((resolve) => { setImmediate(resolve) })
    socket.write('tionMs": 1000}')
    await vi.waitFor(() => { expect(rig.orders).toEqual([['pause', 'mymaster', 'FOR', '1000']]) })
    socket.destroy()
  })
})
