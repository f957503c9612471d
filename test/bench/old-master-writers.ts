import { connect, type Socket } from 'node:net'
import { setTimeout as delay } from 'node:timers/promises'

import { clock, type Address } from '../../src/harness/index.ts'

/** The key of the set that the writers add to. */
export const WRITTEN_KEY = 'written'

/** Pause before a writer connects again. */
const AGAIN_MS = 5

export interface AcceptedWrite {
  readonly id: string
  /** On the clock of the timeline, in milliseconds. */
  readonly at: number
}

/** Writers that stay with one address, whatever the sentinels say: one write at a time each, and again after errors. */
export class OldMasterWriters {
  readonly accepted: AcceptedWrite[] = []
  readonly #done: Promise<unknown>
  #isStopped = false

  constructor(address: Address, count: number) {
    this.#done = Promise.all(Array.from({ length: count }, (_, at) => this.#write(`w${at}`, address)))
  }

  async stop(): Promise<void> {
    this.#isStopped = true
    await this.#done
  }

  async #write(name: string, address: Address): Promise<void> {
    for (let next = 0; !this.#isStopped;) {
      next = await this.#writeOnOneConnection(name, address, next)
      await delay(AGAIN_MS)
    }
  }

  /** Writes until the connection ends. Returns the number of the next write. */
  #writeOnOneConnection(name: string, { host, port }: Address, first: number): Promise<number> {
    return new Promise((resolve) => {
      let next = first
      const socket = connect({ host, port, noDelay: true })
      socket.on('connect', () => { this.#send(socket, `${name}-${next}`) })
      socket.on('data', (bytes) => {
        if (bytes.toString('latin1').startsWith(':1')) this.accepted.push({ id: `${name}-${next}`, at: clock() })
        next += 1
        if (this.#isStopped) socket.destroy()
        else this.#send(socket, `${name}-${next}`)
      })
      // 'close' follows.
      socket.on('error', () => undefined)
      socket.on('close', () => { resolve(next) })
    })
  }

  #send(socket: Socket, id: string): void {
    socket.write(`SADD ${WRITTEN_KEY} ${id}\r\n`)
  }
}
