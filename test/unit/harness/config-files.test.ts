import { describe, expect, it } from 'vitest'

import { readSentinelFile, redisConfigLines, sentinelConfigLines } from '../../../src/harness/config-files.ts'
import { planMasters, planSentinels, planWarnings, type DeploymentOptions } from '../../../src/harness/options.ts'

const direct = {
  bind: { host: '127.0.0.1', port: 11_000 },
  announced: { host: '127.0.0.1', port: 11_000 },
  folder: '/tmp/some folder',
}
const relayed = { ...direct, bind: { host: '127.0.1.2', port: 12_000 } }

describe('the configuration files of a deployment', () => {
  it('make a replica behind a relay announce the relay and connect from its own address', () => {
    const lines = redisConfigLines({
      placement: relayed, node: { priority: 0 }, login: { password: 'a "b"' }, follows: { host: '127.0.0.1', port: 1 }, extra: [],
    })
    expect(lines).toContain('bind 127.0.1.2')
    expect(lines).toContain('bind-source-addr 127.0.1.2')
    expect(lines).toContain('replica-announce-port 11000')
    expect(lines).toContain('replica-priority 0')
    expect(lines).toContain('masterauth "a \\"b\\""')
    expect(lines).toContain('dir "/tmp/some folder"')
    expect(lines.at(-2)).toMatch(/^masterauth|^replicaof|^requirepass/)
  })

  it('use only directives that the release of the server knows, by the names that it knows', () => {
    const lines = (major: number, minor: number) => redisConfigLines({
      placement: relayed, node: { priority: 5 }, login: {}, follows: { host: '127.0.0.1', port: 1 }, extra: [],
      release: { name: `redis-server ${major}.${minor}`, major, minor },
    }).filter((line) => /debug|source|replica|slave/.test(line))
    expect(lines(7, 0)).toEqual([
      'bind-source-addr 127.0.1.2', 'enable-debug-command local', 'replica-announce-ip 127.0.0.1', 'replica-announce-port 11000',
      'replica-priority 5', 'replicaof 127.0.0.1 1',
    ])
    expect(lines(6, 2)).toEqual([
      'replica-announce-ip 127.0.0.1', 'replica-announce-port 11000', 'replica-priority 5', 'replicaof 127.0.0.1 1',
    ])
    expect(lines(4, 0)).toEqual([
      'slave-announce-ip 127.0.0.1', 'slave-announce-port 11000', 'slave-priority 5', 'slaveof 127.0.0.1 1',
    ])
  })

  it('name the release that an option needs', () => {
    const old = { name: 'redis-server 5.0', major: 5, minor: 0 }
    const common = { node: {}, follows: undefined, extra: [], release: old }
    expect(() => redisConfigLines({ ...common, placement: direct, login: { user: 'a', password: 'b' } }))
      .toThrow('user needs Redis 6.0 or newer; this is redis-server 5.0')
    const tls = { identity: { cert: 'c', key: 'k' }, ca: 'a' }
    expect(() => redisConfigLines({ ...common, placement: { ...direct, tls }, login: {} })).toThrow('tls needs Redis 6.0')
    const placement = direct
    expect(() => sentinelConfigLines({ placement, sentinel: { program: 'genuine' }, login: { password: 'b' }, masters: [], extra: [], release: old }))
      .toThrow('sentinelPassword needs Redis 6.2')
  })

  it('keep on disk the data that was asked for', () => {
    const lines = (persistence: 'none' | 'aof' | 'rdb', node = {}) => redisConfigLines({
      placement: direct, node, login: {}, follows: undefined, extra: [], persistence,
    }).filter((line) => /^(?:save|appendonly)/.test(line))
    expect(lines('none')).toEqual(['save ""', 'appendonly no'])
    expect(lines('none', { persistence: 'aof' })).toEqual(['save ""', 'appendonly yes'])
    expect(lines('rdb')).toEqual(['save 1 1', 'appendonly no'])
  })

  it('load modules and take lines from the deployment, the master and the node, in this order', () => {
    const [plan] = planMasters({
      redisConfig: ['# deployment'], modules: ['/a.so'], persistence: 'aof',
      masters: [{ name: 'm', redisConfig: ['# master'], modules: [['/b.so', 'x y']], sentinelConfig: ['# about m'], persistence: 'rdb' }],
    })
    if (plan === undefined) throw new Error('no plan')
    const lines = redisConfigLines({
      placement: direct, node: { modules: ['c.so'], config: ['# node'] }, login: {}, follows: undefined,
      extra: plan.redisConfig, modules: plan.modules, persistence: plan.persistence,
    })
    expect(lines.slice(-6)).toEqual([
      'loadmodule "/a.so"', 'loadmodule "/b.so" "x y"', `loadmodule "${process.cwd()}/c.so"`, '# deployment', '# master', '# node',
    ])
    expect(lines).toContain('save 1 1')
    const sentinel = sentinelConfigLines({
      placement: direct, sentinel: { program: 'ours' }, login: {}, masters: [{ plan, address: direct.bind }], extra: ['# all'],
    })
    expect(sentinel.slice(-2)).toEqual(['# about m', '# all'])
  })

  it('replace the default user by a given one', () => {
    const login = { user: 'admin', password: 'a b' }
    expect(redisConfigLines({ placement: direct, node: {}, login, follows: undefined, extra: [] }).slice(-4)).toEqual([
      'user default off', 'user admin on ">a b" ~* &* +@all', 'masteruser admin', 'masterauth "a b"',
    ])
    const masters = planMasters({ user: 'admin', password: 'c' })
      .map((plan) => ({ plan, address: { host: '127.0.0.1', port: 1 } }))
    const lines = sentinelConfigLines({ placement: direct, sentinel: { program: 'ours' }, login, masters, extra: [] })
    expect(lines).toContain('sentinel sentinel-user admin')
    expect(lines).toContain('sentinel auth-user mymaster admin')
  })

  it('make a sentinel monitor every master with its own values', () => {
    const options = { masters: [{ name: 'one', quorum: 1 }, { name: 'two', downAfterMs: 5 }], sentinels: 5, quorum: 4 }
    const lines = sentinelConfigLines({
      placement: direct,
      sentinel: { program: 'ours', config: ['# last'] },
      login: { password: 'secret' },
      masters: planMasters(options).map((plan, at) => ({ plan, address: { host: '127.0.0.1', port: at + 1 } })),
      extra: [],
    })
    expect(lines).toContain('sentinel monitor one 127.0.0.1 1 1')
    expect(lines).toContain('sentinel monitor two 127.0.0.1 2 4')
    expect(lines).toContain('sentinel down-after-milliseconds two 5')
    expect(lines).toContain('sentinel sentinel-pass "secret"')
    expect(lines.at(-1)).toBe('# last')
    expect(lines.filter((line) => line.includes('announce'))).toEqual([])
  })

  it('describe one master, two replicas, three sentinels and a majority as quorum by default', () => {
    const [plan] = planMasters({})
    expect(plan).toMatchObject({ name: 'mymaster', quorum: 2, downAfterMs: 1_000 })
    expect(plan?.nodes).toHaveLength(3)
    expect(planSentinels({})).toEqual([{ program: 'ours' }, { program: 'ours' }, { program: 'ours' }])
  })

  it('have a longer down-after by default when one sentinel is a genuine one', () => {
    const valkey = { name: 'valkey', command: () => ({ file: 'valkey-sentinel', args: [] }) }
    const downAfter = (sentinels: DeploymentOptions['sentinels'] & object) => planMasters({ sentinels })[0]?.downAfterMs
    expect(downAfter(['ours', 'ours', 'genuine'])).toBe(1_200)
    expect(downAfter([{ program: 'genuine' }])).toBe(1_200)
    expect(downAfter([valkey])).toBe(1_200)
    expect(downAfter(['ours'])).toBe(1_000)
    expect(planWarnings({ sentinels: ['genuine'] })).toEqual([])
    expect(planWarnings({ downAfterMs: 500 })).toEqual([])
    expect(planWarnings({ sentinels: ['ours', 'genuine'], downAfterMs: 1_100 })).toEqual([
      expect.stringContaining('down-after-milliseconds 1100 of mymaster is too short for genuine sentinels'),
    ])
  })

  it('can be read back after a sentinel has written them', () => {
    const facts = readSentinelFile([
      '# a comment',
      'sentinel myid aa',
      'SENTINEL monitor m 127.0.0.1 6380 2',
      'sentinel monitor other 127.0.0.1 1 2',
      'sentinel config-epoch m 7',
      'sentinel leader-epoch m 8',
      'sentinel known-replica m 127.0.0.1 6379',
      'sentinel known-sentinel m 127.0.0.1 26380 bb',
      'sentinel current-epoch 9',
    ].join('\n'), 'm')
    expect(facts).toEqual({
      myId: 'aa',
      currentEpoch: 9,
      configEpoch: 7,
      leaderEpoch: 8,
      master: { host: '127.0.0.1', port: 6380 },
      quorum: 2,
      replicas: ['127.0.0.1:6379'],
      sentinels: ['bb'],
    })
  })
})
