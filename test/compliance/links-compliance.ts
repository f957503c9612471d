/**
 * What every implementation of the Links port must do, whatever is behind it (src/ports): real
 * sockets or a simulated network. The world of the implementation supplies nodes and makes time pass.
 */
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { ConnectionId, Input, RecordId, Request } from '../../src/core/index.ts'
import type { Links, LinkTarget } from '../../src/ports/index.ts'

export interface LinksWorld {
  /** Our end of every connection, where it differs from the nodes' addresses. */
  readonly ownHost?: string
  createLinks(sink: (input: Input) => void): Links
  /** A data node, empty and running. `renamed` maps command names to what the node calls them; '' takes one away. */
  startNode(options?: { readonly renamed?: Readonly<Record<string, string>> }): Promise<ComplianceNode>
  /** An address of a running machine at which nobody listens. */
  refusingAddress(): Promise<NodeAddress>
  /** Waits, or makes simulated time pass, until the check does not throw any more; throws at a deadline. */
  eventually(what: string, check: () => void): Promise<void>
  /** Long enough for everything that is under way without a fault in between to have arrived. */
  quiet(): Promise<void>
  stop(): Promise<void>
}

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

export interface ComplianceNode {
  readonly address: NodeAddress
  /** Publishes as some other client. */
  publish(channel: string, message: string): Promise<void>
  /** Ends the connections of all clients from the node's side. */
  dropClients(): Promise<void>
  /** Connections stay, nothing is answered any more; new connections are accepted and not answered. */
  pause(): void
  resume(): void
  stop(): Promise<void>
}

const HELLO = '__sentinel__:hello'

class Session {
  readonly inputs: Input[] = []
  readonly links: Links
  readonly #world: LinksWorld
  /** Whether a call to Links is running: nothing may be reported from within. */
  #isCalling = false

  constructor(world: LinksWorld) {
    this.#world = world
    this.links = world.createLinks((input) => {
      if (this.#isCalling) throw new Error(`${input.type} was reported from within a call`)
      this.inputs.push(input)
    })
  }

  call(action: (links: Links) => void): void {
    this.#isCalling = true
    try {
      action(this.links)
    } finally {
      this.#isCalling = false
    }
  }

  open(id: number, address: NodeAddress, purpose: LinkTarget['purpose'] = 'command'): ConnectionId {
    this.call((links) => { links.open(id as ConnectionId, { purpose, nodeKind: 'data-node', ...address }) })
    return id as ConnectionId
  }

  send(connection: ConnectionId, argv: readonly string[], request: Request = ping(0)): void {
    this.call((links) => { links.send(connection, argv, request) })
  }

  subscribe(connection: ConnectionId, command = 'SUBSCRIBE'): void {
    this.call((links) => { links.subscribe(connection, command, HELLO) })
  }

  close(connection: ConnectionId): void {
    this.call((links) => { links.close(connection) })
  }

  of(connection: ConnectionId): Input[] {
    return this.inputs.filter((input) => 'connection' in input && input.connection === connection)
  }

  types(connection: ConnectionId): string[] {
    return this.of(connection).map((input) => input.type)
  }

  replies(connection: ConnectionId): Extract<Input, { type: 'reply' }>[] {
    return this.inputs.filter((input) => input.type === 'reply').filter((input) => input.connection === connection)
  }

  async until(connection: ConnectionId, types: readonly string[]): Promise<void> {
    await this.#world.eventually(`${types.join(', ')}`, () => { expect(this.types(connection)).toEqual(types) })
  }
}

const ping = (sentAt: number): Request => ({ kind: 'ping', sentAt })
const RECORD = 1 as RecordId

export function linksCompliance(name: string, createWorld: () => Promise<LinksWorld>): void {
  describe(`links: ${name}`, () => {
    let world: LinksWorld
    let session: Session

    beforeEach(async () => {
      world = await createWorld()
      session = new Session(world)
    })

    afterEach(async () => {
      session.links.closeAll()
      await world.stop()
    })

    describe('a connection', () => {
      it('is reported with the address of our end', async () => {
        const { address } = await world.startNode()
        const connection = session.open(1, address)
        await session.until(connection, ['connected'])
        expect(session.of(connection)).toEqual([{ type: 'connected', connection, localAddress: world.ownHost ?? address.host }])
      })

      it('that is refused is reported once, with the reason', async () => {
        const connection = session.open(1, await world.refusingAddress())
        session.send(connection, ['PING'])
        await session.until(connection, ['disconnected'])
        await world.quiet()
        expect(session.of(connection)).toEqual([
          { type: 'disconnected', connection, cause: 'refused', reason: 'Connection refused' },
        ])
      })

      it('that the node ends is reported once, and what was asked on it is lost', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address)
        await session.until(connection, ['connected'])
        await node.dropClients()
        await session.until(connection, ['connected', 'disconnected'])
        session.send(connection, ['PING'])
        await world.quiet()
        expect(session.types(connection)).toEqual(['connected', 'disconnected'])
      })

      it('does not come back by itself, and a new one starts from nothing', async () => {
        const node = await world.startNode()
        const first = session.open(1, node.address, 'hello')
        session.subscribe(first)
        await session.until(first, ['connected', 'subscribed'])
        await node.dropClients()
        await session.until(first, ['connected', 'subscribed', 'disconnected'])
        const second = session.open(2, node.address)
        await session.until(second, ['connected'])
        await node.publish(HELLO, 'nobody subscribed')
        session.send(second, ['PING'])
        await session.until(second, ['connected', 'reply'])
        expect(session.types(first)).toEqual(['connected', 'subscribed', 'disconnected'])
      })

      it('is reported as lost when the node ends with questions open', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address)
        await session.until(connection, ['connected'])
        node.pause()
        session.send(connection, ['PING'])
        await node.stop()
        await session.until(connection, ['connected', 'disconnected'])
      })

      it('is independent of others to the same node', async () => {
        const { address } = await world.startNode()
        const one = session.open(1, address)
        const other = session.open(2, address)
        await session.until(one, ['connected'])
        await session.until(other, ['connected'])
        session.close(one)
        session.send(other, ['PING'])
        await session.until(other, ['connected', 'reply'])
        expect(session.types(one)).toEqual(['connected'])
      })
    })

    describe('commands', () => {
      it('are answered in order, each with the request that it was sent for', async () => {
        const { address } = await world.startNode()
        const connection = session.open(1, address)
        const requests: Request[] = [
          { kind: 'set-name' }, ping(7), { kind: 'publish', record: RECORD },
          { kind: 'info', record: RECORD, afterOrder: true, askedAt: 0 }, { kind: 'script-kill' },
        ]
        const commands = [
          ['CLIENT', 'SETNAME', 'sentinel-abcdef01-cmd'], ['PING'], ['PUBLISH', HELLO, 'x'], ['INFO'], ['SCRIPT', 'KILL'],
        ]
        commands.forEach((argv, index) => { session.send(connection, argv, requests[index] ?? ping(0)) })
        await session.until(connection, ['connected', 'reply', 'reply', 'reply', 'reply', 'reply'])
        expect(session.replies(connection).map((input) => input.request)).toEqual(requests)
        const [named, pong, published, info, killed] = session.replies(connection).map((input) => input.reply)
        expect(named).toEqual({ kind: 'status', text: 'OK' })
        expect(pong).toEqual({ kind: 'status', text: 'PONG' })
        expect(published).toEqual({ kind: 'integer', value: 0n })
        expect(info?.kind === 'bulk' && info.text.includes('\r\nrole:master\r\n')).toBe(true)
        expect(killed).toEqual({ kind: 'error', text: expect.stringMatching(/^NOTBUSY /) as string })
      })

      it('that were asked before the connection stood leave when it stands', async () => {
        const { address } = await world.startNode()
        const connection = session.open(1, address)
        for (let at = 0; at < 10; at++) session.send(connection, ['PING'], ping(at))
        await session.until(connection, ['connected', ...Array.from({ length: 10 }, () => 'reply')])
        expect(session.replies(connection).map((input) => input.request)).toEqual([...Array(10).keys()].map(ping))
      })

      it('of a transaction leave together and are answered each', async () => {
        const { address } = await world.startNode()
        const connection = session.open(1, address)
        await session.until(connection, ['connected'])
        const transaction: Request = { kind: 'transaction', command: 'EXEC' }
        for (const argv of [
          ['MULTI'], ['SLAVEOF', 'NO', 'ONE'], ['CONFIG', 'REWRITE'],
          ['CLIENT', 'KILL', 'TYPE', 'pubsub'], ['EXEC'],
        ]) session.send(connection, argv, transaction)
        await session.until(connection, ['connected', 'reply', 'reply', 'reply', 'reply', 'reply'])
        const replies = session.replies(connection).map((input) => input.reply)
        expect(replies.slice(0, 4)).toEqual([
          { kind: 'status', text: 'OK' }, { kind: 'status', text: 'QUEUED' },
          { kind: 'status', text: 'QUEUED' }, { kind: 'status', text: 'QUEUED' },
        ])
        const executed = replies[4]
        expect(executed?.kind === 'array' && executed.items[0]).toEqual({ kind: 'status', text: 'OK' })
      })

      it('to a node that does not answer wait, and are answered when it goes on', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address)
        await session.until(connection, ['connected'])
        node.pause()
        for (let at = 0; at < 3; at++) session.send(connection, ['PING'], ping(at))
        await world.quiet()
        expect(session.types(connection)).toEqual(['connected'])
        node.resume()
        await session.until(connection, ['connected', 'reply', 'reply', 'reply'])
      })

      it('get all their replies also when there are ten thousand of them', async () => {
        const { address } = await world.startNode()
        const connection = session.open(1, address)
        session.call((links) => {
          for (let at = 0; at < 10_000; at++) links.send(connection, ['PING'], ping(at))
        })
        await world.eventually('ten thousand replies', () => {
          expect(session.replies(connection)).toHaveLength(10_000)
        })
        const inOrder = session.replies(connection).every(({ request, reply }, index) => (
          request.kind === 'ping' && request.sentAt === index && reply.kind === 'status'))
        expect(inOrder).toBe(true)
      })

      it('on a connection that is unknown or over do nothing', async () => {
        const { address } = await world.startNode()
        session.send(5 as ConnectionId, ['PING'])
        session.subscribe(5 as ConnectionId)
        session.close(5 as ConnectionId)
        const connection = session.open(1, address)
        await session.until(connection, ['connected'])
        session.close(connection)
        session.send(connection, ['PING'])
        session.close(connection)
        await world.quiet()
        expect(session.inputs).toHaveLength(1)
      })
    })

    describe('a subscription', () => {
      it('leaves PING possible, which is answered as a message of its own kind', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address, 'hello')
        session.subscribe(connection)
        session.send(connection, ['PING'], ping(7))
        await session.until(connection, ['connected', 'subscribed', 'reply'])
        const [{ request, reply } = { request: undefined, reply: undefined }] = session.replies(connection)
        expect(request).toEqual(ping(7))
        expect(reply).toEqual({ kind: 'array', items: [{ kind: 'bulk', text: 'pong' }, { kind: 'bulk', text: '' }] })
        await node.publish(HELLO, 'afterwards')
        await session.until(connection, ['connected', 'subscribed', 'reply', 'message'])
      })

      it('is reported when the node confirms it, and then brings messages in order', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address, 'hello')
        session.send(connection, ['CLIENT', 'SETNAME', 'sentinel-abcdef01-pubsub'], { kind: 'set-name' })
        session.subscribe(connection)
        await world.eventually('the subscription', () => { expect(session.types(connection)).toContain('subscribed') })
        for (const text of ['one', 'zwei é', '']) await node.publish(HELLO, text)
        await world.eventually('three messages', () => {
          const messages = session.of(connection).filter((input) => input.type === 'message')
          expect(messages.map((input) => input.payload)).toEqual(['one', 'zwei é', ''])
        })
        expect(session.types(connection).filter((type) => type === 'subscribed')).toHaveLength(1)
        expect(session.replies(connection)).toHaveLength(1)
      })

      it('works under the name that the node has for it', async () => {
        const node = await world.startNode({ renamed: { SUBSCRIBE: 'listen-to' } })
        const connection = session.open(1, node.address, 'hello')
        session.subscribe(connection, 'listen-to')
        await session.until(connection, ['connected', 'subscribed'])
        await node.publish(HELLO, 'hello')
        await session.until(connection, ['connected', 'subscribed', 'message'])
      })

      it('that is refused ends the connection', async () => {
        const node = await world.startNode({ renamed: { SUBSCRIBE: '' } })
        const connection = session.open(1, node.address, 'hello')
        session.subscribe(connection)
        await session.until(connection, ['connected', 'disconnected'])
        const [, end] = session.of(connection)
        expect(end?.type === 'disconnected' && end.reason).toContain('unknown command')
      })
    })

    describe('after close', () => {
      it('nothing is reported, whatever was under way', async () => {
        const node = await world.startNode()
        const waiting = session.open(1, node.address)
        session.close(waiting)
        const asking = session.open(2, node.address)
        await session.until(asking, ['connected'])
        session.send(asking, ['PING'])
        session.close(asking)
        const listening = session.open(3, node.address, 'hello')
        session.subscribe(listening)
        await session.until(listening, ['connected', 'subscribed'])
        session.close(listening)
        await node.publish(HELLO, 'too late')
        const refused = session.open(4, await world.refusingAddress())
        session.close(refused)
        await world.quiet()
        expect(session.types(waiting)).toEqual([])
        expect(session.types(asking)).toEqual(['connected'])
        expect(session.types(listening)).toEqual(['connected', 'subscribed'])
        expect(session.types(refused)).toEqual([])
      })

      it('of a node that had fallen silent, nothing is reported when it speaks again', async () => {
        const node = await world.startNode()
        const connection = session.open(1, node.address)
        await session.until(connection, ['connected'])
        node.pause()
        session.send(connection, ['PING'])
        await world.quiet()
        session.close(connection)
        node.resume()
        await world.quiet()
        expect(session.types(connection)).toEqual(['connected'])
      })

      it('of everything, nothing is reported of any connection', async () => {
        const node = await world.startNode()
        const connections = [1, 2, 3].map((id) => session.open(id, node.address))
        for (const connection of connections) await session.until(connection, ['connected'])
        for (const connection of connections) session.send(connection, ['PING'])
        session.call((links) => { links.closeAll() })
        await node.dropClients()
        await world.quiet()
        expect(session.inputs).toHaveLength(3)
      })
    })
  })
}
