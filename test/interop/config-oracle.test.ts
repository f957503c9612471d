import { describe, expect, it } from 'vitest'

import { DIRECTIVES, failureBanner, type Directive } from '../../src/config/index.ts'
import { toBytes } from '../../src/text/index.ts'
import { BAD_INPUT_MATRIX, expectedBanner } from '../fixtures/config/bad-input-matrix.ts'
import { GenuineSentinel, LISTEN, loadOurs, runGenuine, StartDirectory } from './config-genuine.ts'
import { asOursWrites, withoutUsers } from './config-differences.ts'
import { rewriteOurs } from './config-rewrite-ours.ts'

/** Names that newer releases have and 7.0.15 has not (config.md 5, [UV] and [V]); we accept all of them. */
const NEWER_NAMES = new Set([
  'cluster-slot-stats-enabled', 'dual-channel-replication-enabled', 'enable-debug-assert', 'extended-redis-compatibility',
  'hide-user-data-from-log', 'log-format', 'log-timestamp-format', 'availability-zone', 'cluster-announce-client-ipv4',
  'cluster-announce-client-ipv6', 'cluster-announce-human-nodename', 'debug-context', 'locale-collate', 'primaryauth',
  'primaryuser', 'unixsocketgroup', 'server-cpulist', 'bio-cpulist', 'aof-rewrite-cpulist', 'bgsave-cpulist',
  'cluster-blacklist-ttl', 'cluster-ping-interval', 'events-per-io-thread', 'max-new-connections-per-cycle',
  'max-new-tls-connections-per-cycle', 'prefetch-batch-max-size', 'set-max-listpack-entries', 'set-max-listpack-value',
])

function withDirectory<Result>(file: string, run: (directory: StartDirectory) => Result, files = {}): Result {
  const directory = new StartDirectory(file, { files })
  try {
    return run(directory)
  } finally {
    directory.remove()
  }
}

/** What our start prints to stderr; empty when it would run. */
function ourBanner(directory: StartDirectory, args: readonly string[] = [], options = {}): string {
  const result = loadOurs(directory, args, options)
  return result.ok ? '' : toBytes(failureBanner(result.failure, '7.0.15'))
}

describe('bad-input matrix against the genuine program (config.md 8)', () => {
  it.each(BAD_INPUT_MATRIX)('fails with the message of the genuine program in row $row: $reason', (row) => {
    const { file, args = [], stdin = '', program = 'redis-sentinel', files = {}, ours, unresolved } = row
    const inDirectory = <Result>(run: (directory: StartDirectory) => Result) => withDirectory(file, run, files)
    const genuine = inDirectory((directory) => runGenuine(directory, args, { program, stdin }))
    expect(genuine.stderr).toBe(expectedBanner(row, row.reason))
    expect(genuine.status).toBe(1)
    if (unresolved !== undefined) expect(genuine.stdout).toContain(`# Failed to resolve hostname '${unresolved}'`)
    const banner = inDirectory((directory) => ourBanner(directory, args, { program, stdin }))
    expect(banner).toBe(ours === 'accepted' ? '' : ours === undefined ? genuine.stderr : expectedBanner(row, ours.reason))
  })
})

/** Values just outside of what a directive takes, and wrong counts. */
function badValues(directive: Directive): string[] {
  switch (directive.kind) {
    case 'integer':
    case 'octal': {
      const radix = directive.kind === 'octal' ? 8 : 10
      const outside = [directive.min - 1n, directive.max + 1n].map((value) => ` ${value.toString(radix)}`)
      return ['', ' abc', ' ""', ' 1 2', ...outside]
    }
    case 'memory':
      return directive.min > 0n
        ? ['', ' x', ' -1', ' 1 2', ` ${directive.min - 1n}`, ' 18446744073709551615'] : ['', ' x', ' -1', ' 1 2', ' 1tb']
    case 'flag':
      return ['', ' maybe', ' ""', ' yes no']
    case 'choice':
      return ['', ' nosuch', ' ""', ' yes no no']
    case 'text':
      return ['', ' a b']
    case 'bind':
    case 'buffer-limits':
    case 'percentiles':
    case 'keyspace-events':
    case 'oom-values':
    case 'replicaof':
    case 'save':
    case 'shutdown-options':
      return [' x y z', ' a', ' 1 -1', ' 1 2 3 4']
  }
}

describe('every directive name (config.md 5)', () => {
  const known = DIRECTIVES.flatMap((directive) => {
    return [directive.name, ...directive.aliases].map((name) => ({ name, directive }))
  })

  it.each(known)('$name refuses what the genuine program refuses', ({ name, directive }) => {
    for (const value of new Set(badValues(directive))) {
      // The last line makes every start fail, so that an accepted value shows as well.
      const file = `${name}${value}\nunknown-to-all 1\n`
      const genuine = withDirectory(file, (directory) => runGenuine(directory).stderr)
      const ours = withDirectory(file, (directory) => ourBanner(directory))
      if (NEWER_NAMES.has(name)) {
        expect(genuine).toContain(`>>> '${name}${value}'\nBad directive or wrong number of arguments`)
      } else if (name === 'loglevel') {
        expect(ours.replace(', nothing\n', '\n')).toBe(genuine)
      } else {
        expect(ours).toBe(genuine)
      }
    }
  })

  it.each(['vm-enabled', 'req-res-logfile', 'client-default-resp', 'list-max-ziplist-entries', 'lua-replicate-commands', 'x'])(
    '%s has the message of the genuine program without and with a value', (name) => {
      for (const value of ['', ' 1', ' 1 2']) {
        const file = `${name}${value}\nunknown-to-all 1\n`
        expect(withDirectory(file, (directory) => ourBanner(directory)))
          .toBe(withDirectory(file, (directory) => runGenuine(directory).stderr))
      }
    },
  )
})

describe('directives that only other releases have', () => {
  it.each(['gopher-enabled', 'glueoutputbuf', 'repl-rdb-channel', 'import-mode'])('%s is refused by the genuine program and ignored by ours', (name) => {
    const file = `${LISTEN}${name} no\n`
    expect(withDirectory(file, (directory) => runGenuine(directory).stderr)).toContain('Bad directive or wrong number of arguments')
    expect(withDirectory(file, (directory) => ourBanner(directory))).toBe('')
    expect(withDirectory(`${name}\n`, (directory) => ourBanner(directory))).toBe(withDirectory(`${name}\n`, (directory) => runGenuine(directory).stderr))
  })
})

/** In front of a line that fails in any case, so that an accepted text shows as well. */
function expectSameBanner(text: string, args: readonly string[] = [], files = {}): void {
  const genuine = withDirectory(text, (directory) => runGenuine(directory, args).stderr, files)
  expect(genuine).toContain('FATAL CONFIG FILE ERROR')
  expect(withDirectory(text, (directory) => ourBanner(directory, args), files)).toBe(genuine)
}

const HASH = 'a'.repeat(64)
const USERS = [
  'on foo', '+nosuch', '+client|id|x', '-', '+@', '~', '& &*', '&* &a', 'allchannels &a', 'allkeys ~a', '>', '<x', '>x <x', '>x <y', '#', `#${HASH}`,
  `#${HASH.toUpperCase()}`, `!${HASH}`, `#${HASH} !${HASH}`, '!abc', 'ON', 'NOPASS', 'reset', '(~a +get)', '(+ping', '(', '()', ')', '(on)', '(foo)',
  '(~a +ping) (~b', '"(~a +ping)"', '"(~a" "+ping)"', '(+ping)x', '%R~a', '%WR~a', '%X~a', '%~a', '%R', '%', '~* %R~a', '%R~* ~a', '%RR~a', '%r~a', '""',
  'on ""', '"a b"', '"~a b"', '">a b"', 'x y z w', 'on on on foo bar', 'on\nuser bob off', '~* resetkeys ~a', '(allkeys ~x)', '((~x))', '(~a +ping) foo',
  '(reset)', '(&c on)', '"&a b"', '(~a ~b) (&* &c)', 'nopass <x', '>x resetpass <x', '>x nopass <x',
]

describe('a malformed user line', () => {
  it.each(USERS)('has the message of the genuine program: user bob %s', (rules) => {
    expectSameBanner(`user bob ${rules}\nunknown-to-all 1\n`)
  })
})

const ARGUMENTS = [
  ['--foo'], ['--timeout 5', '6'], ['--timeout', '5', '6'], ['--', '--port', '1'], ['---port', '1'], ['--"port', '1'], ['--foo "', '--port', '1'],
  ['--save', '--foo'], ['--save', '-x', '--foo'], ['--saVe', '--foo'], ['--sentinel', '--sentinel', '--foo'], ['--sentinel', '-', '--foo'],
  ['--sentinel', 'foo'], ['--SENTINEL', '--foo'], ['a', '--timeout', '5'], ['--timeout', '-', '--port', '1'], ['--port', '1', '--foo x y'],
  ['--bind', '1.1.1.1', '2.2.2.2', '--foo'], ['--bind', '1.1.1.1', '--timeout'], ['--save', '900 1', '--timeout', 'x'], ['--port\t1', '--foo'], [' --port', '1'],
  ['--port', '1', '--', '--foo'], ["--foo'", 'x', '--port', '1'], ["--port '1'", '5'], ['--daemonize', '--help'], ['--help'], ['-h'], ['--requirepass', 'a"b\n', '--foo'],
  ['--requirepass', 'caf\u00e9', 'x'], ['', '--foo'], ['--', 'x'], ['--save ', '--foo'], ['--save x', '--foo'], ['--sentinel', '--foo "'],
]

describe('options of the command line (config.md 1.3)', () => {
  it.each(ARGUMENTS)('have the message of the genuine program: %s %s %s', (...args) => {
    expectSameBanner('port 21200\n', args)
    expectSameBanner('port 21200', args)
  })
})

const WHOLE_FILES = [
  'rename-command ping x\nrename-command auth X', 'rename-command ping ping\nfoo', 'rename-command "" x', 'rename-command get x', 'rename-command ping',
  'rename-command ping ""\nrename-command auth ping\nfoo', 'include a.conf', 'include b.conf\nfoo', 'include a?conf\nfoo', 'include [ab].conf', 'include a b',
  'include /tmp\nfoo', 'include *.nosuch\nfoo', 'include c.conf\nfoo', 'cluster-enabled yes\nreplicaof 127.0.0.1 1\ninclude b.conf\nfoo',
  'cluster-enabled yes\nreplicaof 127.0.0.1 1\nlogfile /nonexistent/x', 'cluster-enabled yes\nreplicaof 127.0.0.1 1\nsentinel foo',
  'logfile /nonexistent/q\ninclude b.conf', 'logfile /nonexistent/q\nfoo', '\xa0timeout 5', 'timeout 5\xa0', 'timeout 5\v', 'timeout "5\v"', 'timeout "5"\v\nfoo',
  'timeout\v5', '"timeout"5', '"" 5', '""', '.', 'sentinel.x', '. x\nfoo', 'timeout 5\0junk\ntcp-keepalive 6', '# c\0x\nfoo\nbar', '\0\0\nfoo', 'sentinel foo\nsentinel deny-scripts-reconfig x',
  'sentinel monitor m localhost 5 0', 'sentinel monitor m localhost 70000 1', 'sentinel monitor m 1.2.65536 1 1', 'sentinel monitor m 08.1.1.1 1 1',
  'sentinel monitor m 2001::1%lo 1 1', 'sentinel announce-ip a b', 'sentinel Foo', '"sentinel" foo',
  'proc-title-template "{title} "', 'proc-title-template "{title}\\n"\nfoo', 'proc-title-template {unixsocket}', 'unixsocket /x\nproc-title-template {unixsocket}\nfoo',
  'bind "1.1.1.1 \'2"\nfoo', 'latency-tracking-info-percentiles 1e-400', 'latency-tracking-info-percentiles 100.00000000000001', 'latency-tracking-info-percentiles 10 "20 30"',
  'latency-tracking-info-percentiles nan', 'latency-tracking-info-percentiles -inf', 'latency-tracking-info-percentiles 0x', 'maxmemory-clients 05%', 'maxmemory-clients -5%',
  'client-output-buffer-limit normal 0 0 -1', 'client-output-buffer-limit normal 0 0 5x', 'client-output-buffer-limit normal 0 0 99999999999999999999', 'save 1 ""\nfoo',
  'save 1', 'save 0 1', 'save 1 -1', 'save " "\nfoo', 'oom-score-adj-values 1 2 3x', 'oom-score-adj-values "" 1 2\nfoo', 'replicaof a ""\nfoo', 'replicaof a 1x', 'shutdown-on-sigint save ""',
]
const INCLUDES = { 'a.conf': 'timeout 77\n\nsentinel foo bar', 'b.conf': 'timeout 1', 'c.conf': 'include b.conf\ninclude a.conf\nbar' }

describe('a malformed file', () => {
  it.each(WHOLE_FILES)('has the message of the genuine program: %j', (text) => {
    expectSameBanner(`${text}\n`, [], INCLUDES)
  })
})

const M = 'sentinel monitor mm 127.0.0.1 41290 2\n'
const A40 = 'a'.repeat(40)

/** Texts that the genuine program takes. Values that it cannot write without breaking its file are left out. */
const ACCEPTED = [
  '', M, '# c\n\n\n  # d\t\n' + M, M.trimEnd(), M.replaceAll('\n', '\r\n'), '\vtimeout 5', '"timeout" \'5\'', 'ti"meout" 5', 'TIMEOUT 5',
  'sentinel', 'client-output-buffer-limit', 'client-output-buffer-limit slave 1mb 2mb 60 pubsub 1 2 3',
  'client-output-buffer-limit pubsub 64mb 16mb 90', 'client-output-buffer-limit normal 0 0 99999999999', 'save 900 1 300 10', 'save',
  'save ""', 'save "900 1"', 'replicaof no one', 'replicaof "no one"', 'oom-score-adj-values 3 2 1', 'oom-score-adj-values "-5 0 2000"',
  'oom-score-adj relative', 'notify-keyspace-events mnEK$x', 'notify-keyspace-events KEA', 'notify-keyspace-events g$lshzxetd',
  'notify-keyspace-events ""', 'latency-tracking-info-percentiles', 'latency-tracking-info-percentiles ""',
  'latency-tracking-info-percentiles 0x10 .5 1e1 99.123456789 5. +7 1e-7 100', 'latency-tracking-info-percentiles "1 2 3"',
  'shutdown-on-sigint force save', 'shutdown-on-sigterm "NOSAVE NOW"', 'shutdown-on-sigint default', 'maxmemory 1000000k', 'maxmemory ""',
  'maxmemory 5Kb', 'maxmemory 20000000000gb', 'maxmemory-clients 5%', 'maxmemory-clients 0%', 'maxmemory-clients 5mb', 'hz 0', 'hz 1000',
  'unixsocketperm 0700', 'unixsocketperm +7', 'unixsocketperm " 7"', 'proc-title-template "x{{"', 'proc-title-template {port}',
  'dbfilename ""', 'cluster-announce-hostname a.b-C9', 'syslog-ident "a b"', 'requirepass "a b"', 'requirepass caf\xc3\xa9', 'requirepass ""',
  'masterauth x', 'aclfile ""', 'pidfile ""', 'list-max-ziplist-entries 512', 'foo.bar 1 2', 'loadmodule /x.so a', 'lua-time-limit 5',
  'slave-priority 5', 'slave-priority 5\nreplica-priority 6', 'server_cpulist 0', 'logfile ""', 'loglevel NOTICE', 'protected-mode yes',
  'rename-command ping ""\nrename-command auth ping', 'dir .', 'dir .\ndir ./.', 'tls-cert-file /nonexistent', 'tls-protocols "TLSv1.2 x"',
  'include /tmp', 'include /nonexistent/*.conf', 'maxclients 100', 'timeout 5\ntimeout 6', 'tcp-backlog 511', 'syslog-facility USER',
  `${M}sentinel down-after-milliseconds mm 1000x\nSENTINEL failover-timeout mm 4294967297\nsentinel parallel-syncs mm -3`,
  `${M}sentinel down-after-milliseconds mm 30000\nsentinel failover-timeout mm 180000\nsentinel parallel-syncs mm 1`,
  `${M}sentinel down-after-milliseconds mm 4\nsentinel down-after-milliseconds mm 5`,
  `${M}sentinel notification-script mm /bin/true\nsentinel client-reconfig-script mm /tmp\nsentinel auth-pass mm #p\nsentinel auth-user mm a\\nb`,
  `${M}sentinel config-epoch mm 5x\nsentinel leader-epoch mm 7\nsentinel current-epoch " 12"`, `${M}sentinel config-epoch mm -1`,
  `${M}sentinel master-reboot-down-after-period mm 4`, `${M}sentinel master-reboot-down-after-period mm abc`,
  `${M}sentinel known-replica mm 127.1 5\nsentinel known-replica mm ::1 0\nsentinel known-sentinel mm 127.0.0.1 41201 ${A40}`,
  `${M}sentinel known-replica mm 127.0.0.1 41290`, `${M}sentinel known-sentinel mm 127.0.0.1 41201`, `${M}sentinel known-sentinel mm 127.0.0.1 1 abc`,
  'sentinel known-sentinel nope 127.0.0.1 41201', `${M}sentinel rename-command mm CONFIG abc\nsentinel rename-command mm Get x`,
  'sentinel announce-ip ""', 'sentinel announce-ip "a b"', 'sentinel announce-port abc', 'sentinel announce-port 70000', 'sentinel announce-port -5',
  'sentinel deny-scripts-reconfig YES\nsentinel resolve-hostnames no\nsentinel announce-hostnames no',
  'sentinel deny-scripts-reconfig no\nsentinel resolve-hostnames yes\nsentinel announce-hostnames yes', 'sentinel sentinel-user u\nsentinel sentinel-pass p',
  'sentinel sentinel-user u\nsentinel sentinel-user ""', 'sentinel monitor mm 0x7f.1 abc 2x', 'sentinel monitor mm 0:0:0:0:0:0:0:2 0 1',
  `${M}sentinel monitor MM 127.0.0.1 5 1`,
]

/** Order of lines and the generated id are the only things that may differ. */
function comparable(text: string): string[] {
  return text.replace(/^sentinel myid .*/m, 'sentinel myid ID').split('\n').sort()
}

describe('accepted input (config.md 2, 3, 5, 6, 9)', () => {
  it.each(ACCEPTED)('%j is rewritten to the lines of the genuine program, except those that are left out on purpose', async (text) => {
    const file = `${LISTEN}${text}`
    const directory = new StartDirectory(file)
    try {
      const ours = rewriteOurs(directory, loadOurs(directory))
      const genuine = await GenuineSentinel.start(directory)
      await genuine.stop()
      expect(comparable(withoutUsers(ours))).toEqual(comparable(asOursWrites(directory.read(), file)))
    } finally {
      directory.remove()
    }
  })
})
