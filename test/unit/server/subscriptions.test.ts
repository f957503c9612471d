import { afterEach, describe, expect, it } from 'vitest'

import type { RawClient } from './raw-client.ts'
import { requestBytes } from './raw-client.ts'
import type { TestServer } from './test-server.ts'
import { startServer } from './test-server.ts'

let running: TestServer | undefined

afterEach(async () => {
  await running?.stop()
  running = undefined
})

async function subscriber(server: TestServer, ...words: string[]): Promise<RawClient> {
  const client = await server.open()
  client.request(...words)
  await client.until(() => client.received.endsWith(`:${words.length - 1}\r\n`), 'the subscription')
  client.take()
  return client
}

describe('PUBLISH', () => {
  it('sends to channel subscribers first, then to patterns, and twice to a client that has both', async () => {
    running = await startServer()
    const both = await subscriber(running, 'SUBSCRIBE', '+sdown')
    both.request('PSUBSCRIBE', '[-+]sd*')
    await both.until(() => both.received.endsWith(':2\r\n'), 'the pattern')
    both.take()
    running.server.publish('+sdown', 'master ä 127.0.0.1 6379')
    running.server.publish('+odown', 'x')
    running.server.publish('-sdown', 'y')
    await both.expect('', '*3\r\n$7\r\nmessage\r\n$6\r\n+sdown\r\n$24\r\nmaster \xc3\xa4 127.0.0.1 6379\r\n'
    + '*4\r\n$8\r\npmessage\r\n$7\r\n[-+]sd*\r\n$6\r\n+sdown\r\n$24\r\nmaster \xc3\xa4 127.0.0.1 6379\r\n'
    + '*4\r\n$8\r\npmessage\r\n$7\r\n[-+]sd*\r\n$6\r\n-sdown\r\n$1\r\ny\r\n')
  })

  it('uses pushes in RESP3', async () => {
    running = await startServer()
    const client = await running.open()
    client.request('HELLO', '3')
    await client.until(() => client.received.endsWith('*0\r\n'), 'HELLO')
    client.take()
    await client.expect(requestBytes(['SUBSCRIBE', 'a']), '>3\r\n$9\r\nsubscribe\r\n$1\r\na\r\n:1\r\n')
    running.server.publish('a', 'b')
    await client.expect('', '>3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nb\r\n')
    await client.expect(requestBytes(['PING']), '+PONG\r\n')
  })

  it('sends nothing to a client that has unsubscribed or disconnected', async () => {
    running = await startServer()
    const { server } = running
    const client = await subscriber(running, 'SUBSCRIBE', 'a', 'b')
    client.request('UNSUBSCRIBE', 'a')
    await client.until(() => client.received.endsWith(':1\r\n'), 'the end of the subscription')
    client.take()
    server.publish('a', '1')
    server.publish('b', '2')
    await client.expect('', '*3\r\n$7\r\nmessage\r\n$1\r\nb\r\n$1\r\n2\r\n')
    client.destroy()
    const other = await running.open()
    while (server.clients.count > 1) await other.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(server.clients.channelCount).toBe(0)
    server.publish('b', '3')
  })

  it('sends the messages of one turn in one piece, before later replies', async () => {
    running = await startServer()
    const client = await subscriber(running, 'SUBSCRIBE', 'a')
    const other = await subscriber(running, 'SUBSCRIBE', 'a')
    const { counters } = running.server
    for (const payload of ['1', '2', '3']) running.server.publish('a', payload)
    expect(running.server.clients.byId(1)?.buffers().outputBytes).toBe(3 * '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n1\r\n'.length)
    client.request('PING')
    const messages = ['1', '2', '3'].map((payload) => `*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\n${payload}\r\n`).join('')
    await client.expect('', `${messages}*2\r\n$4\r\npong\r\n$0\r\n\r\n`)
    await other.expect('', messages)
    expect(running.server.clients.byId(1)?.buffers().outputBytes).toBe(0)
    expect(counters.outputBytes).toBeGreaterThan(2 * messages.length)
  })

  it('sends nothing to disconnected subscribers, not even what waits for the end of the turn', async () => {
    running = await startServer()
    const [killed, other] = [await subscriber(running, 'SUBSCRIBE', 'a'), await subscriber(running, 'SUBSCRIBE', 'a')]
    running.server.publish('a', 'x')
    running.server.clients.byId(1)?.close()
    await killed.closed()
    expect(killed.received).toBe('')
    await other.expect('', '*3\r\n$7\r\nmessage\r\n$1\r\na\r\n$1\r\nx\r\n')
    expect(running.server.clients.count).toBe(1)
  })

  it('sends to hundreds of subscribers in one turn', async () => {
    running = await startServer()
    const clients: RawClient[] = []
    for (let count = 0; count < 200; count += 1) clients.push(await subscriber(running, 'PSUBSCRIBE', '*'))
    for (const name of ['+sdown', '+odown', '+switch-master']) running.server.publish(name, 'x')
    for (const client of clients) {
      await client.until(() => client.received.split('pmessage').length === 4, 'three messages')
      expect(client.received.indexOf('+sdown')).toBeLessThan(client.received.indexOf('+switch-master'))
    }
  })

  it('disconnects a subscriber that does not read, and no other client', async () => {
    const pubsub = { hardBytes: 4_000_000, softBytes: 0, softSeconds: 0 }
    const normal = { hardBytes: 0, softBytes: 0, softSeconds: 0 }
    running = await startServer({ outputLimits: { normal, pubsub } })
    const { server, log } = running
    const [slow, quick] = [await subscriber(running, 'SUBSCRIBE', 'a'), await subscriber(running, 'SUBSCRIBE', 'a')]
    slow.socket.pause()
    const payload = 'x'.repeat(100_000)
    let sent = 0
    while (server.clients.count === 2) {
      server.publish('a', payload)
      sent += 1
      await quick.until(() => quick.received.length >= sent * 100_034, 'the message')
      expect(sent).toBeLessThan(500)
    }
    expect(server.counters.outputBufferDisconnections).toBe(1)
    expect(log.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Client id=1 .* closed for overcoming of output buffer limits\.$/))
    slow.destroy()
    quick.take()
    await quick.expect(requestBytes(['PING']), '*2\r\n$4\r\npong\r\n$0\r\n\r\n')
  })

  it('disconnects a subscriber that stays above the soft limit for its time', async () => {
    const pubsub = { hardBytes: 0, softBytes: 100_000, softSeconds: 0.2 }
    const normal = { hardBytes: 0, softBytes: 0, softSeconds: 0 }
    running = await startServer({ outputLimits: { normal, pubsub } })
    const { server } = running
    const [slow, quick] = [await subscriber(running, 'SUBSCRIBE', 'a'), await running.open()]
    slow.socket.pause()
    const pending = (): number => server.clients.byId(1)?.buffers().outputBytes ?? 0
    for (let sent = 0; pending() < 200_000; sent += 1) {
      server.publish('a', 'x'.repeat(1_000_000))
      await quick.expect(requestBytes(['PING']), '+PONG\r\n')
      expect(sent).toBeLessThan(100)
    }
    expect(server.clients.count).toBe(2)
    while (server.clients.count === 2) await quick.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(server.counters.outputBufferDisconnections).toBe(1)
  })
})
