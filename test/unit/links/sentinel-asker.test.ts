/** Questions to other sentinels, over real sockets. */
import { once } from 'node:events'
import type { Socket } from 'node:net'
import { afterEach, describe, expect, it, vi } from 'vitest'

import { createSentinelAsker, type SentinelAskerOptions } from '../../../src/links/index.ts'
import type { SentinelAsker } from '../../../src/ports/index.ts'
import { scriptedServer, type ScriptedServer } from './scripted-server.ts'

let server: ScriptedServer | undefined
let asker: SentinelAsker | undefined
afterEach(async () => {
  asker?.close()
  await server?.close()
})

const words = (text: string): string[] => [...text.matchAll(/\$\d+\r\n(.*?)\r\n/g)].map(([, word]) => word ?? '')

/** A sentinel that answers each command; `silent` commands get no reply. */
async function sentinel(reply: (word: string) => string): Promise<{ host: string, port: number }> {
  server = await scriptedServer({
    onData: (socket: Socket, text) => {
      for (const command of text.split(/(?=\*\d+\r\n)/)) socket.write(reply(words(command)[0] ?? ''))
    },
  })
  return { host: '127.0.0.1', port: server.port }
}

function open(options: Partial<SentinelAskerOptions> = {}): SentinelAsker {
  return asker = createSentinelAsker({
    login: () => undefined, clientName: 'sentinel-aaaaaaaa-http', tls: () => undefined,
    resolver: { resolve: (host, done) => { setImmediate(() => { done(host === 'sentinel-1' ? '127.0.0.1' : undefined) }) } },
    ...options,
  })
}

describe('questions to other sentinels', () => {
  it('log in once, name the connection, and get the replies in order', async () => {
    const target = await sentinel((word) => word === 'INFO' ? '$4\r\ninfo\r\n' : '+OK\r\n')
    const asking = open({ login: () => ['user', 'secret'] })
    expect(await asking.ask(target, [['INFO'], ['SENTINEL', 'MASTERS']])).toEqual([{ kind: 'bulk', text: 'info' }, { kind: 'status', text: 'OK' }])
    await asking.ask({ ...target, host: '127.0.0.1' }, [['PING']])
    expect(words(server?.received.join('') ?? '')).toEqual([
      'AUTH', 'user', 'secret', 'CLIENT', 'SETNAME', 'sentinel-aaaaaaaa-http', 'INFO', 'SENTINEL', 'MASTERS', 'PING',
    ])
    expect(server?.sockets).toHaveLength(1)
  })

  it('look up names', async () => {
    const { port } = await sentinel(() => '+PONG\r\n')
    expect(await open().ask({ host: 'sentinel-1', port }, [['PING']])).toEqual([{ kind: 'status', text: 'PONG' }])
    await expect(asker?.ask({ host: 'nobody', port }, [['PING']])).rejects.toThrow('the name nobody cannot be resolved')
  })

  it('fail with the reason when the login is refused', async () => {
    const target = await sentinel((word) => word === 'AUTH' ? '-WRONGPASS invalid username-password pair\r\n' : '')
    await expect(open({ login: () => ['wrong'] }).ask(target, [['PING']])).rejects.toThrow('the login was refused: WRONGPASS')
  })

  it('fail when nothing listens, when the answer takes too long, and when the other side is no sentinel', async () => {
    const target = await sentinel((word) => word === 'PING' ? '' : '+OK\r\n')
    await expect(open({ limitMs: 30 }).ask(target, [['PING']])).rejects.toThrow('no answer within 30 ms')
    const [socket] = server?.sockets ?? []
    if (socket?.destroyed === false) await once(socket, 'close')
    const { port } = target
    await server?.close()
    await expect(open().ask({ host: '127.0.0.1', port }, [['PING']])).rejects.toThrow('Connection refused')
    const other = await sentinel(() => 'HTTP/1.1 400 Bad Request\r\n')
    await expect(open().ask(other, [['PING']])).rejects.toThrow('the answer is not that of a sentinel')
  })

  it('close the connection when nothing was asked for a while, and open it again', async () => {
    const target = await sentinel(() => '+PONG\r\n')
    const asking = open({ idleMs: 10 })
    await asking.ask(target, [['PING']])
    await vi.waitFor(() => { expect(server?.sockets[0]?.destroyed).toBe(true) })
    await asking.ask(target, [['PING']])
    expect(server?.sockets).toHaveLength(2)
  })

  it('are rejected at the end of the process, and none is opened after it', async () => {
    const target = await sentinel(() => '')
    const asking = open()
    const answer = asking.ask(target, [['PING']])
    await vi.waitFor(() => { expect(server?.sockets).toHaveLength(1) })
    asking.close()
    await expect(answer).rejects.toThrow('this sentinel is stopping')
    await expect(asking.ask(target, [['PING']])).rejects.toThrow('this sentinel is stopping')
  })
})
