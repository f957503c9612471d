/** Outgoing connections of one sentinel over the simulated network, in the words of the production port. */
import type { ConnectionId, DisconnectCause, Input, Reply, Request } from '../../src/core/index.ts'
import type { Links, LinkTarget } from '../../src/ports/index.ts'
import type { Endpoint } from './connection.ts'
import type { Life } from './host.ts'
import type { Network } from './network.ts'
import type { Frame } from './wire.ts'

export interface SimLinksOptions {
  readonly life: Life
  readonly network: Network
  readonly enqueue: (input: Input) => void
  readonly onSent: (argv: readonly string[], request: Request, toIp: string) => void
}

interface Outgoing {
  readonly endpoint: Endpoint
  /** Commands without an answer, oldest first. */
  readonly requests: Request[]
  isSubscribed: boolean
}

export class SimLinks implements Links {
  readonly #options: SimLinksOptions
  readonly #open = new Map<ConnectionId, Outgoing>()

  constructor(options: SimLinksOptions) {
    this.#options = options
  }

  open(connection: ConnectionId, target: LinkTarget): void {
    const { life, network, enqueue } = this.#options
    const endpoint = network.connect(life, { ip: target.host, port: target.port }, {
      opened: () => { enqueue({ type: 'connected', connection, localAddress: life.host.ip }) },
      received: (frame) => { this.#receive(connection, frame) },
      closed: (reason, cause) => { this.#lost(connection, reason, cause) },
    })
    this.#open.set(connection, { endpoint, requests: [], isSubscribed: false })
  }

  send(connection: ConnectionId, argv: readonly string[], request: Request): void {
    const outgoing = this.#open.get(connection)
    if (outgoing === undefined) return
    outgoing.requests.push(request)
    outgoing.endpoint.send({ kind: 'command', argv })
    this.#options.onSent(argv, request, outgoing.endpoint.peerIp)
  }

  subscribe(connection: ConnectionId, command: string, channel: string): void {
    this.#open.get(connection)?.endpoint.send({ kind: 'command', argv: [command, channel] })
  }

  close(connection: ConnectionId): void {
    const outgoing = this.#open.get(connection)
    this.#open.delete(connection)
    outgoing?.endpoint.close()
  }

  closeAll(): void {
    for (const connection of [...this.#open.keys()]) this.close(connection)
  }

  /** Connections that are open or being made. */
  get count(): number {
    return this.#open.size
  }

  #receive(connection: ConnectionId, frame: Frame): void {
    const outgoing = this.#open.get(connection)
    if (outgoing === undefined) return
    const { enqueue } = this.#options
    switch (frame.kind) {
      case 'reply': {
        const request = nextRequest(outgoing.requests, frame.reply)
        if (request !== undefined) enqueue({ type: 'reply', connection, request, reply: frame.reply })
        else this.#refused(connection, frame.reply.kind === 'error' ? frame.reply.text : 'a reply nobody asked for')
        return
      }
      case 'subscribed':
        outgoing.isSubscribed = true
        enqueue({ type: 'subscribed', connection })
        return
      case 'message':
        enqueue({ type: 'message', connection, payload: frame.payload })
        return
      case 'command':
      case 'replication':
    }
  }

  /** An error to SUBSCRIBE ends the connection (behaviour.md 3.2). */
  #refused(connection: ConnectionId, reason: string): void {
    this.close(connection)
    this.#options.enqueue({ type: 'disconnected', connection, cause: 'other', reason })
  }

  #lost(connection: ConnectionId, reason: string, cause: DisconnectCause): void {
    if (!this.#open.delete(connection)) return
    this.#options.enqueue({ type: 'disconnected', connection, cause, reason })
  }
}

/** REPLCONF GETACK has a reply only where it is refused. */
function nextRequest(requests: Request[], reply: Reply): Request | undefined {
  let request = requests.shift()
  while (request?.kind === 'get-ack' && !(reply.kind === 'error' && /replconf/i.test(reply.text))) request = requests.shift()
  return request
}
