/**
 * Files go from us to the genuine program and back (config.md 7): what we write it starts from, what it writes we
 * start from, and on the way no line and no meaning is lost.
 */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'

import { directiveValue, DIRECTIVES, FileConfigStore, type LoadedConfig } from '../../src/config/index.ts'
import { loadUsers } from '../../src/daemon/users.ts'
import { asOursWrites, withoutUsers } from './config-differences.ts'
import { GenuineSentinel, LISTEN, loadOurs, StartDirectory } from './config-genuine.ts'

const MY_ID = '44932b4f029e95a8cd8f4e5bd459b88129588bbd'
const MAX_EPOCH = 18446744073709551615n
const sample = readFileSync(new URL('../fixtures/config/sentinel-sample.conf', import.meta.url), 'latin1')
  // What would make this a daemon on a fixed port, far away from the test's directory.
  .replace(/^(port|daemonize|pidfile|dir) .*/gm, '')
const example = readFileSync(new URL('../../conf/sentinel.conf', import.meta.url), 'latin1')
  .replace(/^(port|bind|unixsocket|dir|logfile|pidfile) .*/gm, '')

interface Interchange {
  readonly what: string
  readonly text: string
  readonly files?: Readonly<Record<string, string>>
  /** Values that the genuine program reads but cannot write without breaking its own file (config.md 6.5). */
  readonly fragile?: boolean
  /** What clients must give, quoted as in the file. */
  readonly password?: string
}

function id(number: number): string {
  return number.toString(16).padStart(40, 'a')
}

function monitor(name: string, port = 1): string {
  return `sentinel monitor ${name} 127.0.0.1 ${port} 2`
}

function known(name: string, count: number): string[] {
  return Array.from({ length: count }, (_, index) => [
    `sentinel known-replica ${name} 127.0.0.1 ${index + 2}`, `sentinel known-sentinel ${name} 127.0.0.1 ${index + 100} ${id(index)}`,
  ]).flat()
}

const MANY = Array.from({ length: 60 }, (_, index) => [monitor(`m${index}`, index + 1), `sentinel auth-pass m${index} p${index}`, ...known(`m${index}`, 2)])

const FILES: readonly Interchange[] = [
  { what: 'nothing', text: '' },
  { what: 'one master', text: monitor('mymaster') },
  { what: 'the sample file', text: sample },
  { what: 'our own example', text: example },
  { what: 'comments, blank lines and CRLF', text: `\r\n# one\r\n\r\n\r\n   # two\t\r\n${monitor('m')}\r\n#three\r\ntimeout 0\r\n` },
  { what: 'no line end at the end', text: `${monitor('m')}\ntimeout 7` },
  { what: 'every sentinel setting', text: [
    monitor('m'), `sentinel myid ${id(7)}`, 'sentinel deny-scripts-reconfig no', 'sentinel down-after-milliseconds m 50000',
    'sentinel failover-timeout m 2000', 'sentinel parallel-syncs m 3', 'sentinel notification-script m /bin/true',
    'sentinel client-reconfig-script m /bin/false', 'sentinel auth-pass m secret', 'sentinel auth-user m somebody',
    'sentinel master-reboot-down-after-period m 4000', 'sentinel config-epoch m 5', 'sentinel leader-epoch m 6',
    'sentinel current-epoch 9', 'sentinel rename-command m CONFIG abc', 'sentinel announce-ip 10.1.1.1', 'sentinel announce-port 5',
    'sentinel sentinel-user u', 'sentinel sentinel-pass p',
  ].join('\n') },
  { what: 'replicas and peers', text: [monitor('m'), ...known('m', 4)].join('\n') },
  { what: 'sixty masters', text: MANY.flat().join('\n') },
  { what: 'the largest epochs', text: `${monitor('m')}\nsentinel config-epoch m ${MAX_EPOCH}\nsentinel leader-epoch m ${MAX_EPOCH - 1n}` },
  { what: 'IPv6', text: 'sentinel monitor m 0:0:0:0:0:0:0:1 1 2\nsentinel known-replica m FE80::1 2' },
  { what: 'short addresses', text: 'sentinel monitor m 127.1 1 2\nsentinel known-replica m 0x7f.2 2' },
  { what: 'host names', text: 'sentinel resolve-hostnames yes\nsentinel announce-hostnames yes\nsentinel monitor m localhost 1 2\nsentinel known-replica m localhost 2' },
  { what: 'switches at their defaults', text: 'SENTINEL resolve-hostnames no\nSENTINEL announce-hostnames no\nsentinel deny-scripts-reconfig yes' },
  { what: 'old names of lines', text: `${monitor('m')}\nslave-read-only no\nlua-time-limit 9\nsentinel known-sentinel m 127.0.0.1 9` },
  { what: 'a password for clients', text: 'requirepass "a b\\"c"', password: '"a b\\"c"' },
  { what: 'a password of any bytes', text: 'requirepass "caf\xc3\xa9\\x01\\n"\nmasterauth \'it"s\'', password: '"caf\\xc3\\xa9\\x01\\n"' },
  { what: 'users', text: 'user alice on nopass ~* &* +@all\nuser default on nopass ~* &* +@all' },
  { what: 'limits', text: 'maxclients 500\ntimeout 30\ntcp-keepalive 60\nclient-output-buffer-limit pubsub 64mb 16mb 90\nclient-query-buffer-limit 2mb\nproto-max-bulk-len 3mb' },
  { what: 'logging', text: 'loglevel verbose\nsyslog-ident "me too"\nsyslog-facility local3\nalways-show-logo no' },
  { what: 'directives of data nodes', text: 'appendonly no\nsave 900 1\nmaxmemory 100mb\nmaxmemory-policy allkeys-lru\nhash-max-ziplist-entries 64\nrepl-timeout 5\nmaxmemory-clients 5%' },
  { what: 'lists', text: 'oom-score-adj-values 1 2 3\nlatency-tracking-info-percentiles 50 99.9\nnotify-keyspace-events KEA\nshutdown-on-sigterm nosave force' },
  { what: 'no percentiles', text: 'latency-tracking-info-percentiles ""' },
  { what: 'a title', text: 'proc-title-template "{title} {config-file} x"' },
  { what: 'TLS file names that nobody uses', text: 'tls-cert-file /a\ntls-key-file "/b c"\ntls-protocols "TLSv1.2 TLSv1.3"\ntls-auth-clients optional' },
  { what: 'renamed commands', text: 'rename-command shutdown ""\nrename-command ACL acl2' },
  { what: 'an include', text: 'include inc.conf', files: { 'inc.conf': 'timeout 77\ntcp-keepalive 8\n' } },
  { what: 'repeated lines', text: `timeout 1\ntimeout 2\n${monitor('m')}\nsentinel auth-pass m a\nsentinel auth-pass m b` },
  { what: 'quotes and escapes in plain values', text: `${monitor('"m"')}\nsentinel auth-pass 'm' "\\x61\\x62"\nsentinel announce-ip "1.1.1.1"` },
  { what: 'values that look dangerous and are not', text: `${monitor('m')}\nsentinel auth-pass m #pass\nsentinel auth-user m a\\nb\nsentinel sentinel-pass \xc3\xa9` },
  { what: 'passwords with blanks, quotes, line ends and nothing', fragile: true, text: [
    'a', 'b', 'c', 'd', 'e'].map((name) => monitor(name)).join('\n') + '\nsentinel auth-pass a "my pass"\nsentinel auth-pass b \'a"b\'\n'
    + 'sentinel auth-pass c ""\nsentinel auth-user c ""\nsentinel auth-pass d "a\\nport 1"\nsentinel rename-command e CONFIG ""\nsentinel sentinel-pass "a b"' },
  { what: 'names of masters with blanks', fragile: true, text: `${monitor('"a b"')}\n${monitor('""')}\nsentinel config-epoch "a b" 3` },
]

/** Loads the file in the directory, which must be good. */
function loaded(directory: StartDirectory): LoadedConfig {
  const result = loadOurs(directory)
  if (!result.ok) throw new Error(`ours does not load it: ${JSON.stringify(result.failure)}\n${directory.read()}`)
  return result.config
}

/** Loads with ours and saves, as the first event would. Returns what was saved. */
async function rewriteByOurs(directory: StartDirectory): Promise<LoadedConfig> {
  const config = loaded(directory)
  const durable = { ...config.durable, myId: config.durable.myId || MY_ID }
  const path = join(directory.path, 's.conf')
  const store = new FileConfigStore({
    saved: { ...config.saved, path }, settings: () => config.settings, umask: 0o022, warn: () => undefined,
    userLines: loadUsers(config.settings, 0o022).configLines,
  })
  await store.save(durable)
  return { ...config, durable }
}

/** Starts the genuine program, lets it rewrite if asked to, and sees that it is content. */
async function throughGenuine(
  directory: StartDirectory, { fragile = false, password }: Interchange, rewrites = !fragile,
): Promise<void> {
  const genuine = await GenuineSentinel.start(directory)
  try {
    expect(genuine.output).not.toMatch(/FATAL|Failed|able to save/)
    expect(await genuine.ask('PING', password)).toBe('+PONG')
    if (rewrites) expect(await genuine.ask('SENTINEL FLUSHCONFIG', password)).toBe('+OK')
  } finally {
    await genuine.stop()
  }
}

/** Master order is random in the genuine program, and it adds a flag to users that it has read. */
function meaning({ settings, durable }: LoadedConfig) {
  const byName = [...durable.masters].sort((one, other) => one.name < other.name ? -1 : 1).map((master) => ({
    ...master,
    replicas: [...master.replicas].sort((one, other) => one.port - other.port),
    sentinels: [...master.sentinels].sort((one, other) => one.port - other.port),
  }))
  const { values, users: _, ...rest } = settings
  const directives = DIRECTIVES.map(({ name }) => [name, directiveValue(values, name)])
  return { ...rest, directives, durable: { ...durable, masters: byName } }
}

function linesOf(text: string): string[] {
  return text.replace(/ sanitize-payload/g, '').replace(/^sentinel myid .*/m, '').split('\n').filter((line) => line !== '').sort()
}

async function inDirectory(
  { text, files = {} }: Interchange, run: (directory: StartDirectory) => Promise<void>,
): Promise<void> {
  const directory = new StartDirectory(`${LISTEN}${text}`, { files })
  try {
    await run(directory)
  } finally {
    directory.remove()
  }
}

describe('a configuration file of this program', () => {
  it('is compared in at least 30 cases', () => {
    expect(FILES.length).toBeGreaterThanOrEqual(30)
  })

  it.each(FILES)('means the same after the genuine program has rewritten it: $what', async (file) => {
    await inDirectory(file, async (directory) => {
      const saved = await rewriteByOurs(directory)
      // Buffer limits need a second rewrite until each has its line, in both programs.
      await rewriteByOurs(directory)
      const written = directory.read()
      expect(meaning(loaded(directory))).toEqual(meaning(saved))
      await throughGenuine(directory, file)
      // A known id: nothing is written at its start.
      expect(linesOf(asOursWrites(directory.read(), written))).toEqual(linesOf(withoutUsers(written)))
      expect(meaning(loaded(directory))).toEqual(meaning(saved))
    })
  })
})

describe('values that only this program quotes', () => {
  it('are read by the genuine program, although it writes them without quotes', async () => {
    const [file] = FILES.filter(({ fragile }) => fragile)
    if (file === undefined) throw new Error('no such file')
    await inDirectory(file, async (directory) => {
      await rewriteByOurs(directory)
      await throughGenuine(directory, file, true)
      expect(directory.read()).toContain('sentinel auth-pass a my pass\n')
      expect(directory.read()).toContain('sentinel auth-pass b a"b\n')
      expect(directory.read()).toContain('sentinel auth-pass d a\nport 1\n')
      expect(directory.read()).toContain('sentinel sentinel-pass a b\n')
    })
  })
})

describe('a configuration file of the genuine program', () => {
  it.each(FILES.filter(({ fragile }) => fragile !== true))('means the same to this program, which writes the same lines: $what', async (file) => {
    await inDirectory(file, async (directory) => {
      const before = loaded(directory)
      await throughGenuine(directory, file)
      const written = directory.read()
      const after = loaded(directory)
      expect(meaning(after)).toEqual(meaning({ ...before, durable: { ...before.durable, myId: after.durable.myId } }))
      expect(after.durable.myId).toMatch(/^[0-9a-f]{40}$/)
      await rewriteByOurs(directory)
      expect(linesOf(directory.read())).toEqual(linesOf(written))
    })
  })
})
