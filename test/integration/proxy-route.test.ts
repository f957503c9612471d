/** Route mode in front of real servers: where commands go, and what keeps its own connection. */
import { connect } from 'node:net'
import { createClient } from 'redis'
import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import { eventually, notYet, startDeployment, Workspace, type Deployment } from '../../src/harness/index.ts'
import { ProxyProcess } from './proxy-process.ts'

describe('a proxy in route mode', () => {
  let workspace: Workspace
  let deployment: Deployment
  let proxy: ProxyProcess

  beforeAll(async () => {
    workspace = new Workspace('proxy-route')
    deployment = await startDeployment({ sentinels: 1, replicas: 1, password: 'node secret' })
    proxy = await ProxyProcess.start(workspace, deployment, [
      'mode route', 'auth "node secret"', 'client-auth "client secret"', 'read-after-write 60000', 'log-level verbose',
    ])
    await proxy.logged('serves reads')
  })

  afterAll(async () => {
    await proxy.stop()
    await deployment.stop()
    await workspace.remove()
  })

  async function client() {
    const connection = proxy.client()
    expect(await connection.call(['AUTH', 'client secret'])).toBe('OK')
    return connection
  }

  it('lets clients in with its own password, and logs in to the nodes with theirs', async () => {
    const stranger = proxy.client()
    await expect(stranger.call(['GET', 'a'])).rejects.toThrow('NOAUTH')
    await expect(stranger.call(['AUTH', 'node secret'])).rejects.toThrow('WRONGPASS')
    await expect(stranger.call(['AUTH', 'other', 'client secret'])).rejects.toThrow('WRONGPASS')
    expect(await stranger.call(['AUTH', 'default', 'client secret'])).toBe('OK')
    expect(await stranger.call(['GET', 'nothing'])).toBeNull()
    stranger.close()
  })

  it('sends reads to the replica, and to the master after a write of the same client', async () => {
    const replica = deployment.node(1)
    const gets = async (): Promise<number> => Number(/cmdstat_get:calls=(\d+)/.exec(String(await replica.call(['INFO', 'commandstats'])))?.[1] ?? 0)
    const reader = await client()
    const before = await gets()
    await reader.call(['GET', 'a'])
    expect(await gets()).toBe(before + 1)
    expect(await reader.call(['SET', 'a', '1'])).toBe('OK')
    for (let round = 0; round < 20; round += 1) {
      await reader.call(['SET', 'a', String(round)])
      expect(await reader.call(['GET', 'a'])).toBe(String(round))
    }
    expect(await gets()).toBe(before + 1)
    reader.close()
  })

  it('keeps transactions, WATCH, databases and blocking commands of each client apart', async () => {
    const one = await client()
    const other = await client()
    expect(await one.call(['WATCH', 'w'])).toBe('OK')
    expect(await one.call(['MULTI'])).toBe('OK')
    expect(await other.call(['SET', 'w', 'changed'])).toBe('OK')
    expect(await one.call(['SET', 'w', 'mine'])).toBe('QUEUED')
    expect(await one.call(['EXEC'])).toBeNull()
    expect(await one.call(['GET', 'w'])).toBe('changed')

    expect(await one.call(['SELECT', '3'])).toBe('OK')
    expect(await one.call(['SET', 'w', 'third'])).toBe('OK')
    expect(await other.call(['GET', 'w'])).toBe('changed')
    expect(await one.call(['GET', 'w'])).toBe('third')
    expect(await one.call(['SELECT', '0'])).toBe('OK')
    expect(await one.call(['GET', 'w'])).toBe('changed')

    const popped = one.call(['BLPOP', 'queue', '0'])
    await eventually('a blocked client', async () => {
      const blocked = /blocked_clients:(\d+)/.exec(String(await deployment.node(0).call(['INFO', 'clients'])))?.[1]
      if (blocked !== '1') throw notYet(String(blocked))
    })
    expect(await other.call(['RPUSH', 'queue', 'job'])).toBe(1)
    expect(await popped).toEqual(['queue', 'job'])
    expect(await one.call(['WAIT', '1', '5000'])).toBe(1)
    one.close()
    other.close()
  })

  it('unblocks and ends clients by the ids that it gave them, and those of the master by theirs', async () => {
    const one = await client()
    const other = await client()
    const id = String(await one.call(['CLIENT', 'ID']))
    const unblock = async (...reason: string[]) => eventually('a blocked client', async () => {
      const reply = await other.call(['CLIENT', 'UNBLOCK', id, ...reason])
      if (reply !== 1) throw notYet(String(reply))
    })
    expect(await other.call(['CLIENT', 'UNBLOCK', id])).toBe(0)
    const popped = one.call(['BLPOP', 'nothing', '0'])
    await unblock()
    expect(await popped).toBeNull()
    const failed = expect(one.call(['BLPOP', 'nothing', '0'])).rejects.toThrow('UNBLOCKED client unblocked via CLIENT UNBLOCK')
    await unblock('ERROR')
    await failed

    expect(await one.call(['CLIENT', 'KILL', 'ID', id])).toBe(0)
    expect(await other.call(['CLIENT', 'KILL', 'ID', id])).toBe(1)
    await expect(one.call(['PING'])).rejects.toThrow()
    expect(await other.call(['CLIENT', 'KILL', 'ID', id])).toBe(0)

    const direct = deployment.node(0)
    const directId = String(await direct.call(['CLIENT', 'ID']))
    expect(await other.call(['CLIENT', 'KILL', 'ID', directId])).toBe(1)
    await eventually('another connection', async () => { expect(String(await direct.call(['CLIENT', 'ID']))).not.toBe(directId) })
    other.close()
  })

  it('answers a pipeline of reads and writes in order', async () => {
    const connection = await client()
    const calls = Array.from({ length: 300 }, (_, at): [string, ...string[]] => (
      at % 3 === 0 ? ['INCR', 'counter'] : at % 3 === 1 ? ['GET', 'counter'] : ['ECHO', String(at)]
    ))
    const replies = await Promise.all(calls.map((call) => connection.call(call)))
    expect(replies).toEqual(calls.map(([name], at) => {
      const count = Math.floor(at / 3) + 1
      return name === 'INCR' ? count : name === 'GET' ? String(count) : String(at)
    }))
    connection.close()
  })

  it('serves a library that speaks RESP3, with messages of a subscription', async () => {
    const options = { url: `redis://127.0.0.1:${proxy.port}`, password: 'client secret', RESP: 3 as const, clientInfoTag: 'app' }
    const redis = createClient(options)
    const subscriber = createClient(options)
    await Promise.all([redis.connect(), subscriber.connect()])
    await redis.hSet('hash', { a: '1', b: '2' })
    expect({ ...await redis.hGetAll('hash') }).toEqual({ a: '1', b: '2' })
    const messages: string[] = []
    await subscriber.subscribe('news', (message) => { messages.push(message) })
    await redis.publish('news', 'hello')
    await eventually('the message', () => { if (messages.length === 0) throw notYet('none') })
    expect(messages).toEqual(['hello'])
    redis.destroy()
    subscriber.destroy()
  })

  it('keeps the bytes of requests that are typed in, also those that are no ASCII', async () => {
    const typed = Buffer.from('AUTH "client secret"\r\nSET typed é"\\xff"\r\nQUIT\r\n')
    expect(await garbage(proxy.port, typed)).toBe('+OK\r\n+OK\r\n+OK\r\n')
    const reader = await client()
    expect(await reader.call(['STRLEN', 'typed'])).toBe(3)
    reader.close()
  })

  it('answers garbage with the error of the server and closes, and others go on', async () => {
    const other = await client()
    const stranger = proxy.client()
    await expect(stranger.call(['AUTH', 'client secret'])).resolves.toBe('OK')
    stranger.close()
    const answer = await garbage(proxy.port, '*1\r\n$4\r\nPING\r\n*abc\r\n')
    expect(answer).toBe('-NOAUTH Authentication required.\r\n-ERR Protocol error: invalid multibulk length\r\n')
    expect(await other.call(['PING'])).toBe('PONG')
    other.close()
  })
})

/** Everything that comes until the connection is closed. */
function garbage(port: number, bytes: string | Buffer): Promise<string> {
  return new Promise((resolve, reject) => {
    let text = ''
    connect(port, '127.0.0.1').setEncoding('latin1').on('error', reject).on('data', (part: string) => { text += part })
      .on('close', () => { resolve(text) }).write(bytes)
  })
}
