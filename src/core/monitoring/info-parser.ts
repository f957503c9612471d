/** Parses INFO text into facts (behaviour.md 5); info-refresh.ts applies them. */
import { leadingUnsigned } from '../bounded-integer.ts'
import { REPLICAS_MAX } from '../limits.ts'
import { isReplicationId } from '../lineage.ts'
import { ownText } from '../own-text.ts'
import type { ServerFailover } from '../state/server-failover.ts'
import type { Millis } from '../time.ts'

export interface InfoFacts {
  readonly role: 'master' | 'slave' | 'unknown'
  readonly runId: string | undefined
  /** `slaveN` lines, as many as a master may have replicas. */
  readonly replicas: readonly ListedReplica[]
  /** `valkey_version` where there is one, else `redis_version`. */
  readonly version: string | undefined
  /** `availability_zone`, which Valkey 8 and later have; undefined where it is not set. */
  readonly zone: string | undefined
  /** It loads its data now, from its disk or from its master. */
  readonly isLoading: boolean
  /** Undefined when INFO has no section Keyspace. */
  readonly hasKeys: boolean | undefined
  /** Whether it has an append-only file, and whether it loaded keys from an RDB file. Undefined: not reported. */
  readonly hasAof: boolean | undefined
  readonly loadedKeys: boolean | undefined
  /** The replication id of its data, and the one that they had before. Undefined: not reported, or there is none. */
  readonly replid: string | undefined
  readonly replid2: string | undefined
  /** The state of the command FAILOVER; undefined where the server does not have it (before Redis 6.2). */
  readonly failoverState: ServerFailover | undefined
  /** Changes by commands since its last snapshot, and the time of that one, in seconds. Undefined: not reported. */
  readonly changes: bigint | undefined
  readonly savedAt: bigint | undefined
  /** Its position in the stream that it sends to its replicas; undefined = not reported. */
  readonly ownOffset: bigint | undefined
  /** 0 when the line is absent. */
  readonly masterLinkDownMs: Millis
  /** The rest is read only from an instance that reports the role slave; undefined = not reported. */
  readonly masterHost: string | undefined
  readonly masterPort: number | undefined
  readonly masterLinkUp: boolean | undefined
  /** For how long its master has sent nothing; in whole seconds. Undefined where its link is down. */
  readonly masterIoAgeMs: Millis | undefined
  readonly priority: number | undefined
  readonly offset: bigint | undefined
  readonly announced: boolean | undefined
  /** Its link to its master is down and was never up since the server started. */
  readonly neverSynchronised: boolean
  readonly syncInProgress: boolean
}

export interface ListedReplica {
  readonly host: string
  readonly port: number
  /** Seconds since its last acknowledgement; undefined where the master does not report it. */
  readonly lagSeconds: number | undefined
  readonly isOnline: boolean
}

/**
 * Releases before 6.2 count from 1970 where a link was never up, later ones report -1. No link has been down for this
 * many seconds (31 years).
 */
const NEVER_UP_SECONDS = 1e9

type Draft = { -readonly [Key in keyof InfoFacts]: InfoFacts[Key] }

export function parseInfo(text: string): InfoFacts {
  const replicas: ListedReplica[] = []
  const facts: Draft = {
    role: 'unknown',
    runId: undefined,
    replicas,
    version: undefined,
    zone: undefined,
    isLoading: false,
    hasKeys: undefined,
    hasAof: undefined,
    loadedKeys: undefined,
    replid: undefined,
    replid2: undefined,
    failoverState: undefined,
    changes: undefined,
    savedAt: undefined,
    ownOffset: undefined,
    masterLinkDownMs: 0,
    masterHost: undefined,
    masterPort: undefined,
    masterLinkUp: undefined,
    masterIoAgeMs: undefined,
    priority: undefined,
    offset: undefined,
    announced: undefined,
    neverSynchronised: false,
    syncInProgress: false,
  }
  for (let from = 0, to = 0; to !== -1; from = to + 2) {
    to = text.indexOf('\r\n', from)
    // About a dozen of some two hundred lines are used.
    const starts = STARTS.get(text.charAt(from))
    if (starts?.some((start) => text.startsWith(start, from)) === true) {
      readLine(facts, replicas, text.slice(from, to === -1 ? undefined : to))
    }
  }
  facts.neverSynchronised = facts.role === 'slave' && facts.masterLinkUp === false && wasNeverUp(facts.masterLinkDownMs)
  return facts
}

/** How the lines start that are used, by their first characters: role, run_id, redis_version, replica_announced; ... */
const STARTS: ReadonlyMap<string, readonly string[]> = new Map([
  ['r'], ['master_'], ['slave'], ['loading:'], ['aof_enabled:', 'availability_zone:'], ['db'], ['valkey_version:'], ['# Keyspace'],
].map((starts) => [starts[0]?.charAt(0) ?? '', starts]))

function wasNeverUp(downMs: Millis): boolean {
  return downMs < 0 || downMs >= NEVER_UP_SECONDS * 1000
}

function readLine(facts: Draft, replicas: ListedReplica[], line: string): void {
  const colon = line.indexOf(':')
  if (colon < 0) {
    if (line === '# Keyspace') facts.hasKeys ??= false
    return
  }
  const value = line.slice(colon + 1)
  const key = line.slice(0, colon)
  if (/^slave\d{1,9}$/.test(key)) {
    const replica = replicas.length < REPLICAS_MAX ? parseReplicaLine(value) : undefined
    if (replica !== undefined) replicas.push(replica)
  } else if (/^db\d{1,9}$/.test(key)) {
    if (/(?:^|,)keys=0*[1-9]/.test(value)) facts.hasKeys = true
  } else {
    readField(facts, key, value)
  }
}

function readField(facts: Draft, key: string, value: string): void {
  switch (key) {
    case 'run_id':
      if (value.length >= 40) facts.runId = value.slice(0, 40)
      return
    case 'role':
      if (value.startsWith('master')) facts.role = 'master'
      else if (value.startsWith('slave')) facts.role = 'slave'
      return
    case 'redis_version':
      facts.version ??= value
      return
    case 'valkey_version':
      facts.version = value
      return
    case 'availability_zone':
      if (value !== '') facts.zone = value
      return
    case 'loading':
      facts.isLoading = leadingInteger(value) !== 0
      return
    case 'aof_enabled':
      facts.hasAof = leadingInteger(value) !== 0
      return
    case 'rdb_last_load_keys_loaded':
      facts.loadedKeys = leadingInteger(value) !== 0
      return
    case 'rdb_changes_since_last_save':
      facts.changes = leadingUnsigned(value)
      return
    case 'rdb_last_save_time':
      facts.savedAt = leadingUnsigned(value)
      return
    case 'master_replid':
      facts.replid = replicationId(value)
      return
    case 'master_replid2':
      facts.replid2 = replicationId(value)
      return
    case 'master_failover_state':
      facts.failoverState = SERVER_FAILOVER.find((state) => state === value)
      return
    case 'master_repl_offset':
      facts.ownOffset = leadingUnsigned(value)
      return
    case 'master_link_down_since_seconds':
      facts.masterLinkDownMs = leadingInteger(value) * 1000
      return
    default:
      if (facts.role === 'slave') readReplicaField(facts, key, value)
  }
}

const SERVER_FAILOVER: readonly ServerFailover[] = ['no-failover', 'waiting-for-sync', 'failover-in-progress']

function readReplicaField(facts: Draft, key: string, value: string): void {
  switch (key) {
    case 'master_host':
      facts.masterHost = value
      return
    case 'master_port':
      facts.masterPort = leadingInteger(value)
      return
    case 'master_link_status':
      facts.masterLinkUp = value.toLowerCase() === 'up'
      return
    case 'master_last_io_seconds_ago': {
      const seconds = leadingInteger(value)
      if (seconds >= 0 && /^\d/.test(value)) facts.masterIoAgeMs = seconds * 1000
      return
    }
    case 'master_sync_in_progress':
      facts.syncInProgress = leadingInteger(value) !== 0
      return
    case 'slave_priority':
      facts.priority = leadingInteger(value)
      return
    case 'slave_repl_offset':
      facts.offset = leadingUnsigned(value)
      return
    case 'replica_announced':
      facts.announced = leadingInteger(value) !== 0
  }
}

/** `ip=…,port=…,…` in any order, or the old `host,port,state` (behaviour.md 5.1). */
function parseReplicaLine(value: string): ListedReplica | undefined {
  if (value.includes('ip=')) {
    const host = /ip=([^,]*)/.exec(value)?.[1]
    const port = /port=([^,]*)/.exec(value)?.[1]
    const lag = /,lag=(\d{1,9})/.exec(value)?.[1]
    const isOnline = value.includes(',state=online')
    if (host === undefined || port === undefined) return undefined
    return { host, port: leadingInteger(port), lagSeconds: lag === undefined ? undefined : Number(lag), isOnline }
  }
  const [host, port, state] = value.split(',')
  if (host === undefined || port === undefined || state === undefined) return undefined
  return { host, port: leadingInteger(port), lagSeconds: undefined, isOnline: state === 'online' }
}

/** Copied: the id is kept for longer than the text (`own-text.ts`). */
function replicationId(value: string): string | undefined {
  return isReplicationId(value) ? ownText(value) : undefined
}

function leadingInteger(text: string): number {
  return Number(/^[+-]?\d{1,15}/.exec(text)?.[0] ?? 0)
}
