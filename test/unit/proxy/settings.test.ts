import { describe, expect, it } from 'vitest'

import { readSettings } from '../../../src/proxy/index.ts'

const MINIMAL = 'sentinel 10.0.0.1:26379\nmaster mymaster\n'

function read(text: string, options: readonly string[] = []) {
  const result = readSettings({ file: 'proxy.conf', text, options })
  if (!result.ok) throw new Error(result.problems.join('\n'))
  return result.settings
}

function problems(text: string, options: readonly string[] = []): readonly string[] {
  const result = readSettings({ file: 'proxy.conf', text, options })
  return result.ok ? [] : result.problems
}

describe('a proxy.conf', () => {
  it('needs only the sentinels and the master', () => {
    expect(read(MINIMAL)).toMatchObject({
      sentinels: [{ host: '10.0.0.1', port: 26379 }], masterName: 'mymaster', port: 7777, readPort: 0, bind: ['*'],
      waitForMasterMs: 5000, minority: 'refuse', maxClients: 10_000, readFrom: 'prefer-replica', sentinelLogin: undefined,
    })
  })

  it('has the grammar of redis.conf: comments, quotes, escapes and names in any case', () => {
    const text = '# comment\r\n\n  SENTINEL "10.0.0.1:26379" \'[2001:db8::1]:26380\'\n\tmaster "my \\x41master"\nsentinel-auth "p\\"w"\n'
    expect(read(text)).toMatchObject({
      sentinels: [{ host: '10.0.0.1', port: 26379 }, { host: '2001:db8::1', port: 26380 }],
      masterName: 'my Amaster', sentinelLogin: { user: undefined, password: 'p"w' },
    })
  })

  it('accepts sentinels on several lines, separated by commas, by name, and without the usual port', () => {
    expect(read('sentinel a.example.com,b.example.com:26380\nsentinel ::1\nmaster m\n').sentinels).toEqual([
      { host: 'a.example.com', port: 26379 }, { host: 'b.example.com', port: 26380 }, { host: '::1', port: 26379 },
    ])
  })

  it('accepts the names of redis-cluster-proxy', () => {
    const text = `${MINIMAL}bind 127.0.0.1 ::1\nport 7000\nunixsocket /tmp/p.sock\nunixsocketperm 770\nthreads 1\nmaxclients 5\n`
      + 'tcpkeepalive 30\ntcp-backlog 100\ndaemonize yes\npidfile /tmp/p.pid\nauth secret\nauth-user app\nlogfile ""\nlog-level success\n'
    expect(read(text)).toMatchObject({
      bind: ['127.0.0.1', '::1'], port: 7000, unixSocket: '/tmp/p.sock', unixSocketMode: 0o770, maxClients: 5, keepAliveSeconds: 30,
      tcpBacklog: 100, daemonize: true, pidFile: '/tmp/p.pid', nodeLogin: { user: 'app', password: 'secret' }, logFile: '',
      logLevel: 'notice',
    })
  })

  it('describes reads from replicas', () => {
    const text = `${MINIMAL}read-port 7778\nread-from nearest\nzone eu-1a\nnode-zone 10.0.1.5:6379 eu-1a\nnode-zone [::5]:6379 eu-1b\nmax-lag 1mb\n`
    expect(read(text)).toMatchObject({ readPort: 7778, readFrom: 'nearest', zone: 'eu-1a', maxLagBytes: 1_048_576 })
    expect([...read(text).nodeZones]).toEqual([['10.0.1.5:6379', 'eu-1a'], ['[::5]:6379', 'eu-1b']])
  })

  it('describes route mode', () => {
    expect(read(`${MINIMAL}mode route\nread-from nearest\nzone a\n`)).toMatchObject({
      mode: 'route', readFrom: 'nearest', clientPassword: undefined, readAfterWriteMs: 1_000, isMultiplexed: true, poolSize: 10,
    })
    const text = `${MINIMAL}mode route\nauth n\nclient-auth ""\nread-after-write 0\ndisable-multiplexing yes\nconnections-pool-size 3\n`
    expect(read(text)).toMatchObject({ clientPassword: '', readAfterWriteMs: 0, isMultiplexed: false, poolSize: 3 })
  })

  it('leaves the logins of clients to the nodes, beside that of the proxy', () => {
    expect(read(`${MINIMAL}mode route\nauth n\nauth passthrough\n`)).toMatchObject({ isAuthPassedOn: true, nodeLogin: { password: 'n' } })
    expect(read(`${MINIMAL}auth passthrough\n`)).toMatchObject({ isAuthPassedOn: true, nodeLogin: undefined })
  })

  it('describes TLS on both sides and HTTP', () => {
    const text = `${MINIMAL}port 0\ntls-port 7777\ntls-cert-file c\ntls-key-file k\ntls-ca-cert-file ca\ntls-nodes yes\n`
      + 'tls-sentinels yes\nhttp 127.0.0.1:9121\nlog-format json\n'
    expect(read(text)).toMatchObject({
      port: 0, tlsPort: 7777, tlsNodes: true, tlsSentinels: true, http: { host: '127.0.0.1', port: 9121 }, logFormat: 'json',
      tls: { certFile: 'c', keyFile: 'k', caCertFile: 'ca', authClients: 'yes' },
    })
  })
})

describe('options of the command line', () => {
  it('replace the lines of the file, also those that may occur several times', () => {
    const settings = read(`${MINIMAL}port 7000\n`, ['--port', '7001', '--sentinel', '10.0.0.8:1', '10.0.0.9:2'])
    expect(settings.port).toBe(7001)
    expect(settings.sentinels).toEqual([{ host: '10.0.0.8', port: 1 }, { host: '10.0.0.9', port: 2 }])
  })

  it('are enough without a file', () => {
    const result = readSettings({ file: undefined, text: '', options: ['--sentinel', '10.0.0.1', '--master', 'm'] })
    expect(result.ok && result.settings.masterName).toBe('m')
  })

  it('are refused with their name', () => {
    expect(problems(MINIMAL, ['--port', 'x'])).toEqual(["command line, --port: port: 'x' is not a port: give a number from 0 to 65535"])
    expect(problems(MINIMAL, ['7000'])).toEqual(["command line: '7000' is no option: give options as --name value"])
    expect(problems(MINIMAL, ['--port'])).toEqual(['command line, --port: port needs 1 value, not 0: write port <port>'])
  })
})

describe('a wrong proxy.conf', () => {
  it.each<[string, string, RegExp]>([
    ['an unknown directive', `${MINIMAL}prot 7000`, /^proxy\.conf:3: there is no directive 'prot': did you mean port\?$/],
    ['a word that is near to nothing', `${MINIMAL}xyzzy-quux 1`, /:3: there is no directive 'xyzzy-quux': remove the line/],
    ['two ways to check clients', `${MINIMAL}mode route\nauth passthrough\nclient-auth x`, /:5: client-auth is not used with auth passthrough, .* remove one of them/],
    ['open quotes', `${MINIMAL}auth "secret`, /^proxy\.conf:3: the quotes are unbalanced: close them/],
    ['no sentinel', 'master mymaster', /^proxy\.conf: no sentinel is given: add a line such as sentinel/],
    ['no master', 'sentinel 10.0.0.1:26379', /^proxy\.conf: no master is given: add the name/],
    ['a sentinel twice', `${MINIMAL}sentinel 10.0.0.1:26379`, /:3: sentinel: '10\.0\.0\.1:26379' is given twice.* remove it here/],
    ['a sentinel with a wrong port', 'sentinel 10.0.0.1:99999\nmaster m', /:1: sentinel: '99999' is not a port: give a number from 1/],
    ['a sentinel without a host', 'sentinel :26379\nmaster m', /:1: sentinel: ':26379' is not an address: give host:port/],
    ['a port that is no number', `${MINIMAL}port http`, /:3: port: 'http' is not a port: give a number from 0 to 65535/],
    ['a port that is too large', `${MINIMAL}read-port 65536`, /:3: read-port: '65536' is not a port/],
    ['one port for two listeners', `${MINIMAL}port 7000\nread-port 7000`, /:4: read-port 7000 is also port: give another port/],
    ['nothing to listen on', `${MINIMAL}port 0`, /:3: nothing to listen on: set port, tls-port or unixsocket/],
    ['too many values', `${MINIMAL}port 1 2`, /:3: port needs 1 value, not 2: write port <port>/],
    ['a missing value', `${MINIMAL}node-zone 10.0.0.1:6379`, /:3: node-zone needs 2 values, not 1: write node-zone <host:port> <zone>/],
    ['an empty value', `${MINIMAL}zone ""`, /:3: zone: the value is empty: give one, or remove the line/],
    ['an unknown choice', `${MINIMAL}minority maybe`, /:3: minority: 'maybe' is unknown: give refuse or serve/],
    ['an unknown answer', `${MINIMAL}daemonize on`, /:3: daemonize: 'on' is unknown: give yes or no/],
    ['a negative time', `${MINIMAL}wait-for-master -1`, /:3: wait-for-master: '-1' is not a number of milliseconds: give a number from 0/],
    ['a size without a number', `${MINIMAL}read-port 1\nmax-lag much`, /:4: max-lag: 'much' is not a number of bytes: give one such as/],
    ['a file mode that is none', `${MINIMAL}unixsocket /s\nunixsocketperm 999`, /:4: unixsocketperm: '999' is not a file mode: give one such as 770/],
    ['reads without a port for them', `${MINIMAL}read-from replica`, /:3: read-from has no effect without read-port: add read-port, or/],
    ['zones of nodes without an own zone', `${MINIMAL}read-port 1\nnode-zone 10.0.0.1:6379 a`, /:4: node-zone has no effect without zone/],
    ['a user without a password', `${MINIMAL}sentinel-user app`, /:3: sentinel-user needs a password: add sentinel-auth/],
    ['a node user without a password', `${MINIMAL}auth-user app`, /:3: auth-user needs a password: add auth/],
    ['TLS without a certificate', `${MINIMAL}tls-port 7443`, /:3: a port with TLS needs a certificate: add tls-cert-file and tls-key-file/],
    ['TLS to nodes without authorities', `${MINIMAL}tls-nodes yes`, /:3: TLS to nodes or sentinels needs authorities to trust: add tls-ca-cert-file/],
    ['client certificates without authorities', `${MINIMAL}tls-port 1\ntls-cert-file c\ntls-key-file k\ntls-auth-clients yes`, /:6: certificates of clients cannot be checked/],
    ['an HTTP address without a port', `${MINIMAL}http 127.0.0.1`, /:3: http: '127\.0\.0\.1' has no port: give host:port/],
    ['an unknown mode', `${MINIMAL}mode tunnel`, /:3: mode: 'tunnel' is unknown: give pipe or route/],
    ['a directive of route mode', `${MINIMAL}client-auth secret`, /:3: client-auth has no effect in pipe mode: add mode route, or remove it/],
    ['another one', `${MINIMAL}read-after-write 5`, /:3: read-after-write has no effect in pipe mode: add mode route, or remove it/],
    ['a read port in route mode', `${MINIMAL}mode route\nread-port 7778`, /:4: read-port is not used in route mode, where port serves reads by read-from/],
    ['a login of the nodes for all clients', `${MINIMAL}mode route\nauth secret`, /:4: in route mode clients use the nodes with this login: add client-auth, client-auth "" where they need no password, or auth passthrough/],
    ['connections in advance', `${MINIMAL}mode route\nconnections-pool-min-size 5`, /:4: connections-pool-min-size needs connections that are opened in advance, which is not available/],
    ['a directive of Redis Cluster', 'cluster 10.0.0.1:7000', /:1: cluster needs Redis Cluster, which is not available in this release/],
    ['too many worker processes', `${MINIMAL}threads 1000`, /:3: threads: .*1000.* is not a number of worker processes.*256/],
  ])('is refused with file, line and remedy: %s', (_what, text, expected) => {
    const found = problems(text)
    expect(found).toHaveLength(1)
    expect(found[0]).toMatch(expected)
  })

  it('has all its problems reported in one go', () => {
    expect(problems('port x\nmode y\nfoo 1\n').map((problem) => problem.split(':')[1])).toEqual(['1', '2', '3'])
  })

  it('has at most 20 problems reported, because more are a file of another kind', () => {
    const found = problems('nonsense 1\n'.repeat(50))
    expect(found).toHaveLength(21)
    expect(found.at(-1)).toBe('30 more problems.')
  })

  it('is refused also for a line that an option replaces', () => {
    expect(problems(`${MINIMAL}port x`, ['--port', '7000'])).toHaveLength(1)
  })
})
