/** Clients that never read, that send a byte now and then, and thousands that only come: nobody else may suffer. */
import { readFileSync } from 'node:fs'
import { connect, type Socket } from 'node:net'

import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  eventually, killMaster, notYet, startDeployment, within, type Deployment, type SentinelProcess,
} from '../../src/harness/index.ts'

/** Below what a process may usually have open, twice: here and there. */
const MANY = 3000
/** Less than the queue of the listener holds (tcp-backlog 511). */
const BATCH = 250
const QUERY = '*2\r\n$8\r\nSENTINEL\r\n$7\r\nMASTERS\r\n'
/** What all of them together may cost; those that never read ask for much more than that each second. */
const MOST_GROWTH_MIB = 200

let deployment: Deployment
const sockets: Socket[] = []
const intervals: NodeJS.Timeout[] = []
beforeAll(async () => {
  deployment = await startDeployment({ downAfterMs: 3_000, failoverTimeoutMs: 10_000 })
})
afterAll(async () => {
  for (const timer of intervals) clearInterval(timer)
  for (const socket of sockets) socket.destroy()
  await deployment.stop()
})

function open(sentinel: SentinelProcess): Socket {
  const { host, port } = sentinel.address
  const socket = connect({ host, port, noDelay: true })
  // A client that is cut off is one of the things that may happen here.
  socket.on('error', () => undefined)
  sockets.push(socket)
  return socket
}

/** Asks for more and more and reads nothing. */
function neverRead(socket: Socket): void {
  socket.pause()
  const ask = (): void => {
    while (!socket.destroyed && socket.write(QUERY.repeat(1000)));
  }
  socket.on('drain', ask)
  socket.once('connect', ask)
}

function sendSlowly(socket: Socket): void {
  let at = 0
  intervals.push(setInterval(() => {
    if (!socket.destroyed) socket.write(QUERY.charAt(at % QUERY.length))
    at += 1
  }, 1_000))
}

/** Batch by batch: what the system cannot queue for the sentinel would come only after its own, growing delays. */
async function connectMany(sentinel: SentinelProcess, before: number): Promise<void> {
  for (let opened = 0; opened < MANY; opened += BATCH) {
    const connected = Array.from({ length: BATCH }, () => open(sentinel)).map((socket) => (
      new Promise<void>((resolve, reject) => {
        socket.once('connect', resolve)
        socket.once('close', () => { reject(new Error('a connection was refused')) })
      })
    ))
    await within('all connections to stand', 30_000, Promise.all(connected))
    // They stand when the system has them; the sentinel takes them from there.
    await eventually('all of them to be accepted', async () => {
      const clients = await clientsOf(sentinel)
      if (clients < before + opened + BATCH) throw notYet(`${clients} clients`)
    })
  }
}

function rssMiB(sentinel: SentinelProcess): number {
  const status = readFileSync(`/proc/${sentinel.process.pid}/status`, 'utf8')
  return Number(/VmRSS:\s+(\d+) kB/.exec(status)?.[1]) / 1024
}

function clientsOf(sentinel: SentinelProcess): Promise<number> {
  return sentinel.call(['INFO', 'clients']).then((text) => Number(/connected_clients:(\d+)/.exec(String(text))?.[1]))
}

describe('hostile clients of one sentinel', () => {
  it('disturb neither its other clients nor a failover, cost bounded memory, and leave nothing behind', async () => {
    const sentinel = deployment.sentinel(0)
    const before = { rss: rssMiB(sentinel), clients: await clientsOf(sentinel) }
    for (let count = 0; count < 20; count += 1) neverRead(open(sentinel))
    for (let count = 0; count < 200; count += 1) sendSlowly(open(sentinel))
    await connectMany(sentinel, before.clients)
    const { position } = deployment.timeline
    const { node } = await killMaster(deployment)
    await deployment.waitUntilSettled({ awayFrom: node.address })
    expect(await sentinel.call(['PING'], 1_000)).toBe('PONG')
    // The other sentinels are clients, too.
    expect(deployment.timeline.all({ event: '+sdown', text: /^sentinel /, after: position })).toEqual([])
    expect(deployment.timeline.all({ event: '+tilt', after: position })).toEqual([])
    expect(rssMiB(sentinel) - before.rss).toBeLessThan(MOST_GROWTH_MIB)
    for (const socket of sockets) socket.destroy()
    await eventually('their connections to be gone', async () => {
      const clients = await clientsOf(sentinel)
      if (clients > before.clients) throw notYet(`${clients} clients, ${before.clients} before`)
    })
  })
})
