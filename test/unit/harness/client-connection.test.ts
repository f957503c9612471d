import type { RedisOptions } from 'ioredis'
import type { createSentinel } from 'redis'
import { describe, expect, expectTypeOf, it } from 'vitest'

import { connectionFor, type ConnectionFacts } from '../../../src/harness/client-connection.ts'
import type { Connections, DeploymentTls } from '../../../src/harness/index.ts'

const PLAIN: ConnectionFacts = {
  masterName: 'mymaster',
  sentinels: [{ host: '127.0.0.1', port: 26_001 }, { host: '127.0.0.1', port: 26_002 }],
  nodes: [{ host: '127.0.0.1', port: 6_001 }],
  user: undefined, password: undefined, sentinelUser: undefined, sentinelPassword: undefined,
  tls: undefined, proxy: undefined, clientAddress: undefined,
}
const LOGIN = { user: 'app', password: 'p@ss', sentinelUser: 'watch', sentinelPassword: 'word' }
const TLS = { ca: 'CA', cert: 'CERT', key: 'KEY', caFile: '/ca', certFile: '/cert', keyFile: '/key' } as DeploymentTls

describe('the connection of a deployment', () => {
  it('has the options of ioredis', () => {
    expect(connectionFor('ioredis', PLAIN)).toEqual({ name: 'mymaster', sentinels: PLAIN.sentinels })
    expect(connectionFor('ioredis', { ...PLAIN, ...LOGIN, tls: TLS })).toEqual({
      name: 'mymaster', sentinels: PLAIN.sentinels,
      username: 'app', password: 'p@ss', sentinelUsername: 'watch', sentinelPassword: 'word',
      tls: { ca: 'CA', cert: 'CERT', key: 'KEY' }, sentinelTLS: { ca: 'CA', cert: 'CERT', key: 'KEY' }, enableTLSForSentinelMode: true,
    })
    expectTypeOf<Connections['ioredis']>().toExtend<RedisOptions>()
  })

  it('has the options of node-redis', () => {
    expect(connectionFor('node-redis', { ...PLAIN, ...LOGIN, tls: TLS, clientAddress: '127.0.100.2' })).toEqual({
      name: 'mymaster', sentinelRootNodes: PLAIN.sentinels,
      nodeClientOptions: {
        username: 'app', password: 'p@ss', socket: { tls: true, ca: 'CA', cert: 'CERT', key: 'KEY', localAddress: '127.0.100.2' },
      },
      sentinelClientOptions: {
        username: 'watch', password: 'word', socket: { tls: true, ca: 'CA', cert: 'CERT', key: 'KEY', localAddress: '127.0.100.2' },
      },
    })
    expectTypeOf<Connections['node-redis']>().toExtend<Parameters<typeof createSentinel>[0]>()
  })

  it('leads a named client to its own addresses, also from those in the replies of sentinels', () => {
    expect(connectionFor('ioredis', { ...PLAIN, clientAddress: '127.0.100.2' })).toEqual({
      name: 'mymaster',
      sentinels: [{ host: '127.0.100.2', port: 26_001 }, { host: '127.0.100.2', port: 26_002 }],
      natMap: {
        '127.0.0.1:26001': { host: '127.0.100.2', port: 26_001 },
        '127.0.0.1:26002': { host: '127.0.100.2', port: 26_002 },
        '127.0.0.1:6001': { host: '127.0.100.2', port: 6_001 },
      },
    })
  })

  it('leads a client without Sentinel support to the proxy', () => {
    const proxied = { ...PLAIN, proxy: { host: '127.0.0.1', port: 6_400 } }
    expect(connectionFor('proxy', proxied)).toEqual({ host: '127.0.0.1', port: 6_400 })
    expect(connectionFor('proxy', { ...proxied, ...LOGIN, tls: TLS })).toEqual({
      host: '127.0.0.1', port: 6_400, username: 'app', password: 'p@ss', tls: { ca: 'CA', cert: 'CERT', key: 'KEY' },
    })
    expectTypeOf<Connections['proxy']>().toExtend<RedisOptions>()
    expect(connectionFor('proxy-url', proxied)).toBe('redis://127.0.0.1:6400')
    expect(connectionFor('proxy-url', { ...proxied, ...LOGIN, tls: TLS })).toBe('rediss://app:p%40ss@127.0.0.1:6400')
    expect(connectionFor('env', { ...proxied, password: 'x' })).toMatchObject({ REDIS_PROXY: '127.0.0.1:6400', REDIS_PROXY_URL: 'redis://:x@127.0.0.1:6400' })
    expect(() => connectionFor('proxy', PLAIN)).toThrow('no proxy leads to mymaster: it needs the option proxy: true')
  })

  it('can be one URL', () => {
    expect(connectionFor('url', PLAIN)).toBe('redis-sentinel://127.0.0.1:26001,127.0.0.1:26002/0#mymaster')
    expect(connectionFor('url', { ...PLAIN, ...LOGIN, tls: TLS }))
      .toBe('rediss-sentinel://app:p%40ss@127.0.0.1:26001,127.0.0.1:26002/0#mymaster')
    expect(connectionFor('url', { ...PLAIN, password: 'a b' })).toContain('redis-sentinel://a%20b@127.0.0.1:26001,')
  })

  it('can be environment variables, without those that have no value', () => {
    expect(connectionFor('env', PLAIN)).toEqual({ SENTINELS: '127.0.0.1:26001,127.0.0.1:26002', REDIS_MASTER_NAME: 'mymaster' })
    expect(connectionFor('env', { ...PLAIN, ...LOGIN, tls: TLS, clientAddress: '127.0.100.2' })).toEqual({
      SENTINELS: '127.0.100.2:26001,127.0.100.2:26002', REDIS_MASTER_NAME: 'mymaster',
      REDIS_USER: 'app', REDIS_PASSWORD: 'p@ss', SENTINEL_USER: 'watch', SENTINEL_PASSWORD: 'word',
      REDIS_TLS_CA: '/ca', REDIS_TLS_CERT: '/cert', REDIS_TLS_KEY: '/key', REDIS_CLIENT_ADDRESS: '127.0.100.2',
    })
  })

  it('names the kinds that there are when asked for another', () => {
    expect(() => connectionFor('jedis' as 'url', PLAIN)).toThrow('no connection of the kind jedis; there is ioredis, node-redis, url, proxy, proxy-url, env')
  })
})
