/** Clients that harm a proxy in route mode if they can, and one that works as it should meanwhile. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

import { eventually, messageOf, notYet, within } from '../../src/harness/index.ts'
import { pause } from '../chaos/pacing.ts'
import type { ProxyProcess } from '../integration/proxy-process.ts'
import { RawClient } from '../integration/support/raw-client.ts'

/** Time limit for each reaction of the proxy. */
const WAIT_MS = 30_000

const MIB = 1_024 * 1_024

/** The value under the key `big`, and the messages that subscribers do not read. */
export const BIG_BYTES = MIB

/** More than a client that does not read may have waiting, which is 64 MiB, with what the system takes. */
const UNREAD = 80

/** Clients that come at the same time: fewer than the queue of the listener holds. */
const BATCH = 200

export interface Target {
  readonly proxy: ProxyProcess
  /** What clients log in with. */
  readonly password: string
  /** How many clients attack, where that makes a difference. */
  readonly clients: number
}

export interface Attack {
  readonly name: string
  /** Attacks, and returns when the proxy has reacted as it must. */
  readonly run: (target: Target) => Promise<void>
}

/** What is sent, by a client that has logged in or by one that has not, and what must be heard before the end. */
const GARBAGE: readonly { readonly bytes: string, readonly answer: RegExp, readonly hasLoggedIn: boolean }[] = [
  { bytes: '*abc\r\n', answer: /^-ERR Protocol error: invalid multibulk length\r\n$/, hasLoggedIn: true },
  { bytes: '*1\rX$4\rXPINGXX', answer: /^-ERR Protocol error: expected CRLF\r\n$/, hasLoggedIn: false },
  { bytes: '*1\r\n$4\r\nPING\r\n*1\r\nPING\r\n', answer: /^\+PONG\r\n-ERR Protocol error: expected '\$', got 'P'\r\n$/, hasLoggedIn: true },
  { bytes: 'GET "a\r\n', answer: /^-ERR Protocol error: unbalanced quotes in request\r\n$/, hasLoggedIn: false },
  { bytes: `GET ${'x'.repeat(70_000)}`, answer: /^-ERR Protocol error: too big inline request\r\n$/, hasLoggedIn: true },
  { bytes: 'GET / HTTP/1.1\r\nHost: a\r\n\r\n"', answer: /^(?:-NOAUTH Authentication required\.\r\n){2}$/, hasLoggedIn: false },
  { bytes: '*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$67108865\r\n', answer: /^-ERR Protocol error: invalid bulk length\r\n$/, hasLoggedIn: true },
  { bytes: '*1048577\r\n', answer: /^-ERR Protocol error: invalid multibulk length, at most 1048576 words/, hasLoggedIn: true },
  { bytes: '*2\r\n$4\r\nAUTH\r\n$16385\r\n', answer: /^-ERR Protocol error: unauthenticated bulk length\r\n$/, hasLoggedIn: false },
  { bytes: '*11\r\n', answer: /^-ERR Protocol error: unauthenticated multibulk length\r\n$/, hasLoggedIn: false },
]

const garbage: Attack = {
  name: 'garbage and headers that are too large',
  run: async (target) => {
    for (const { bytes, answer, hasLoggedIn } of GARBAGE) {
      const client = hasLoggedIn ? await loggedIn(target) : stranger(target)
      const before = client.heard.length
      await client.send(bytes)
      // Half a request ends with the client.
      if (bytes.endsWith('"')) await client.hear('required.\r\n-NOAUTH', WAIT_MS)
      else await within(`the end after ${JSON.stringify(bytes.slice(0, 60))}`, WAIT_MS, client.closed)
      client.close()
      const heard = client.heard.slice(before)
      if (!answer.test(heard)) throw new Error(`${JSON.stringify(bytes.slice(0, 60))} was answered with ${JSON.stringify(heard)}`)
    }
  },
}

const large: Attack = {
  name: 'requests of 64 MiB that do not end',
  run: async (target) => {
    const clients = await Promise.all(Array.from({ length: 4 }, () => loggedIn(target)))
    const part = Buffer.alloc(4 * MIB, 'x')
    for (const client of clients) await client.send(`*3\r\n$3\r\nSET\r\n$1\r\nk\r\n$${60 * MIB}\r\n`)
    for (let sent = 0; sent < 4; sent += 1) await Promise.all(clients.map((client) => client.send(part)))
    for (const client of clients) client.close()
  },
}

const slow: Attack = {
  name: 'requests byte by byte',
  run: async (target) => {
    const clients = await Promise.all(Array.from({ length: target.clients }, () => loggedIn(target)))
    const request = '*2\r\n$4\r\nECHO\r\n$4\r\nslow\r\n'
    for (const byte of request) {
      await Promise.all(clients.map((client) => client.send(byte)))
      await pause(2)
    }
    await Promise.all(clients.map((client) => client.hear('$4\r\nslow\r\n', WAIT_MS)))
    for (const client of clients) client.close()
  },
}

const strangers: Attack = {
  name: 'requests without a login',
  run: async (target) => {
    const clients = Array.from({ length: target.clients }, () => stranger(target))
    const answer = '-NOAUTH Authentication required.\r\n'
    await Promise.all(clients.map(async (client) => {
      await client.send('*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n'.repeat(500))
      await client.hear(answer.repeat(500), WAIT_MS)
    }))
    for (const client of clients) client.close()
  },
}

const unread: Attack = {
  name: `${UNREAD} MiB of replies that are not read`,
  run: (target) => isClosedWithoutReading(target, '*2\r\n$3\r\nGET\r\n$3\r\nbig\r\n'.repeat(UNREAD), () => Promise.resolve()),
}

const unreadMessages: Attack = {
  name: `${UNREAD} MiB of messages that are not read`,
  run: (target) => isClosedWithoutReading(target, 'SUBSCRIBE news\r\n', async () => {
    const publisher = target.proxy.client()
    await publisher.call(['AUTH', target.password])
    await eventually('a subscriber', async () => {
      if (await publisher.call(['PUBLISH', 'news', 'x']) === 0) throw notYet('none')
    }, { timeoutMs: WAIT_MS })
    for (let sent = 0; sent < UNREAD; sent += 1) await publisher.call(['PUBLISH', 'news', 'x'.repeat(BIG_BYTES)])
    publisher.close()
  }),
}

/** Those that cost a second or so. */
export const ATTACKS: readonly Attack[] = [garbage, slow, strangers, large, unread, unreadMessages]

/** Returns when the proxy has closed a client that sends this and reads nothing. */
async function isClosedWithoutReading(target: Target, bytes: string, then: () => Promise<void>): Promise<void> {
  const before = await clientsOf(target)
  const socket = connect({ host: '127.0.0.1', port: target.proxy.port }).on('error', () => undefined)
  socket.pause()
  socket.write(`AUTH ${target.password}\r\n${bytes}`)
  await eventually('the client', async () => {
    if (await clientsOf(target) === before) throw notYet('it is not there')
  }, { timeoutMs: WAIT_MS, everyMs: 1 })
  await then()
  await eventually('its end', async () => {
    if (await clientsOf(target) > before) throw notYet('it is still there')
  }, { timeoutMs: WAIT_MS })
  socket.destroy()
}

/** Opens as many clients, of which every other one logs in, and returns when the proxy has all of them. */
export async function idleClients(target: Target, count: number): Promise<readonly Socket[]> {
  const before = await clientsOf(target)
  const sockets: Socket[] = []
  while (sockets.length < count) {
    for (let more = Math.min(BATCH, count - sockets.length); more > 0; more -= 1) {
      const socket = connect({ host: '127.0.0.1', port: target.proxy.port }).on('error', () => undefined).resume()
      if (sockets.length % 2 === 0) socket.write(`AUTH ${target.password}\r\n`)
      sockets.push(socket)
    }
    await eventually('all of them', async () => {
      const clients = await clientsOf(target)
      if (clients < before + sockets.length) throw notYet(`${clients} clients`)
    }, { timeoutMs: WAIT_MS, everyMs: 5 })
  }
  return sockets
}

function clientsOf({ proxy }: Target): Promise<number> {
  return proxy.metric('ts_sentinel_proxy_clients')
}

function stranger({ proxy }: Target): RawClient {
  return new RawClient({ host: '127.0.0.1', port: proxy.port })
}

async function loggedIn(target: Target): Promise<RawClient> {
  const client = stranger(target)
  await client.send(`AUTH ${target.password}\r\n`)
  await client.hear('+OK\r\n', WAIT_MS)
  return client
}

/** Writes and reads one request after the other over one connection. */
export class GoodClient {
  readonly errors: string[] = []
  calls = 0
  slowestMs = 0
  #isStopped = false
  readonly #done: Promise<void>

  constructor(target: Target) {
    this.#done = this.#run(target)
  }

  /** Returns when its last request has its reply. */
  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#done
  }

  async #run({ proxy, password }: Target): Promise<void> {
    const client = proxy.client()
    try {
      await client.call(['AUTH', password])
      for (let value = 1; !this.#isStopped; value += 1) {
        const from = performance.now()
        const count = await client.call(['INCR', 'good'], WAIT_MS)
        const read = await client.call(['GET', 'good'], WAIT_MS)
        this.slowestMs = Math.max(this.slowestMs, performance.now() - from)
        if (String(count) !== String(read)) this.errors.push(`${String(read)} instead of ${String(count)}`)
        this.calls += 1
        await pause(2)
      }
    } catch (error) {
      this.errors.push(messageOf(error))
    }
    client.close()
  }
}

/** The memory of a process, and the most that it had, until it is stopped. */
export class MemoryWatch {
  readonly beforeMib: number
  mostMib: number
  readonly #pid: number
  readonly #timer: NodeJS.Timeout

  constructor({ proxy }: Target) {
    this.#pid = proxy.program.pid
    this.beforeMib = this.nowMib
    this.mostMib = this.beforeMib
    this.#timer = setInterval(() => { this.mostMib = Math.max(this.mostMib, this.nowMib) }, 20)
  }

  get nowMib(): number {
    const status = readFileSync(`/proc/${this.#pid}/status`, 'utf8')
    return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1_024
  }

  stop(): void {
    clearInterval(this.#timer)
  }
}
