import { afterEach, describe, expect, it } from 'vitest'

import type { ServerSettings } from '../../../src/server/index.ts'
import type { FakeWorldOptions } from '../commands/fake-world.ts'
import { requestBytes } from './raw-client.ts'
import type { TestServer } from './test-server.ts'
import { startServer } from './test-server.ts'

let running: TestServer[] = []

async function start(settings: Partial<ServerSettings> = {}, options: FakeWorldOptions = {}): Promise<TestServer> {
  const server = await startServer(settings, options)
  running.push(server)
  return server
}

afterEach(async () => {
  const servers = running
  running = []
  for (const server of servers) await server.stop()
})

describe('requests and replies', () => {
  it('keep their order, with all replies to one chunk in one write', async () => {
    const { open, server } = await start()
    const client = await open()
    await client.expect(
      requestBytes(['PING']) + 'ECHO\r\n' + requestBytes(['PING', '\xff\xfe']) + requestBytes(['SENTINEL', 'MYID']),
      '+PONG\r\n-ERR unknown command \'ECHO\', with args beginning with: \r\n$2\r\n\xff\xfe\r\n$40\r\n' + 'a'.repeat(40) + '\r\n',
    )
    expect(server.counters.writes).toBe(1)
    expect(server.counters.errorReplies).toBe(1)
  })

  it('are handled also when they come byte by byte', async () => {
    const client = await (await start()).open()
    for (const byte of requestBytes(['PING', 'hi'])) client.send(byte)
    await client.expect('', '$2\r\nhi\r\n')
  })

  it('use the new protocol for the reply of HELLO itself', async () => {
    const client = await (await start()).open()
    client.request('HELLO', '3')
    await client.until(() => client.received.endsWith('*0\r\n'), 'HELLO')
    expect(client.take()).toMatch(/^%6\r\n\$6\r\nserver\r\n/)
    await client.expect(requestBytes(['CLIENT', 'GETNAME']), '_\r\n')
  })

  it("have the form of the client's protocol also when an answer is kept", async () => {
    const { open, view, ...server } = await start()
    view.isStill = true
    server.mono = 1000
    const [old, modern] = [await open(), await open()]
    modern.request('HELLO', '3')
    await modern.until(() => modern.received.endsWith('*0\r\n'), 'HELLO')
    modern.take()
    for (let time = 0; time < 3; time += 1) {
      for (const [client, start] of [[old, '*1\r\n*40\r\n$4\r\nname'], [modern, '*1\r\n%20\r\n$4\r\nname']] as const) {
        client.request('SENTINEL', 'MASTERS')
        await client.until(() => client.received.endsWith('$1\r\n1\r\n'), 'the list')
        expect(client.take().slice(0, start.length)).toBe(start)
      }
    }
  })

  it('end with earlier replies, then the protocol error, then the end of the connection', async () => {
    const { open, log, server } = await start()
    const client = await open()
    client.send(requestBytes(['PING']) + '*1\r\n:1\r\n' + requestBytes(['PING']))
    await client.closed()
    expect(client.received).toBe('+PONG\r\n-ERR Protocol error: expected \'$\', got \':\'\r\n')
    const line = log.find(({ text }) => text.startsWith('Protocol error'))
    expect(line?.level).toBe('verbose')
    expect(line?.text).toMatch(/^Protocol error \(expected \$ but got something else\) from client: id=1 addr=127\.0\.0\.1:.* Query buffer during protocol error: '\*1\.\.:1\.\.\*1\.\.\$4\.\.PING\.\.'$/)
    await client.until(() => server.clients.count === 0, 'no client')
  })

  it('end without a reply at a POST', async () => {
    const client = await (await start()).open()
    client.send('POST / HTTP/1.1\r\nHost: x\r\n\r\n')
    await client.closed()
    expect(client.received).toBe('')
  })

  it('have small limits until the client has logged in', async () => {
    const { open } = await start({}, { requirepass: 'secret' })
    const stranger = await open()
    stranger.send('*11\r\n')
    await stranger.closed()
    expect(stranger.received).toBe('-ERR Protocol error: unauthenticated multibulk length\r\n')
    const friend = await open()
    await friend.expect(requestBytes(['AUTH', 'secret']) + requestBytes(['PING', 'x'.repeat(20_000)]), `+OK\r\n$20000\r\n${'x'.repeat(20_000)}\r\n`)
  })

  it('are answered completely when the client has closed its side', async () => {
    const { open, operator } = await start()
    operator.isHolding = true
    const client = await open()
    client.socket.end(requestBytes(['SENTINEL', 'FLUSHCONFIG']) + requestBytes(['PING']))
    await client.until(() => operator.submitted.length > 0, 'the operation')
    operator.release()
    await client.closed()
    expect(client.received).toBe('+OK\r\n+PONG\r\n')
  })
})

describe('answers that take time', () => {
  it('keep later requests of the same connection waiting, and no other', async () => {
    const { open, operator } = await start()
    operator.isHolding = true
    const [slow, quick] = [await open(), await open()]
    slow.send(requestBytes(['SENTINEL', 'FLUSHCONFIG']) + requestBytes(['PING']))
    await slow.until(() => operator.submitted.length === 1, 'the operation')
    slow.request('ROLE')
    await quick.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(slow.received).toBe('')
    operator.release()
    await slow.expect('', '+OK\r\n+PONG\r\n*2\r\n$8\r\nsentinel\r\n*1\r\n$8\r\nmymaster\r\n')
  })

  it('do not delay the next questions of a peer, which share one save, and replies keep their order', async () => {
    const { open, operator } = await start()
    operator.isHolding = true
    operator.reply = () => ({ kind: 'master-down', down: true, leader: undefined, epoch: 0n })
    const peer = await open()
    const question = requestBytes(['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', '127.0.0.1', '6379', '1', 'a'.repeat(40)])
    peer.send(question + requestBytes(['PING']) + question)
    await peer.until(() => operator.submitted.length === 2, 'both questions')
    expect(peer.received).toBe('')
    operator.release()
    const answer = '*3\r\n:1\r\n$1\r\n*\r\n:0\r\n'
    await peer.expect('', `${answer}+PONG\r\n${answer}`)
  })

  it('are dropped without a message when the client has disconnected', async () => {
    const { open, operator, server } = await start()
    operator.isHolding = true
    const [gone, other] = [await open(), await open()]
    gone.request('SENTINEL', 'FLUSHCONFIG')
    await gone.until(() => operator.submitted.length === 1, 'the operation')
    gone.destroy()
    await other.expect(requestBytes(['PING']), '+PONG\r\n')
    operator.release()
    await other.until(() => server.clients.count === 1, 'the end of the other connection')
    await other.expect(requestBytes(['PING']), '+PONG\r\n')
  })

  it('come before the events that they caused (RESP3)', async () => {
    const { open, operator, server } = await start()
    operator.isHolding = true
    const client = await open()
    client.send(requestBytes(['HELLO', '3']) + requestBytes(['SUBSCRIBE', '+set']))
    await client.until(() => client.received.endsWith(':1\r\n'), 'the subscription')
    client.take()
    client.request('SENTINEL', 'SET', 'mymaster', 'quorum', '3')
    await client.until(() => operator.submitted.length === 1, 'the operation')
    server.publish('+set', 'x')
    operator.release()
    await client.expect('', '+OK\r\n>3\r\n$7\r\nmessage\r\n$4\r\n+set\r\n$1\r\nx\r\n')
  })
})

describe('internal errors', () => {
  it('cost one reply and a line in the log, not the process', async () => {
    const { open, view, log } = await start()
    view.masterNames = () => { throw new Error('broken view') }
    const client = await open()
    await client.expect(requestBytes(['ROLE']) + requestBytes(['PING']), '-ERR Internal error. Check server logs.\r\n+PONG\r\n')
    const line = log.find(({ level }) => level === 'warning')?.text ?? ''
    expect(line).toMatch(/^Internal error in command 'role': Error: broken view \| at /)
    expect(line).not.toContain('\n')
  })
})

describe('CLIENT KILL', () => {
  it('closes others at once and itself after the reply', async () => {
    const { open, server } = await start()
    const [killer, victim] = [await open(), await open()]
    await victim.expect(requestBytes(['CLIENT', 'ID']), ':2\r\n')
    await killer.expect(requestBytes(['CLIENT', 'KILL', 'ID', '2']), ':1\r\n')
    await victim.closed()
    killer.send(requestBytes(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'no']) + requestBytes(['PING']))
    await killer.closed()
    expect(killer.received).toBe(':1\r\n')
    await killer.until(() => killer.isClosed || server.clients.count === 0, 'no client')
  })
})

describe('CLIENT PAUSE', () => {
  it('delays all connections and then continues in order', async () => {
    const { open } = await start()
    const [first, second] = [await open(), await open()]
    await first.expect(requestBytes(['CLIENT', 'PAUSE', '150']), '+OK\r\n')
    const paused = performance.now()
    first.send(requestBytes(['PING', 'a']) + requestBytes(['PING', 'b']))
    await second.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(performance.now() - paused).toBeGreaterThan(100)
    await first.expect('', '$1\r\na\r\n$1\r\nb\r\n')
  })

  it('WRITE delays only PUBLISH, and UNPAUSE ends it', async () => {
    const { open } = await start()
    const [first, second] = [await open(), await open()]
    await first.expect(requestBytes(['CLIENT', 'PAUSE', '100000', 'WRITE']), '+OK\r\n')
    second.send(requestBytes(['PUBLISH', '__sentinel__:hello', 'x']))
    await first.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(second.received).toBe('')
    await first.expect(requestBytes(['CLIENT', 'UNPAUSE']), '+OK\r\n')
    await second.expect('', ':1\r\n')
  })
})

describe('the limits of connections', () => {
  it('make a client that does not read its replies wait, with bounded memory', async () => {
    const { open, server } = await start()
    const client = await open()
    await client.expect(requestBytes(['PING']), '+PONG\r\n')
    client.request('SENTINEL', 'DEBUG')
    await client.until(() => client.received.endsWith('$5\r\n30000\r\n'), 'one reply')
    const replyLength = client.take().length
    client.socket.pause()
    const requests = 60_000
    client.send(requestBytes(['SENTINEL', 'DEBUG']).repeat(requests))
    const other = await open()
    const pending = (): number => server.clients.byId(1)?.buffers().outputBytes ?? 0
    let seen = 0
    while (pending() < 1024 * 1024) await other.expect(requestBytes(['PING']), '+PONG\r\n')
    for (let round = 0; round < 200; round += 1) {
      await other.expect(requestBytes(['PING']), '+PONG\r\n')
      seen = Math.max(seen, pending())
    }
    expect(seen).toBeLessThan(2 * 1024 * 1024)
    client.socket.resume()
    await client.until(() => client.received.length === replyLength * requests, 'all replies', 15_000)
  })

  it('let other clients proceed while one client sends expensive requests', async () => {
    const { open } = await start()
    const [greedy, modest] = [await open(), await open()]
    await modest.expect(requestBytes(['PING']), '+PONG\r\n')
    const help = requestBytes(['SENTINEL', 'HELP'])
    greedy.send(help.repeat(2000) + requestBytes(['PING']))
    await greedy.until(() => greedy.received !== '', 'the first reply')
    await modest.expect(requestBytes(['PING']), '+PONG\r\n')
    expect(greedy.received.endsWith('+PONG\r\n')).toBe(false)
    await greedy.until(() => greedy.received.endsWith('+PONG\r\n'), 'the last reply', 15_000)
    expect(greedy.received.match(/\*\d+\r\n/g)).toHaveLength(2000)
  })

  it('close a connection whose request exceeds the query buffer', async () => {
    const { open, log, server } = await start({ requestLimits: { bulkBytesMax: 1_000_000, bufferBytesMax: 10_000 } })
    const client = await open()
    client.send('*1\r\n$50000\r\n' + 'x'.repeat(20_000))
    await client.closed()
    expect(client.received).toBe('')
    expect(log.map(({ text }) => text).find((text) => text.startsWith('Closing client that reached max query buffer length: id=1 '))).toBeDefined()
    expect(server.counters.queryBufferDisconnections).toBe(1)
  })

  it('refuse connections beyond maxclients', async () => {
    const { open, server } = await start({ maxClients: 1 })
    const first = await open()
    await first.expect(requestBytes(['PING']), '+PONG\r\n')
    const second = await open()
    await second.closed()
    expect(second.received).toBe('-ERR max number of clients reached\r\n')
    expect(server.counters).toMatchObject({ connectionsReceived: 1, connectionsRejected: 1 })
    await first.expect(requestBytes(['PING']), '+PONG\r\n')
  })

  it('close idle connections but not subscribers', async () => {
    const { open, log } = await start({ idleTimeoutSeconds: 1 })
    const [idle, listener] = [await open(), await open()]
    listener.request('SUBSCRIBE', 'x')
    await idle.closed()
    expect(log.map(({ text }) => text)).toContain('Closing idle client')
    await listener.until(() => listener.received !== '', 'the subscription')
    listener.take()
    await listener.expect(requestBytes(['PING']), '*2\r\n$4\r\npong\r\n$0\r\n\r\n')
  })
})

describe('the state of clients', () => {
  it('is shown by CLIENT LIST and INFO', async () => {
    const { open, server, port, log } = await start()
    const [me, listener] = [await open(), await open()]
    listener.send(requestBytes(['PSUBSCRIBE', '*']) + requestBytes(['SUBSCRIBE', 'a', 'b']))
    await listener.until(() => listener.received.endsWith(':3\r\n'), 'the subscriptions')
    me.request('CLIENT', 'LIST')
    await me.until(() => me.received.endsWith('\n\r\n'), 'the list')
    const lines = me.take().split('\n').slice(1, 3)
    expect(lines[0]).toMatch(new RegExp(`^id=1 addr=127\\.0\\.0\\.1:\\d+ laddr=127\\.0\\.0\\.1:${port} fd=\\d+ name= age=0 idle=0 flags=N db=0 sub=0 psub=0 .* cmd=client\\|list user=default redir=-1 resp=2 lib-name= lib-ver=$`))
    expect(lines[1]).toMatch(/^id=2 .* flags=P db=0 sub=2 psub=1 .* cmd=subscribe /)
    me.request('INFO', 'clients', 'stats', 'server')
    await me.until(() => me.received.includes('acl_access_denied_channel'), 'INFO')
    const info = me.take()
    expect(info).toContain('connected_clients:2\r\n')
    expect(info).toContain('total_connections_received:2\r\n')
    expect(info).toContain('total_commands_processed:4\r\n')
    expect(info).toContain('pubsub_channels:2\r\npubsub_patterns:1\r\n')
    expect(info).toContain(`tcp_port:${port}\r\n`)
    expect(info).toContain(`listener0:name=tcp,bind=127.0.0.1,port=${port}\r\n`)
    expect(server.counters.inputBytes).toBeGreaterThan(100)
    expect(log.map(({ text }) => text)).toContainEqual(expect.stringMatching(/^Accepted 127\.0\.0\.1:\d+$/))
  })
})
