import { connect, type Socket } from 'node:net'

import { clock, type SentinelProcess } from '../../src/harness/index.ts'

/** Pause between an answer and the next question. Asking more often takes the processor from the failover. */
const EVERY_MS = 5

const COMPLETE_REPLY = /^\*2\r\n\$\d+\r\n[^\r]*\r\n\$\d+\r\n\d+\r\n$/

/** Asks one sentinel for the master's address all the time, over one plain socket, and notes when it changes. */
export class AddressPoller {
  readonly #socket: Socket
  readonly #question: string
  #before: string | undefined
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
    this.#socket.write(this.#question)
  }

  /** When the first answer with another address arrived, on the clock of the timeline. */
  get changedAt(): number | undefined {
    return this.#changedAt
  }

  stop(): void {
    this.#stopped = true
    this.#socket.destroy()
  }

  #answered(reply: string): void {
    this.#before ??= reply
    if (reply !== this.#before) {
      this.#changedAt = clock()
      return
    }
    setTimeout(() => { if (!this.#stopped) this.#socket.write(this.#question) }, EVERY_MS)
  }
}
