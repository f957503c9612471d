/** The directives of proxy.conf: what each may hold, and which setting it changes. */
import { hostAndPort } from '../../text/index.ts'
import type { Draft } from './settings.ts'
import {
  bad, good, quoted, readAddress, readBytes, readChoice, readFlag, readMode, readNumber, type Reading,
} from './values.ts'

export interface Directive {
  readonly name: string
  readonly aliases?: readonly string[]
  /** The values, as the documents write them. */
  readonly usage: string
  readonly minWords: number
  /** Infinity: any number of values. */
  readonly maxWords: number
  /** Changes the draft. Returns what is wrong with the values; undefined when they are right. */
  readonly apply: (draft: Draft, words: readonly string[]) => string | undefined
}

/** Milliseconds of a day: longer waits are mistakes. */
const DAY_MS = 86_400_000

/** A directive with one value. */
function single<Value>(
  name: string, usage: string, read: (word: string) => Reading<Value>, set: (draft: Draft, value: Value) => void,
  aliases: readonly string[] = [],
): Directive {
  return {
    name, usage, aliases, minWords: 1, maxWords: 1,
    apply: (draft, [word = '']) => {
      const reading = read(word)
      if (!reading.ok) return reading.problem
      set(draft, reading.value)
      return undefined
    },
  }
}

const text = (word: string): Reading<string> => word === '' ? bad('the value is empty: give one, or remove the line') : good(word)
const anyText = (word: string): Reading<string> => good(word)
const port = (word: string): Reading<number> => readNumber(word, { what: 'a port', min: 0, max: 65_535 })
const milliseconds = (word: string): Reading<number> => (
  readNumber(word, { what: 'a number of milliseconds', min: 0, max: DAY_MS })
)

type TlsText = 'certFile' | 'keyFile' | 'keyFilePass' | 'clientCertFile' | 'clientKeyFile' | 'clientKeyFilePass'
  | 'caCertFile' | 'caCertDir' | 'protocols' | 'ciphers' | 'ciphersuites'

function tlsText(name: string, usage: string, key: TlsText): Directive {
  return single(name, usage, text, (draft, value) => { draft.tls[key] = value })
}

/** Names of redis-cluster-proxy beside those of Redis. */
const LOG_LEVELS: ReadonlyMap<string, Draft['logLevel']> = new Map([
  ['debug', 'debug'], ['verbose', 'verbose'], ['notice', 'notice'], ['warning', 'warning'], ['nothing', 'nothing'],
  ['info', 'verbose'], ['success', 'notice'], ['error', 'warning'],
])

function addSentinels(draft: Draft, words: readonly string[]): string | undefined {
  for (const word of words.flatMap((one) => one.split(',')).filter((one) => one !== '')) {
    const reading = readAddress(word, SENTINEL_PORT)
    if (!reading.ok) return reading.problem
    const { host, port: number } = reading.value
    if (draft.sentinels.some((known) => known.host === host && known.port === number)) {
      return `${quoted(word)} is given twice: a sentinel counts once in the majority, so remove it here`
    }
    draft.sentinels.push(reading.value)
  }
  return draft.sentinels.length > SENTINELS_MAX ? `more than ${SENTINELS_MAX} sentinels: give fewer` : undefined
}

const SENTINEL_PORT = 26_379
/** Each of them costs a subscription and a question at every event. */
const SENTINELS_MAX = 64

/** More than any machine has processors for. */
const THREADS_MAX = 256

function addZone(draft: Draft, [address = '', zone = '']: readonly string[]): string | undefined {
  const reading = readAddress(address)
  if (!reading.ok) return reading.problem
  draft.nodeZones.set(hostAndPort(reading.value.host, reading.value.port), zone)
  return undefined
}

export const DIRECTIVES: readonly Directive[] = [
  { name: 'sentinel', usage: '<host:port> ...', minWords: 1, maxWords: Infinity, apply: addSentinels },
  single('master', '<name>', text, (draft, value) => { draft.masterName = value }),
  single('sentinel-auth', '<password>', text, (draft, value) => { draft.sentinelPassword = value }),
  single('sentinel-user', '<user>', text, (draft, value) => { draft.sentinelUser = value }),
  single('auth', '<password>|passthrough', text, (draft, value) => {
    if (value === 'passthrough') draft.isAuthPassedOn = true
    else draft.nodePassword = value
  }),
  single('auth-user', '<user>', text, (draft, value) => { draft.nodeUser = value }),

  single('mode', 'pipe|route', (word) => readChoice(word, ['pipe', 'route']), (draft, value) => { draft.mode = value }),
  single('client-auth', '<password>', anyText, (draft, value) => { draft.clientPassword = value }),
  single('disable-multiplexing', 'yes|no', readFlag, (draft, value) => { draft.isMultiplexed = !value }),
  single('connections-pool-size', '<number>', (word) => readNumber(word, { what: 'a number of connections', min: 0, max: 10_000 }),
    (draft, value) => { draft.poolSize = value }),
  {
    name: 'bind', usage: '<address> ...', minWords: 1, maxWords: Infinity,
    apply: (draft, words) => {
      draft.bind = [...words]
      return undefined
    },
  },
  single('port', '<port>', port, (draft, value) => { draft.port = value }),
  single('read-port', '<port>', port, (draft, value) => { draft.readPort = value }),
  single('unixsocket', '<path>', text, (draft, value) => { draft.unixSocket = value }),
  single('unixsocketperm', '<mode>', readMode, (draft, value) => { draft.unixSocketMode = value }),
  single('max-clients', '<number>', (word) => readNumber(word, { what: 'a number of clients', min: 1, max: 1_000_000 }),
    (draft, value) => { draft.maxClients = value }, ['maxclients']),
  single('tcp-keepalive', '<seconds>', (word) => readNumber(word, { what: 'a number of seconds', min: 0, max: 86_400 }),
    (draft, value) => { draft.keepAliveSeconds = value }, ['tcpkeepalive']),
  single('tcp-backlog', '<number>', (word) => readNumber(word, { what: 'a length of a queue', min: 1, max: 65_535 }),
    (draft, value) => { draft.tcpBacklog = value }),
  single('threads', '<number>', (word) => readNumber(word, { what: 'a number of worker processes', min: 1, max: THREADS_MAX }),
    (draft, value) => { draft.threads = value }),

  single('read-from', 'master|replica|prefer-replica|nearest',
    (word) => readChoice(word, ['master', 'replica', 'prefer-replica', 'nearest']),
    (draft, value) => { draft.readFrom = value }),
  single('zone', '<name>', text, (draft, value) => { draft.zone = value }),
  single('read-after-write', '<ms>', milliseconds, (draft, value) => { draft.readAfterWriteMs = value }),
  { name: 'node-zone', usage: '<host:port> <zone>', minWords: 2, maxWords: 2, apply: addZone },
  single('max-lag', '<bytes>', readBytes, (draft, value) => { draft.maxLagBytes = value }),

  single('wait-for-master', '<ms>', milliseconds, (draft, value) => { draft.waitForMasterMs = value }),
  single('minority', 'refuse|serve', (word) => readChoice(word, ['refuse', 'serve']),
    (draft, value) => { draft.minority = value }),
  single('drain', '<ms>', milliseconds, (draft, value) => { draft.drainMs = value }),

  single('tls-port', '<port>', port, (draft, value) => { draft.tlsPort = value }),
  single('tls-read-port', '<port>', port, (draft, value) => { draft.tlsReadPort = value }),
  single('tls-auth-clients', 'yes|no|optional', (word) => readChoice(word, ['yes', 'no', 'optional']),
    (draft, value) => { draft.tls.authClients = value }),
  single('tls-nodes', 'yes|no', readFlag, (draft, value) => { draft.tlsNodes = value }),
  single('tls-sentinels', 'yes|no', readFlag, (draft, value) => { draft.tlsSentinels = value }),
  tlsText('tls-cert-file', '<file>', 'certFile'),
  tlsText('tls-key-file', '<file>', 'keyFile'),
  tlsText('tls-key-file-pass', '<pass phrase>', 'keyFilePass'),
  tlsText('tls-client-cert-file', '<file>', 'clientCertFile'),
  tlsText('tls-client-key-file', '<file>', 'clientKeyFile'),
  tlsText('tls-client-key-file-pass', '<pass phrase>', 'clientKeyFilePass'),
  tlsText('tls-ca-cert-file', '<file>', 'caCertFile'),
  tlsText('tls-ca-cert-dir', '<folder>', 'caCertDir'),
  tlsText('tls-protocols', '<names>', 'protocols'),
  tlsText('tls-ciphers', '<names>', 'ciphers'),
  tlsText('tls-ciphersuites', '<names>', 'ciphersuites'),
  single('tls-prefer-server-ciphers', 'yes|no', readFlag, (draft, value) => { draft.tls.preferServerCiphers = value }),

  single('http', '<address:port>', (word) => readAddress(word), (draft, value) => { draft.http = value }),
  single('daemonize', 'yes|no', readFlag, (draft, value) => { draft.daemonize = value }),
  single('pidfile', '<path>', text, (draft, value) => { draft.pidFile = value }),
  single('logfile', '<path>', anyText, (draft, value) => { draft.logFile = value }),
  single('log-level', 'debug|verbose|notice|warning|nothing', (word) => {
    const level = LOG_LEVELS.get(word.toLowerCase())
    return level === undefined ? readChoice(word, ['debug', 'verbose', 'notice', 'warning', 'nothing']) : good(level)
  }, (draft, value) => { draft.logLevel = value }, ['loglevel']),
  single('log-format', 'redis|json', (word) => readChoice(word, ['redis', 'json']),
    (draft, value) => { draft.logFormat = value }),
]

const NOT_YET = 'is not available in this release'

/** Directives of parts that do not exist yet, with what they belong to. They are refused, never ignored. */
const LATER: ReadonlyMap<string, string> = new Map([
  ...['connections-pool-min-size', 'connections-pool-spawn-every', 'connections-pool-spawn-rate']
    .map((name): [string, string] => [name, 'connections that are opened in advance']),
  ...['cluster', 'enable-cross-slot'].map((name): [string, string] => [name, 'Redis Cluster']),
])

/** Why a directive that is known cannot be used yet; undefined for all others. */
export function laterProblem(name: string): string | undefined {
  const part = LATER.get(name)
  return part === undefined ? undefined : `${name} needs ${part}, which ${NOT_YET}: remove it`
}

const BY_NAME: ReadonlyMap<string, Directive> = new Map(
  DIRECTIVES.flatMap((directive) => (
    [directive.name, ...directive.aliases ?? []].map((name): [string, Directive] => [name, directive])
  )),
)

/** By its name or an older one, in lower case. */
export function findDirective(name: string): Directive | undefined {
  return BY_NAME.get(name)
}
