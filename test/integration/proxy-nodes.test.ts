/** A proxy whose nodes cannot serve: they are full, load their data, or show a certificate of another authority. */
import { describe, expect, it } from 'vitest'

import { CertificateAuthority } from '../../src/harness/certificates.ts'
import { eventually, notYet, type CommandConnection } from '../../src/harness/index.ts'
import { withProxy } from './proxy-process.ts'
import { takeSnapshot } from './support/snapshot.ts'

const LIMITED = { sentinels: 1, replicas: 0 } as const
/** Nothing is taken for down while the replica is paused. */
const LAGGING = { sentinels: 1, replicas: 1, downAfterMs: 60_000 } as const
/** A key takes 5 ms. */
const SLOW_TO_LOAD = {
  sentinels: 1, replicas: 1, redisConfig: ['key-load-delay 5000', 'loading-process-events-interval-bytes 1024'],
}
const FULL = 'ERR max number of clients reached'

/** The reply, or the error of the server or of the connection. */
async function asked(client: CommandConnection, words: readonly [string, ...string[]]): Promise<string> {
  try {
    return String(await client.call(words))
  } catch (error) {
    return String(error)
  } finally {
    client.close()
  }
}

describe('a proxy', () => {
  it.each([
    ['passes on the error of a full node in pipe mode', 'pipe', FULL],
    ['lets requests for a full node wait, and refuses them in route mode', 'route', 'cannot be reached'],
  ])('%s, and serves again when there is room', (_title, mode, refusal) => (
    withProxy(LIMITED, [`mode ${mode}`, 'wait-for-master 500', 'log-level verbose'], async (deployment, proxy) => {
      const master = deployment.node(0)
      expect(await asked(proxy.client(), ['PING'])).toBe('PONG')
      await master.call(['CONFIG', 'SET', 'maxclients', '1'])
      await master.call(['CLIENT', 'KILL', 'TYPE', 'normal', 'SKIPME', 'yes'])
      await eventually('a refusal', async () => {
        const reply = await asked(proxy.client(), ['SET', 'a', '1'])
        if (!reply.includes(refusal)) throw notYet(reply)
      }, { timeoutMs: 20_000 })
      if (mode === 'route') await proxy.logged(FULL)
      await master.call(['CONFIG', 'SET', 'maxclients', '1000'])
      await eventually('an answer', async () => {
        const reply = await asked(proxy.client(), ['SET', 'a', '1'])
        if (reply !== 'OK') throw notYet(reply)
      }, { timeoutMs: 20_000 })
    })
  ))

  it('answers reads from the master while a replica loads its data', () => (
    withProxy(SLOW_TO_LOAD, ['mode route', 'read-from prefer-replica', 'read-after-write 0'], async (deployment, proxy) => {
      const replica = deployment.node(1)
      const client = proxy.client()
      await client.call(['EVAL', "for i = 1, 400 do redis.call('SET', 'key:' .. i, string.rep('x', 50)) end", '0'])
      await client.call(['SET', 'a', '1'])
      await client.call(['WAIT', '1', '5000'])
      await takeSnapshot(replica)
      await eventually('reads from the replica', async () => {
        await client.call(['GET', 'a'])
        const reads = await proxy.metric('ts_sentinel_proxy_commands_total{kind="read",target="replica"}')
        if (reads === 0) throw notYet('none')
      }, { timeoutMs: 20_000 })
      await replica.kill()
      await replica.start()
      let loads = 0
      await eventually('the replica to have loaded', async () => {
        expect(await client.call(['GET', 'a'])).toBe('1')
        const info = String(await replica.call(['INFO', 'persistence']))
        if (info.includes('loading:1')) {
          loads += 1
          throw notYet('it loads')
        }
      }, { timeoutMs: 30_000, everyMs: 5 })
      expect(loads).toBeGreaterThan(0)
      client.close()
    })
  ))

  it('takes reads away from a replica that lacks more than max-lag, and gives them back', () => (
    withProxy(LAGGING, ['mode route', 'read-from replica', 'max-lag 100kb', 'wait-for-master 10000'], async (deployment, proxy) => {
      const [master, replica] = [deployment.node(0), deployment.node(1)]
      const client = proxy.client()
      await proxy.logged('serves reads')
      expect(await client.call(['GET', 'a'])).toBeNull()
      replica.pause()
      try {
        await master.call(['SET', 'b', 'x'.repeat(200_000)])
        await proxy.logged('serves no reads: it lacks 20')
        const waiting = client.call(['GET', 'b'], 20_000)
        replica.resume()
        expect(await waiting).toHaveLength(200_000)
      } finally {
        replica.resume()
      }
      client.close()
    })
  ))

  it('gives each client connections of its own without multiplexing, and closes them with it', () => (
    withProxy(LIMITED, ['mode route', 'disable-multiplexing yes'], async (deployment, proxy) => {
      const connections = async () => {
        const list = String(await deployment.node(0).call(['CLIENT', 'LIST']))
        return list.split('\n').filter((line) => line.includes(' name=ts-sentinel-proxy ') && line.includes(' cmd=incr ')).length
      }
      const clients = Array.from({ length: 4 }, () => proxy.client())
      for (const [at, client] of clients.entries()) expect(await client.call(['INCR', 'n'])).toBe(at + 1)
      expect(await connections()).toBe(4)
      for (const client of clients.splice(1)) client.close()
      await eventually('their connections to be closed', async () => {
        const count = await connections()
        if (count !== 1) throw notYet(String(count))
      })
      expect(await clients[0]?.call(['INCR', 'n'])).toBe(5)
      clients[0]?.close()
    })
  ))

  it('refuses clients and names the cause when the nodes show a certificate of another authority', () => (
    withProxy({ ...LIMITED, tls: true }, ({ tls }, folder) => [
      'tls-nodes yes', 'tls-sentinels yes', `tls-ca-cert-file ${new CertificateAuthority(folder).cert}`, 'wait-for-master 300',
      `tls-client-cert-file ${tls?.certFile}`, `tls-client-key-file ${tls?.keyFile}`,
    ], async (_deployment, proxy) => {
      const reply = await asked(proxy.client(), ['PING'])
      expect(reply).toMatch(/too few sentinels|no master/)
      await proxy.logged('certificate')
      expect((await proxy.http('/readyz')).status).toBe(503)
    })
  ))
})
