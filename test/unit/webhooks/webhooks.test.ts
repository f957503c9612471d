/** Webhooks: what is sent, what is repeated, what is dropped, and that nothing waits for them. */
import { createHmac } from 'node:crypto'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { createWebhooks, type Webhook, type Webhooks } from '../../../src/webhooks/index.ts'
import { QUEUED_MAX } from '../../../src/webhooks/limits.ts'
import { at, MASTER, published } from '../events/samples.ts'

interface Received {
  readonly headers: Readonly<Record<string, string | string[] | undefined>>
  readonly body: string
}

let server: Server
let received: Received[]
/** What the receiver does with request number so-and-so; undefined: it never answers. */
let answer: (number: number) => number | undefined
let webhooks: Webhooks | undefined
let log: string[]

beforeEach(async () => {
  received = []
  log = []
  answer = () => 204
  server = createServer((request, response) => {
    let body = ''
    request.on('data', (chunk: Buffer) => { body += chunk.toString() })
    request.on('end', () => {
      received.push({ headers: request.headers, body })
      const status = answer(received.length)
      if (status === undefined) return
      response.writeHead(status, { location: 'http://127.0.0.1:1/' })
      response.end('thanks')
    })
  })
  await new Promise<void>((resolve) => { server.listen(0, '127.0.0.1', resolve) })
})

afterEach(async () => {
  await webhooks?.stop()
  server.closeAllConnections()
  server.close()
})

function start(overrides: Partial<Webhook> = {}): Webhooks {
  const { port } = server.address() as AddressInfo
  webhooks = createWebhooks({
    webhooks: [{
      name: 'ops', url: `http://127.0.0.1:${port}/hook?a=b`, secret: undefined, timeoutMs: 5_000, retries: 3, wants: () => true, ...overrides,
    }],
    sentinelId: 'f'.repeat(40), userAgent: 'ts-sentinel/1', retryFirstMs: 5, startDelayMs: 0,
    logger: { log: (_level, text) => { log.push(text) } },
  })
  return webhooks
}

const SWITCH = published({
  name: '+switch-master', master: 'mymaster', from: { host: '127.0.0.1', port: 6379 }, to: { host: '127.0.0.1', port: 6380 },
}, at(1))
const SDOWN = published({ name: '+sdown', master: 'mymaster', subject: MASTER }, at(0))

const state = () => webhooks?.states()[0]
const settled = () => vi.waitFor(() => { expect(state()?.queued).toBe(0) }, { timeout: 10_000 })

describe('a webhook', () => {
  it('receives the event as signed JSON', async () => {
    start({ secret: 'shh' }).event(SWITCH)
    await settled()
    const [{ headers, body } = { headers: {}, body: '' }] = received
    expect(JSON.parse(body)).toEqual({
      id: headers['ts-sentinel-delivery'], time: '2023-11-14T22:13:20.001Z', sentinel: 'f'.repeat(40), level: 'warning', event: '+switch-master',
      master: 'mymaster', from: '127.0.0.1:6379', to: '127.0.0.1:6380', payload: 'mymaster 127.0.0.1 6379 127.0.0.1 6380',
    })
    expect(headers).toMatchObject({ 'content-type': 'application/json', 'user-agent': 'ts-sentinel/1', 'ts-sentinel-event': '+switch-master' })
    const [, time = '', hash = ''] = /^t=(\d+),v1=([0-9a-f]{64})$/.exec(String(headers['ts-sentinel-signature'])) ?? []
    expect(hash).toBe(createHmac('sha256', 'shh').update(`${time}.${body}`).digest('hex'))
    expect(Math.abs(Number(time) - Date.now() / 1000)).toBeLessThan(60)
  })

  it('receives only its events, in order, and unsigned without a secret', async () => {
    start({ wants: (channel) => channel.startsWith('+s') })
    const odown = published({ name: '+odown', master: 'mymaster', subject: MASTER, agree: 2, quorum: 2 })
    for (const event of [SDOWN, odown, SWITCH]) webhooks?.event(event)
    await settled()
    expect(received.map(({ headers }) => headers['ts-sentinel-event'])).toEqual(['+sdown', '+switch-master'])
    expect(received[0]?.headers['ts-sentinel-signature']).toBeUndefined()
    expect(state()).toMatchObject({ delivered: 2, failed: 0, dropped: 0 })
  })

  it('receives the same id again when it fails, and the next events wait', async () => {
    answer = (number) => [500, 429, 200][number - 1] ?? 200
    start().event(SDOWN)
    webhooks?.event(SWITCH)
    await settled()
    expect(received.map(({ headers }) => headers['ts-sentinel-event'])).toEqual(['+sdown', '+sdown', '+sdown', '+switch-master'])
    expect(new Set(received.map(({ headers }) => headers['ts-sentinel-delivery'])).size).toBe(2)
    expect(state()).toMatchObject({ delivered: 2, failedAttempts: 2 })
  })

  it('is given up after the last attempt, which is logged', async () => {
    answer = () => 503
    start().event(SDOWN)
    await settled()
    expect(received).toHaveLength(4)
    expect(state()).toMatchObject({ delivered: 0, failed: 1, failedAttempts: 4 })
    expect(log).toEqual(['Webhook ops did not accept +sdown: status 503'])
  })

  it.each([400, 404, 301])('is not called again after status %i, and redirects are not followed', async (status) => {
    answer = () => status
    start().event(SDOWN)
    await settled()
    expect(received).toHaveLength(1)
    expect(log).toEqual([`Webhook ops did not accept +sdown: status ${status}`])
  })

  it('has a time limit for its answer', async () => {
    answer = () => undefined
    start({ timeoutMs: 50, retries: 0 }).event(SDOWN)
    await settled()
    expect(log).toEqual(['Webhook ops did not accept +sdown: no answer within 50 ms'])
  })

  it('that cannot be reached is retried like one that fails', async () => {
    start({ url: 'http://127.0.0.1:1/', retries: 1 }).event(SDOWN)
    await settled()
    expect(state()).toMatchObject({ failed: 1, failedAttempts: 2 })
  })

  it('loses the oldest events when its queue is full, and keeps the newest', async () => {
    answer = () => undefined
    start({ timeoutMs: 60_000 })
    for (let at0 = 0; at0 < QUEUED_MAX + 10; at0 += 1) webhooks?.event(SDOWN)
    await vi.waitFor(() => { expect(received).toHaveLength(1) })
    expect(state()).toMatchObject({ queued: QUEUED_MAX, dropped: 10 })
    expect(log).toEqual([`Webhook ops has ${QUEUED_MAX} events waiting; the oldest are dropped`])
  })
})

describe('a stop', () => {
  it('sends the waiting events without pauses', async () => {
    answer = (number) => number <= 2 ? 500 : 200
    start({ retries: 20 }).event(SDOWN)
    webhooks?.event(SDOWN)
    webhooks?.event(SWITCH)
    await webhooks?.stop()
    expect(received.at(-1)?.headers['ts-sentinel-event']).toBe('+switch-master')
    webhooks?.event(SDOWN)
    expect(state()?.queued).toBe(0)
  })

  it('does not wait for a receiver that does not answer', async () => {
    answer = () => undefined
    start({ timeoutMs: 60_000 }).event(SDOWN)
    await vi.waitFor(() => { expect(received).toHaveLength(1) })
    const begin = performance.now()
    await webhooks?.stop()
    expect(performance.now() - begin).toBeLessThan(2_000)
    expect(log).toEqual(['Webhook ops: not sent before the stop: 1 event'])
  })
})
