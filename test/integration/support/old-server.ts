import { connect, createServer, type AddressInfo, type Server, type Socket } from 'node:net'

/** What clients send, and what the server gets. It does not have FAILOVER, CLIENT PAUSE ... WRITE, CLIENT UNPAUSE. */
const REQUESTS: readonly Replacement[] = [
  ['$8\r\nFAILOVER\r\n', '$8\r\nXAILOVER\r\n'],
  ['$5\r\nWRITE\r\n', '$5\r\nXRITE\r\n'],
  ['$7\r\nUNPAUSE\r\n', '$7\r\nXNPAUSE\r\n'],
]
/** What the server sends, and what clients get. The length of INFO stays. */
const REPLIES: readonly Replacement[] = [
  ['redis_version:7.', 'redis_version:5.'],
  ['redis_version:8.', 'redis_version:5.'],
  ['master_failover_state:', 'xaster_failover_state:'],
]

type Replacement = readonly [text: string, other: string]

/** Shows a server as one of Redis 5: INFO names that release, and commands that came with 6.2 are refused. */
export class OldServer {
  readonly #server: Server
  readonly #sockets = new Set<Socket>()

  /** @param port returns the port of the server behind, on 127.0.0.1 */
  constructor(port: () => number) {
    this.#server = createServer({ noDelay: true }, (incoming) => {
      const outgoing = connect({ host: '127.0.0.1', port: port(), noDelay: true })
      this.#forward(incoming, outgoing, REQUESTS)
      this.#forward(outgoing, incoming, REPLIES)
    })
  }

  async listen(): Promise<number> {
    await new Promise<void>((resolve) => { this.#server.listen(0, '127.0.0.1', resolve) })
    return (this.#server.address() as AddressInfo).port
  }

  async close(): Promise<void> {
    for (const socket of this.#sockets) socket.destroy()
    await new Promise<void>((resolve) => {
      this.#server.close(() => { resolve() })
    })
  }

  #forward(from: Socket, to: Socket, replacements: readonly Replacement[]): void {
    let rest = ''
    this.#sockets.add(from)
    from.on('data', (bytes) => {
      const text = replaced(rest + bytes.toString('latin1'), replacements)
      const held = unfinished(text, replacements)
      rest = text.slice(text.length - held)
      to.write(text.slice(0, text.length - held), 'latin1')
    })
    // The close event that follows ends the other side.
    from.on('error', () => undefined)
    from.once('close', () => {
      this.#sockets.delete(from)
      to.destroy()
    })
  }
}

function replaced(text: string, replacements: readonly Replacement[]): string {
  return replacements.reduce((result, [one, other]) => result.replaceAll(one, other), text)
}

/** How many of the last characters may be the beginning of a text to replace. Commands and replies end with none. */
function unfinished(text: string, replacements: readonly Replacement[]): number {
  return Math.max(...replacements.map(([one]) => {
    for (let length = Math.min(one.length - 1, text.length); length > 0; length -= 1) {
      if (text.endsWith(one.slice(0, length))) return length
    }
    return 0
  }))
}
