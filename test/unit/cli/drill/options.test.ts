import { describe, expect, it } from 'vitest'

import { parseDrillOptions } from '../../../../src/cli/drill/options.ts'
import { SCENARIOS } from '../../../../src/harness/index.ts'

const parse = (...args: string[]) => parseDrillOptions(args, { REDIS_PASSWORD: 'for nodes', SENTINEL_PASSWORD: 'for sentinels' })

it('names an argument that no option takes, in one line', () => {
  expect(() => parseDrillOptions(['extra'], {})).toThrow(/^unexpected argument "extra"$/)
})

describe('drill options', () => {
  it('run all scenarios with sentinels of this program by default', () => {
    expect(parse()).toMatchObject({
      kind: 'deployment', scenarios: SCENARIOS.map(({ name }) => name), sentinels: ['ours', 'ours', 'ours'], limitMs: 60_000,
    })
  })

  it('accept scenarios one by one or with commas', () => {
    expect(parse('--scenario', 'kill-master,partition', '--scenario', 'cold-start'))
      .toMatchObject({ scenarios: ['kill-master', 'partition', 'cold-start'] })
  })

  it('accept mixed for two sentinels of this program and a genuine one', () => {
    expect(parse('--sentinels', 'mixed')).toMatchObject({ sentinels: ['ours', 'ours', 'genuine'] })
  })

  it('give genuine sentinels a down-after that is long enough for them', () => {
    expect(parse()).toMatchObject({ downAfterMs: 1_000 })
    expect(parse('--down-after', '300')).toMatchObject({ downAfterMs: 300 })
    for (const which of ['mixed', 'genuine']) {
      expect(parse('--sentinels', which)).toMatchObject({ downAfterMs: 1_200 })
      expect(parse('--sentinels', which, '--down-after', '1101')).toMatchObject({ downAfterMs: 1_101 })
    }
  })

  it('have a command that runs as the application', () => {
    expect(parse()).toMatchObject({ exec: undefined, execWaitMs: 5_000 })
    expect(parse('--exec', 'pytest -x', '--exec-wait', '30')).toMatchObject({ exec: 'pytest -x', execWaitMs: 30_000 })
    expect(() => parse('--exec', ' ')).toThrow('--exec needs a command')
    expect(() => parse('--exec-wait', '3')).toThrow('--exec-wait needs --exec')
    expect(() => parse('--target', 'h:1', '--master', 'm', '--exec', 'x')).toThrow('--exec cannot be combined with --target')
  })

  it('start a proxy, with lines for its file', () => {
    expect(parse()).toMatchObject({ proxy: undefined })
    expect(parse('--proxy')).toMatchObject({ proxy: [], scenarios: SCENARIOS.map(({ name }) => name) })
    expect(parse('--proxy-config', 'mode route', '--proxy-config', 'read-from master')).toMatchObject({ proxy: ['mode route', 'read-from master'] })
  })

  it('name a running proxy of a target, with a login of its own or that of the nodes', () => {
    const target = ['--target', 'h:1', '--master', 'm', '--write', '--user', 'app', '--cacert', 'ca.crt']
    expect(parse(...target)).toMatchObject({ proxy: undefined })
    expect(parse(...target, '--proxy-uri', 'redis://[::1]:6379')).toMatchObject({
      proxy: { host: '::1', port: 6_379, user: 'app', password: 'for nodes', tls: undefined },
    })
    expect(parse(...target, '--proxy-uri', 'rediss://own:a%40b@h:6379/0')).toMatchObject({
      proxy: { host: 'h', port: 6_379, user: 'own', password: 'a@b', tls: { cacert: 'ca.crt' } },
    })
  })

  it('limit lost writes to none and leave the outage to down-after by default', () => {
    expect(parse()).toMatchObject({ limits: { maxLost: 0, maxOutageMs: undefined } })
    expect(parse('--max-lost', '20', '--max-outage', '1500')).toMatchObject({ limits: { maxLost: 20, maxOutageMs: 1_500 } })
  })

  it('read the passwords of a target from the environment', () => {
    expect(parse('--target', '[::1]:26379', '--master', 'm', '--user', 'app', '--write')).toEqual({
      kind: 'target', sentinel: { host: '::1', port: 26_379 }, masterName: 'm', confirmed: undefined, write: true, proxy: undefined,
      login: { user: 'app', password: 'for nodes', sentinelPassword: 'for sentinels' }, limitMs: 60_000, limits: { maxLost: 0, maxOutageMs: undefined }, report: undefined,
    })
  })

  it('accept a URI as the target, with the login of the sentinels', () => {
    const options = parse('-u', 'rediss://ops:a%40b@10.0.0.1:26379', '--master', 'm', '--cacert', 'ca.crt')
    expect(options).toMatchObject({
      kind: 'target', sentinel: { host: '10.0.0.1', port: 26_379 },
      login: { password: 'for nodes', sentinelUser: 'ops', sentinelPassword: 'a@b', tls: { cacert: 'ca.crt' } },
    })
  })

  it('need a confirmation that names the master', () => {
    expect(parse('--target', 'h:1', '--master', 'm', '--yes-fail-over-m')).toMatchObject({ confirmed: 'm' })
  })

  it.each([
    [['--nonsense'], '--nonsense'],
    [['--scenario', 'earthquake'], '--scenario earthquake does not exist; the scenarios are kill-master, '],
    [['--sentinels', 'yours'], '--sentinels must be ours, genuine or mixed, not yours'],
    [['--sentinels', 'mixed', '--down-after', '1100'], '--down-after 1100 is too short for genuine sentinels'],
    [['--max-lost', '-1'], '--max-lost'],
    [['--max-lost', 'none'], '--max-lost must be a whole number from 0, not none'],
    [['--max-outage', '0'], '--max-outage must be a whole number above 0, not 0'],
    [['--limit', '0'], '--limit must be a whole number above 0, not 0'],
    [['--target', 'somewhere', '--master', 'm'], '--target must be host:port of a sentinel, not somewhere'],
    [['--target', 'h:1'], '--target needs --master'],
    [['--target', 'h:1', '--master', 'm', '--scenario', 'kill-master'], '--scenario cannot be combined with --target'],
    [['--master', 'm'], '--master needs --target'],
    [['--write'], '--write needs --target'],
    [['--yes-fail-over-m'], '--yes-fail-over-m needs --target'],
    [['--target', 'h:1', '--master', 'm', '--key', 'k'], '--key needs --cert'],
    [['--sni', 'redis'], '--sni needs --target'],
    [['--proxy', '--scenario', 'kill-master,two-at-once'], '--proxy: a proxy leads to one master, and two-at-once has 2'],
    [['--proxy-config', 'mode route', '--scenario', 'two-at-once'], '--proxy: a proxy leads to one master, and two-at-once has 2'],
    [['--target', 'h:1', '--master', 'm', '--proxy'], '--proxy cannot be combined with --target; --proxy-uri names a proxy that is already running'],
    [['--proxy-uri', 'redis://h:1'], '--proxy-uri needs --target'],
    [['--target', 'h:1', '--master', 'm', '--proxy-uri', 'redis://h:1'], '--proxy-uri needs --write: the drill writes through the proxy'],
    [['--target', 'h:1', '--master', 'm', '--write', '--proxy-uri', 'redis://h'], '--proxy-uri must be redis://[USER:PASSWORD@]HOST:PORT, or rediss:// for TLS'],
    [['--target', 'h:1', '--master', 'm', '--write', '--proxy-uri', 'redis://a:%@h:1'], '--proxy-uri has a percent sign without two digits behind it'],
    [['--tls'], '--tls needs --target'],
    [['-u', 'http://h:1', '--master', 'm'], '-u must be redis://'],
    [['-u', 'redis://h:1', '--master', 'm', '--pass-file', '/missing'], '--pass-file /missing cannot be read: '],
  ])('are refused with the reason: %j', (args, words) => {
    expect(() => parse(...args)).toThrow(words)
  })
})
