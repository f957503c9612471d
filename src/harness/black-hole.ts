import { once } from 'node:events'
import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'
import { Worker } from 'node:worker_threads'

import { formatAddress, type Address } from './address.ts'
import { within } from './eventually.ts'

// Theory of operation. Without root, no packet can be dropped. But the kernel ignores SYNs to a listener whose queue
// of connections is full, and the client tries again after 1 s, 3 s, 7 s and so on, as when packets are lost. So a
// thread listens and then sleeps, which leaves the queue to fill. A thread, because the event loop of this one would
// accept the connections, and because it ends with the process.
const LISTENER = `
const { parentPort, workerData: { gate, addresses, backlog } } = require('node:worker_threads')
const { createServer } = require('node:net')
const listen = (address) => new Promise((resolve, reject) => {
  createServer().once('error', reject).listen({ ...address, backlog }, resolve)
})
parentPort.postMessage('ready')
Atomics.wait(gate, 0, 0)
Promise.all(addresses.map(listen)).then(() => {
  parentPort.postMessage('listening')
  Atomics.wait(gate, 0, 1)
}, (error) => { parentPort.postMessage(error.message) })
`

/** The smallest queue that Node allows; Linux takes one connection more. */
const BACKLOG = 1

/** Time limit for the start of the thread. */
const START_MS = 15_000

/** Time limit for one connection that fills the queue. */
const FILL_MS = 50

/** Listeners that never accept: attempts to connect get no answer at all. */
export class BlackHole {
  readonly #addresses: readonly Address[]
  readonly #gate = new Int32Array(new SharedArrayBuffer(4))
  readonly #worker: Worker
  readonly #fill: Socket[] = []

  private constructor(addresses: readonly Address[]) {
    this.#addresses = addresses
    this.#worker = new Worker(LISTENER, {
      eval: true, workerData: { gate: this.#gate, addresses, backlog: BACKLOG }, execArgv: [], env: {},
    })
    this.#worker.unref()
  }

  /** Prepares the thread; it does not listen before `open()`. */
  static async prepare(addresses: readonly Address[]): Promise<BlackHole> {
    const hole = new BlackHole(addresses)
    await hole.#message('ready')
    return hole
  }

  /** Listens on the addresses, which must be free, and fills the queues. @throws Error when a port was taken */
  async open(): Promise<void> {
    const listening = this.#message('listening')
    Atomics.store(this.#gate, 0, 1)
    Atomics.notify(this.#gate, 0)
    await listening
    for (let count = 0; count <= BACKLOG; count++) await Promise.all(this.#addresses.map((one) => this.#connect(one)))
  }

  /** Gives the port up. Clients that still try to connect reach the next listener with their next attempt. */
  async close(): Promise<void> {
    Atomics.store(this.#gate, 0, 2)
    Atomics.notify(this.#gate, 0)
    for (const socket of this.#fill.splice(0)) socket.destroy()
    await this.#worker.terminate()
  }

  /** Loopback connects at once; what takes longer is ignored already, because clients have filled the queue. */
  async #connect(address: Address): Promise<void> {
    const socket = connect(address)
    socket.unref()
    socket.on('error', () => undefined)
    this.#fill.push(socket)
    const ready = once(socket, 'connect').catch(() => undefined)
    await Promise.race([ready, delay(FILL_MS)])
  }

  #message(wanted: string): Promise<void> {
    const where = this.#addresses.map(formatAddress).join(', ')
    return within(`the listener that ignores connections to ${where}`, START_MS, new Promise((resolve, reject) => {
      this.#worker.once('error', reject)
      this.#worker.once('message', (text: string) => {
        this.#worker.off('error', reject)
        if (text === wanted) resolve()
        else reject(new Error(`cannot listen on ${where}: ${text}`))
      })
    }))
  }
}
