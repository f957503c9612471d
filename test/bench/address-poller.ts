import { connect, type Socket } from 'node:net'

import { clock, type SentinelProcess } from '../../src/harness/index.ts'

/** Pause between an answer and the next question. Asking more often takes the processor from the failover. */
const EVERY_MS = 3

const COMPLETE_REPLY = /^\*2\r\n\$\d+\r\n[^\r]*\r\n\$\d+\r\n\d+\r\n$/

/**
 * Asks one sentinel for the master's address over one plain socket and notes when it changes: once at the beginning,
 * and all the time from when it is told to watch.
 */
export class AddressPoller {
  readonly #socket: Socket
  readonly #question: string
  #before: string | undefined
  #isWatching = false
  #changedAt: number | undefined
  #stopped = false

  constructor(sentinel: SentinelProcess, masterName: string) {
    this.#question = `*3\r\n$8\r\nSENTINEL\r\n$23\r\nGET-MASTER-ADDR-BY-NAME\r\n$${masterName.length}\r\n${masterName}\r\n`
    const { host, port } = sentinel.address
    this.#socket = connect({ host, port, noDelay: true })
    let text = ''
    this.#socket.on('data', (bytes: Buffer) => {
      text += bytes.toString('latin1')
      if (!COMPLETE_REPLY.test(text)) return
      this.#answered(text)
      text = ''
    })
    this.#socket.on('error', (error) => {
      if (!this.#stopped) throw new Error(`polling ${sentinel.name} failed: ${error.message}`)
    })
    this.#ask()
  }

  /** When the first answer with another address arrived, on the clock of the timeline. */
  get changedAt(): number | undefined {
    return this.#changedAt
  }

  watch(): void {
    if (this.#isWatching) return
    this.#isWatching = true
    this.#ask()
  }

  stop(): void {
    this.#stopped = true
    this.#socket.destroy()
  }

  #answered(reply: string): void {
    this.#before ??= reply
    if (reply !== this.#before) this.#changedAt = clock()
    else if (this.#isWatching) setTimeout(() => { this.#ask() }, EVERY_MS)
  }

  #ask(): void {
    if (!this.#stopped) this.#socket.write(this.#question)
  }
}
