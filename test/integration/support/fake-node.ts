import { createServer, type AddressInfo, type Server, type Socket } from 'node:net'

import type { Address } from '../../../src/harness/index.ts'
import { takeCommand } from './take-command.ts'

/** Answers one command with raw bytes; undefined means no answer, ever. */
export type Answer = (command: readonly string[]) => string | undefined

/** A server that speaks just enough of the protocol to pretend to be a data node, well or badly. */
export class FakeNode {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()
  /** Every command that arrived, as words. */
  readonly received: string[][] = []

  private constructor(answer: Answer) {
    this.#server = createServer((socket) => {
      this.#sockets.add(socket)
      socket.on('error', () => undefined)
      socket.once('close', () => this.#sockets.delete(socket))
      let text = ''
      socket.on('data', (bytes) => {
        text += bytes.toString('latin1')
        for (let parsed = takeCommand(text); parsed !== undefined; parsed = takeCommand(text)) {
          text = parsed.rest
          this.received.push(parsed.command)
          const reply = answer(parsed.command)
          if (reply !== undefined) socket.write(reply, 'latin1')
        }
      })
    })
  }

  static async start(answer: Answer): Promise<FakeNode> {
    const node = new FakeNode(answer)
    await new Promise<void>((resolve) => { node.#server.listen(0, '127.0.0.1', resolve) })
    return node
  }

  get address(): Address {
    return { host: '127.0.0.1', port: (this.#server.address() as AddressInfo).port }
  }

  async stop(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => { resolve() })
    })
  }
}

/** A data node that is in order, but for the text of its INFO. */
export function nodeWithInfo(info: () => string): Answer {
  return (command) => {
    const [name = ''] = command
    switch (name.toUpperCase()) {
      case 'PING': return '+PONG\r\n'
      case 'INFO': {
        const text = info()
        return `$${Buffer.byteLength(text, 'latin1')}\r\n${text}\r\n`
      }
      case 'SUBSCRIBE': return '*3\r\n$9\r\nsubscribe\r\n$18\r\n__sentinel__:hello\r\n:1\r\n'
      case 'PUBLISH': return ':1\r\n'
      case 'MULTI': return '+OK\r\n'
      case 'EXEC': return '*0\r\n'
      default: return '+OK\r\n'
    }
  }
}
