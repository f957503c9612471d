import { describe, expect, it } from 'vitest'

import { failureBanner } from '../../../src/config/index.ts'
import { initialSettings } from '../../../src/core/index.ts'
import { MemoryEnvironment, START_DIRECTORY } from './memory-environment.ts'
import { load, loadGood } from './load-text.ts'

const P = 'port 41200\n'
const M = 'sentinel monitor mm 127.0.0.1 41290 2\n'
const A40 = 'a'.repeat(40)

/** The one master of a text that has `mm`, and lines about it. */
function master(lines: string) {
  const [first] = loadGood(M + lines).durable.masters
  if (first === undefined) throw new Error('no master')
  return first
}

function failure(text: string, options = {}): string {
  const result = load(text, options)
  if (result.ok) throw new Error('it loaded')
  return result.failure.kind === 'log' ? result.failure.text : result.failure.reason
}

describe('odd input that is accepted (config.md 9)', () => {
  it.each([
    'sentinel', 'client-output-buffer-limit', 'save', 'save ""', 'replicaof no one', 'foo.bar 1 2',
    'loadmodule /none.so x', 'list-max-ziplist-entries 512', 'include /data', 'include /none/*.conf',
    'sentinel known-sentinel nope 127.0.0.1 41201', 'tls-cert-file /nonexistent', 'pidfile /nonexistent/p',
    'bind 127.0.0.1 -8.8.8.8', 'sentinel announce-ip ""', '\v', 'availability-zone a', 'primaryauth x', 'bio-cpulist 0',
  ])('%j has no effect on the state', (line) => {
    expect(loadGood(P + line).durable).toEqual(loadGood(P).durable)
  })

  it('reads names, enums and quotes in any form', () => {
    const { settings } = loadGood('PORT 41200\nLogLevel NOTICE\n"timeout" 5\nti"meout" \'6\'\r\n\ttcp-keepalive\t7 \n\vtcp-backlog 8')
    expect(settings).toMatchObject({
      port: 41200, logLevel: 'notice', idleTimeoutSeconds: 6, tcpKeepaliveSeconds: 7, tcpBacklog: 8,
    })
  })

  it('reads quorum, ports and times leniently', () => {
    expect(loadGood('sentinel monitor mm 127.0.0.1 abc 2x').durable.masters[0]).toMatchObject({ port: 0, settings: { quorum: 2 } })
    expect(master('sentinel down-after-milliseconds mm 1000x').settings).toMatchObject({ downAfterMs: 1000 })
    expect(master('sentinel failover-timeout mm 4294967297').settings).toMatchObject({ failoverTimeoutMs: 1 })
    expect(master('sentinel parallel-syncs mm abc').settings).toMatchObject({ parallelSyncs: 0 })
    expect(master('sentinel parallel-syncs mm -3').settings).toMatchObject({ parallelSyncs: -3 })
    expect(master('sentinel master-reboot-down-after-period mm abc').settings).toMatchObject({ rebootDownAfterMs: 0 })
    expect(master('sentinel primary-reboot-down-after-period mm 7').settings).toMatchObject({ rebootDownAfterMs: 7 })
    expect(['abc', '70000', '-5'].map((port) => loadGood(`sentinel announce-port ${port}`).durable.announcePort))
      .toEqual([0, 70000, -5])
  })

  it('distinguishes case in names of masters, and accepts ids of any text', () => {
    expect(loadGood(`${M}sentinel monitor MM 127.0.0.1 1 1`).durable.masters.map(({ name }) => name)).toEqual(['mm', 'MM'])
    for (const id of ['Z'.repeat(40), '0'.repeat(40), `${'a'.repeat(39)} `]) {
      expect(loadGood(`sentinel myid "${id}"`).durable.myId).toBe(id)
    }
    expect(master('sentinel known-sentinel mm 127.0.0.1 41201 abc').sentinels)
      .toEqual([{ host: '127.0.0.1', port: 41201, runId: 'abc' }])
  })

  it('reads epochs as unsigned 64-bit numbers; the highest is the current one', () => {
    const { durable } = loadGood(`${M}sentinel config-epoch mm 5x\nsentinel leader-epoch mm abc`)
    expect(durable).toMatchObject({ currentEpoch: 5n, masters: [{ configEpoch: 5n, leaderEpoch: 0n }] })
    expect(loadGood('sentinel current-epoch " 12"').durable.currentEpoch).toBe(12n)
    expect(loadGood('sentinel current-epoch -1').durable.currentEpoch).toBe(18446744073709551615n)
    expect(loadGood(`${M}sentinel current-epoch 5\nsentinel config-epoch mm 7\nsentinel current-epoch 3`).durable.currentEpoch).toBe(7n)
    expect(loadGood(`${M}sentinel leader-epoch mm 9`).durable.currentEpoch).toBe(0n)
  })

  it('lets the last of repeated lines win', () => {
    expect(master('sentinel auth-pass mm a\nsentinel auth-pass mm b').settings.authPass).toBe('b')
    const { settings } = loadGood('timeout 5\ntimeout 6\nbind 1.1.1.1\nbind 2.2.2.2 3.3.3.3')
    expect(settings).toMatchObject({ idleTimeoutSeconds: 6, bind: ['2.2.2.2', '3.3.3.3'] })
  })

  it('an hz out of range is set to the nearest legal value', () => {
    expect(['0', '1000', '10'].map((hz) => loadGood(`hz ${hz}`).settings.values.get('hz'))).toEqual([['1'], ['500'], ['10']])
  })
})

describe('loading sentinel lines (config.md 2.8, 3)', () => {
  it('accepts them in any order', () => {
    const { durable } = loadGood([
      'sentinel known-replica mm replica.example 6380', 'sentinel auth-pass mm secret', 'SENTINEL Monitor mm master.example 6379 2',
      `sentinel known-sentinel mm 10.0.0.1 26379 ${A40}`, 'sentinel rename-command mm CONFIG abc', 'sentinel resolve-hostnames yes',
    ].join('\n'))
    expect(durable.masters).toEqual([{
      name: 'mm', host: 'master.example', port: 6379,
      settings: { ...initialSettings(2), authPass: 'secret', renamedCommands: [['CONFIG', 'abc']] },
      configEpoch: 0n, leaderEpoch: 0n,
      replicas: [{ host: 'replica.example', port: 6380 }],
      sentinels: [{ host: '10.0.0.1', port: 26379, runId: A40 }],
    }])
  })

  it('starts from the documented defaults', () => {
    expect(loadGood('').durable).toEqual({
      myId: '', currentEpoch: 0n, announceIp: undefined, announcePort: 0, denyScriptsReconfig: true,
      resolveHostnames: false, announceHostnames: false, sentinelUser: undefined, sentinelPass: undefined, masters: [],
    })
  })

  it('normalises literal addresses, also when it finds duplicates', () => {
    expect(loadGood('sentinel monitor mm 127.1 1 1').durable.masters[0]?.host).toBe('127.0.0.1')
    expect(master('sentinel known-replica mm ::1 5\nsentinel known-slave mm 0:0:0:0:0:0:0:1 5').replicas)
      .toEqual([{ host: '::1', port: 5 }])
    expect(master('sentinel known-replica mm 127.0.0.1 41290').replicas).toEqual([{ host: '127.0.0.1', port: 41290 }])
  })

  it('counts identical lines of known sentinels once and refuses one id at two addresses', () => {
    const line = (port: number) => `sentinel known-sentinel mm 127.0.0.1 ${port} ${'b'.repeat(40)}`
    expect(master(`${line(1)}\n${line(1)}`).sentinels).toHaveLength(1)
    expect(failure(`${M}${line(1)}\n${line(2)}`)).toBe('Duplicate runid for sentinel.')
  })

  it('logs a repeated line once, with its number, and how many more there are', () => {
    const line = (port: number) => `sentinel known-replica mm 127.0.0.1 ${port}`
    const result = load([M.trim(), line(1), line(2), line(1), line(2), line(1)].join('\n'))
    expect(result.log).toEqual([{
      level: 'warning',
      text: '/data/s1/s.conf:4 (and 2 more lines): the line repeats an earlier one: redis-sentinel does not start with such a file, '
        + 'and ts-sentinel ignores the repetition. To do: remove the line while the sentinel is stopped.',
    }])
    expect(load(`${M}${line(1)}\n${line(2)}`).log).toEqual([])
  })

  it('starts with an epoch that is too large for elections, as the original does, and logs the line and the solution', () => {
    const text = (epoch: bigint) => `${M}sentinel config-epoch mm 3\nsentinel current-epoch ${epoch}`
    const result = load(text(2n ** 63n - 1n))
    expect(result).toMatchObject({ ok: true, config: { durable: { currentEpoch: 2n ** 63n - 1n } } })
    expect(result.log).toEqual([{
      level: 'warning',
      text: '/data/s1/s.conf:3: the epoch in `sentinel current-epoch 9223372036854775807` is too high (at most '
        + '4611686018427387904): other sentinels do not accept it, so no failover is possible. To do: stop all sentinels, set '
        + 'current-epoch, and config-epoch and leader-epoch of each master, to 1 in every file, and start them again.',
    }])
    expect(load(text(2n ** 62n)).log).toEqual([])
  })

  it('never accepts an empty host', () => {
    expect(failure('sentinel resolve-hostnames yes\nsentinel monitor mm "" 1 1')).toBe("Can't resolve instance hostname.")
  })

  it('keeps passwords of any bytes', () => {
    expect(master(String.raw`sentinel auth-pass mm "a b\"c\n\x00\xc3\xa9\xff"`).settings.authPass).toBe('a b"c\n\0é\uDCFF')
    expect(master('sentinel auth-pass mm ""').settings.authPass).toBe('')
  })

  it('checks scripts relative to the final directory', () => {
    const files = { '/tmp/ok.sh': { text: '', mode: 0o755 } }
    expect(load(`dir /tmp\n${M}sentinel notification-script mm ok.sh`, { files }).ok).toBe(true)
    expect(load(`${M}sentinel notification-script mm ok.sh\ndir /tmp`, { files }).ok).toBe(true)
    expect(load(`${M}sentinel notification-script mm ok.sh`, { files }).ok).toBe(false)
    expect(load(`${M}sentinel notification-script mm /tmp`).ok).toBe(true)
  })
})

describe('standard lines', () => {
  it('starts from the values of a Sentinel', () => {
    expect(loadGood('').settings).toMatchObject({
      port: 26379, protectedMode: false, bind: ['*', '-::*'], tcpBacklog: 511, maxClients: 10000, tcpKeepaliveSeconds: 300,
      unixSocket: undefined, requirepass: undefined, aclFile: undefined, logFile: '', logLevel: 'notice', daemonize: false,
      supervised: 'no', pidFile: undefined, directory: START_DIRECTORY, queryBufferLimitBytes: 2 ** 30,
      maxBulkLengthBytes: 2 ** 29, processTitleTemplate: '{title} {listen-addr} {server-mode}',
      outputBufferLimits: { pubsub: { hardBytes: 32 * 2 ** 20, softBytes: 8 * 2 ** 20, softSeconds: 60 } },
      tls: { authClients: 'yes', sessionCacheSize: 20480, certFile: undefined },
    })
  })

  it('reads what the daemon needs', () => {
    const { settings } = loadGood([
      'bind "127.0.0.1 -::1"', 'unixsocket /tmp/s.sock', 'unixsocketperm 770', 'requirepass "a b"', 'aclfile ""',
      'client-output-buffer-limit pubsub 1mb 2 3', 'user bob on >x ~*', 'rename-command ping ""', 'tls-port 6',
      'tls-auth-clients optional', 'tls-protocols "TLSv1.2 TLSv1.3"', 'syslog-ident me', 'pidfile a.pid',
      'bind-source-addr 10.0.0.9', 'acl-pubsub-default allchannels',
    ].join('\n'))
    expect(settings).toMatchObject({
      bind: ['127.0.0.1', '-::1'], unixSocket: '/tmp/s.sock', unixSocketPermissions: 0o770, requirepass: 'a b',
      aclFile: undefined, outputBufferLimits: {
        normal: { hardBytes: 0, softBytes: 0, softSeconds: 0 },
        pubsub: { hardBytes: 2 ** 20, softBytes: 2, softSeconds: 3 },
      },
      users: [{ name: 'bob', rules: ['on', '>x', '~*'] }], renamedCommands: [['ping', '']], tlsPort: 6,
      tls: { authClients: 'optional', protocols: 'TLSv1.2 TLSv1.3' }, syslog: { ident: 'me', enabled: false, facility: 'local0' },
      pidFile: 'a.pid', bindSourceAddress: '10.0.0.9', aclPubsubDefault: 'allchannels',
    })
  })

  it('changes the directory at once, also relative to an earlier one', () => {
    const environment = new MemoryEnvironment({
      files: { 's.conf': 'dir /data\ndir s1\ndir ..\ninclude inc.conf', '/data/inc.conf': 'timeout 9' },
    })
    const { settings } = loadGood('', { environment })
    expect(settings).toMatchObject({ directory: '/data', idleTimeoutSeconds: 9 })
  })

  it('opens the log file of each text, relative to the directory of that moment', () => {
    const environment = new MemoryEnvironment({ files: { 's.conf': 'logfile a.log\ninclude inc.conf\ndir /tmp', 'inc.conf': '' } })
    loadGood('', { environment })
    expect(environment.openedLogFiles).toEqual(['/data/s1/a.log', '/tmp/a.log'])
  })

  it('reports mistakes in the order of the original', () => {
    expect(failure('cluster-enabled yes\nreplicaof a 1\nlogfile /nonexistent/x')).toMatch(/^Can't open the log file/)
    expect(failure('logfile /nonexistent/x\nfoo')).toMatch(/^Bad directive/)
    expect(failure('sentinel foo\nsentinel deny-scripts-reconfig x')).toMatch(/^Please specify/)
    expect(failure('cluster-enabled yes\nreplicaof a 1\ninclude inc.conf\nfoo', { files: { 'inc.conf': '' } })).toMatch(/^replicaof directive not/)
  })

  it('applies renames to later renames', () => {
    expect(loadGood('rename-command PING pong\nrename-command pong x\nrename-command auth ping').settings.renamedCommands)
      .toEqual([['PING', 'pong'], ['pong', 'x'], ['auth', 'ping']])
    expect(loadGood('rename-command ping PING').settings.renamedCommands).toEqual([['ping', 'PING']])
    expect(failure('rename-command ping x\nrename-command auth X')).toBe('Target command name already exists')
    expect(load('rename-command get x', { commandNames: ['get'] }).ok).toBe(true)
  })

  it('checks users with the given validator', () => {
    const validateUser = (rules: readonly string[]) => rules.includes('bad') ? { rule: 1, reason: 'no' } : undefined
    expect(failure('user bob on bad', { validateUser })).toBe("Error in user declaration 'bob': no")
    expect(load('user bob nonsense', { validateUser }).ok).toBe(true)
  })
})

describe('includes (config.md 2.5)', () => {
  it('reads them in place, and the state in them', () => {
    const files = { 'a.conf': 'timeout 1\ninclude b.conf\ntcp-keepalive 2', 'b.conf': `timeout 3\n${M}` }
    const { settings, durable } = loadGood('include a.conf\ntcp-backlog 4', { files })
    expect(settings).toMatchObject({ idleTimeoutSeconds: 3, tcpKeepaliveSeconds: 2, tcpBacklog: 4 })
    expect(durable.masters).toHaveLength(1)
  })

  it('refuses a file that includes itself, in whatever way', () => {
    expect(failure('include s.conf')).toBe("'s.conf' includes itself")
    expect(failure('include *.conf')).toBe("'s.conf' includes itself")
    expect(failure('include a.conf', { files: { 'a.conf': 'include /data/s1/../s1/a.conf' } }))
      .toBe("'/data/s1/../s1/a.conf' includes itself")
    expect(load('include a.conf\ninclude a.conf', { files: { 'a.conf': 'timeout 1' } }).ok).toBe(true)
  })

  it('logs a missing file in its last line', () => {
    for (const path of ['nosuch', '~/x', '{a,b}.conf', '""']) {
      const result = load(`logfile x.log\ninclude ${path}`)
      const text = `Fatal error, can't open config file '${path.replace('""', '')}': No such file or directory`
      expect(result).toMatchObject({ ok: false, failure: { kind: 'log', text }, log: [{ level: 'warning', text }], settings: { logFile: 'x.log' } })
      expect(result.ok ? '' : failureBanner(result.failure, '7')).toBe('')
    }
  })

  it('gives the name of the included file that has the bad line', () => {
    const result = load('include a.conf', { files: { 'a.conf': '\nfoo' } })
    expect(result).toMatchObject({ failure: { where: { number: 2, text: 'foo', include: 'a.conf' } } })
  })
})

describe('the file itself (config.md 1.4, 10)', () => {
  it('must exist and be writable', () => {
    expect(load('', { environment: new MemoryEnvironment() })).toMatchObject({
      failure: { text: "Fatal error, can't open config file '/data/s1/s.conf': No such file or directory" },
    })
    const environment = new MemoryEnvironment({ files: { 's.conf': { text: P, mode: 0o444 } } })
    expect(load('', { environment })).toMatchObject({
      failure: { text: 'Sentinel config file /data/s1/s.conf is not writable: Permission denied. Exiting...' },
    })
  })

  it('keeps its place when the directory changes', () => {
    expect(loadGood('dir /tmp').configFile).toBe('/data/s1/s.conf')
  })

  it('drops a NUL byte, the rest of the line and the line end', () => {
    expect(loadGood('\0junk\ntimeout 5\0').settings.idleTimeoutSeconds).toBe(5)
  })
})
