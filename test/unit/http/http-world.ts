/** An HTTP side on a port of the system's choice, over a core that says what the test wants. */
import { request, type IncomingHttpHeaders } from 'node:http'
import { connect } from 'node:net'
import { afterEach } from 'vitest'

import { EventBus, Journal } from '../../../src/events/index.ts'
import { createHttpServer, type HttpServer, type HttpWorld } from '../../../src/http/index.ts'
import type { EventStore, SentinelAsker } from '../../../src/ports/index.ts'
import { FakeView } from '../commands/fake-core.ts'
import { at } from '../events/samples.ts'

export interface Reply {
  readonly status: number
  readonly headers: IncomingHttpHeaders
  readonly text: string
}

export interface GetOptions {
  readonly method?: string
  readonly headers?: Readonly<Record<string, string>>
  readonly body?: string
}

export interface Rig {
  readonly view: FakeView
  readonly bus: EventBus
  readonly server: HttpServer
  readonly port: number
  readonly log: string[]
  /** Set to hold answers that wait for the disk. */
  disk: { isStuck: boolean, error: string | undefined, keepError: string | undefined }
  /** What the other sentinels answer. */
  readonly asked: { ask: SentinelAsker['ask'] }
  /** Commands that actions ran, and what the next one answers. */
  readonly orders: readonly (readonly string[])[]
  readonly outcome: { next: { readonly isDone: boolean, readonly text: string } }
  readonly get: (path: string, options?: GetOptions) => Promise<Reply>
}

export interface HttpRigSettings {
  readonly token?: string
  readonly actionsToken?: string
  readonly admit?: boolean
  readonly allowedHosts?: readonly string[]
  readonly eventStore?: EventStore
}

/** Starts HTTP sides that end after each test. To be called once in a file. */
export function httpRigs(): typeof startHttp {
  const running: Rig[] = []
  afterEach(async () => { await Promise.all(running.splice(0).map(({ server }) => server.close())) })
  return async (settings) => {
    const rig = await startHttp(settings)
    running.push(rig)
    return rig
  }
}

export async function startHttp(settings: HttpRigSettings = {}): Promise<Rig> {
  const view = new FakeView()
  const log: string[] = []
  const bus = new EventBus({ logger: { log: () => undefined }, onSinkError: (error) => { throw error } })
  const journal = new Journal()
  bus.subscribe((event) => { journal.record(event) })
  const asked: Rig['asked'] = { ask: () => Promise.reject(new Error('Connection refused')) }
  const orders: string[][] = []
  const outcome: Rig['outcome'] = { next: { isDone: true, text: 'OK' } }
  const disk: Rig['disk'] = { isStuck: false, error: undefined, keepError: undefined }
  const world: HttpWorld = {
    view, journal, events: bus,
    eventStore: settings.eventStore ?? { past: [], numbersAbove: 0, add: () => undefined },
    asker: { ask: (target, commands) => asked.ask(target, commands) },
    operator: { whenDurable: (_seq, done) => { if (!disk.isStuck) done() } },
    order: (name, words) => { orders.push([name, ...words]); return Promise.resolve(outcome.next) },
    scripts: { pending: () => [] },
    webhooks: () => [{ name: 'ops', queued: 11, delivered: 3, failed: 1, dropped: 0, failedAttempts: 2 }],
    saves: () => ({ error: disk.error, failuresTotal: disk.error === undefined ? 0 : 1, savesTotal: 5 }),
    keeps: () => ({ error: disk.keepError, failuresTotal: disk.keepError === undefined ? 0 : 3, writesTotal: 7 }),
    lookups: { failing: 1, failuresTotal: 4, lookupsTotal: 9 },
    facts: {
      version: '7.0.15', packageVersion: '0.1.0', runId: 'r', processId: 1, operatingSystem: 'Linux', tcpPort: 26379,
      http: '127.0.0.1:26380', startedAt: at(0), redisCliTls: () => [],
    },
    connectedClients: () => 2,
    now: () => at(5_000),
    logger: { log: (_level, text) => { log.push(text) } },
  }
  const server = createHttpServer({ host: '127.0.0.1', port: 0, token: settings.token, actionsToken: settings.actionsToken, allowedHosts: settings.allowedHosts ?? [] }, world)
  const problem = await server.listen()
  if (problem !== undefined || server.port === undefined) throw new Error(problem)
  if (settings.admit !== false) server.admit()
  const { port } = server
  const parts = { view, bus, server, port, log, disk, asked, orders, outcome }
  return { ...parts, get: (path, options) => get(port, path, options) }
}

function get(port: number, path: string, { method = 'GET', headers = {}, body }: GetOptions = {}): Promise<Reply> {
  return new Promise((resolve, reject) => {
    const asked = request({ port, host: '127.0.0.1', path, method, headers, agent: false }, (response) => {
      let text = ''
      response.on('data', (chunk: Buffer) => { text += chunk.toString() })
      response.on('end', () => { resolve({ status: response.statusCode ?? 0, headers: response.headers, text }) })
      response.on('error', reject)
    })
    asked.on('error', reject)
    asked.end(body)
  })
}

/** Bytes as they come; resolves with all of them when the other side closes. */
export function raw(port: number, bytes: string): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    const socket = connect({ port, host: '127.0.0.1' }, () => { socket.write(bytes) })
    socket.on('data', (chunk) => { text += chunk.toString() })
    socket.on('close', () => { resolve(text) })
    socket.on('error', reject)
  })
}

/** Reads `/events` until it is closed. */
export function listen(port: number, headers: Readonly<Record<string, string>> = {}) {
  const stream = { text: '', isClosed: false, opened: false, close: () => { asked.destroy() } }
  const asked = request({ port, host: '127.0.0.1', path: '/events', headers, agent: false }, (response) => {
    stream.opened = true
    response.on('data', (chunk: Buffer) => { stream.text += chunk.toString() })
    response.on('error', () => undefined)
    response.on('close', () => { stream.isClosed = true })
  })
  asked.on('error', () => { stream.isClosed = true })
  asked.end()
  return stream
}
