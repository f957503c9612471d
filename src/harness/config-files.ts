import { resolve } from 'node:path'

import { splitWords } from '../text/index.ts'
import type { Address } from './address.ts'
import type { CertificateFiles } from './certificates.ts'
import type { MasterPlan, ModuleFile, NodeOptions, Persistence, SentinelOptions } from './options.ts'
import { CURRENT_RELEASE, isAtLeast, requireRelease, type ServerRelease } from './server-release.ts'

/** Where a process listens, and how other processes reach and recognise it. */
export interface Placement {
  /** The address that it binds, and from which it connects. */
  readonly bind: Address
  /** The address that other processes use. Equal to `bind` unless there are relays between the nodes. */
  readonly announced: Address
  readonly folder: string
  /** Listens only with TLS, and connects with it. Default: no TLS. */
  readonly tls?: PlacementTls
}

export interface PlacementTls {
  readonly identity: CertificateFiles
  /** The certificate of the authority. */
  readonly ca: string
}

/**
 * Credentials with all rights on a node. Without a user they are those of the default user, without a password no login
 * is needed.
 */
export interface Login {
  readonly user?: string | undefined
  readonly password?: string | undefined
}

/**
 * The lines of a redis.conf. `follows` makes the node a replica. Only directives that `release` knows are used, under
 * the names that it knows.
 *
 * @throws Error when the release cannot do what is asked for
 */
export function redisConfigLines(options: {
  readonly placement: Placement
  readonly node: NodeOptions
  readonly login: Login
  readonly follows: Address | undefined
  readonly extra: readonly string[]
  /** Modules to load before those of the node. Default: none. */
  readonly modules?: readonly ModuleFile[]
  /** Default: `none`. */
  readonly persistence?: Persistence
  /** Default: the current one. */
  readonly release?: ServerRelease
}): string[] {
  const { placement, node, login, follows, release = CURRENT_RELEASE } = options
  const replica = isAtLeast(release, 5) ? 'replica' : 'slave'
  return [
    ...listenLines(placement, release),
    ...persistenceLines(node.persistence ?? options.persistence ?? 'none'),
    'repl-diskless-sync yes',
    'repl-diskless-sync-delay 0',
    // Before 7.0, DEBUG needs no directive.
    ...(isAtLeast(release, 7) ? ['enable-debug-command local'] : []),
    ...(isRelayed(placement) ? [
      `${replica}-announce-ip ${placement.announced.host}`,
      `${replica}-announce-port ${placement.announced.port}`,
    ] : []),
    ...(node.priority === undefined ? [] : [`${replica}-priority ${node.priority}`]),
    ...loginLines(login, { user: 'masteruser', password: 'masterauth' }, release),
    ...(follows === undefined ? [] : [`${replica}of ${follows.host} ${follows.port}`]),
    ...[...options.modules ?? [], ...node.modules ?? []].map(moduleLine),
    ...options.extra,
    ...node.config ?? [],
  ]
}

/** The process runs in a folder of its own, so a relative path would be wrong. */
function moduleLine(module: ModuleFile): string {
  const [path, ...args] = typeof module === 'string' ? [module] : module
  return ['loadmodule', quoted(resolve(path)), ...args.map(quoted)].join(' ')
}

function persistenceLines(persistence: Persistence): string[] {
  switch (persistence) {
    case 'none': return ['save ""', 'appendonly no']
    case 'aof': return ['save ""', 'appendonly yes']
    case 'rdb': return ['save 1 1', 'appendonly no']
  }
}

/** The lines of a sentinel.conf; `release` as for a redis.conf. */
export function sentinelConfigLines(options: {
  readonly placement: Placement
  readonly sentinel: SentinelOptions
  readonly login: Login
  readonly masters: readonly { readonly plan: MasterPlan, readonly address: Address }[]
  readonly extra: readonly string[]
  /** Default: the current one. */
  readonly release?: ServerRelease
}): string[] {
  const { placement, login, release = CURRENT_RELEASE } = options
  if (login.password !== undefined) requireRelease(release, 'sentinelPassword', 6, 2)
  return [
    ...listenLines(placement, release),
    'protected-mode no',
    ...loginLines(login, { user: 'sentinel sentinel-user', password: 'sentinel sentinel-pass' }, release),
    ...(isRelayed(placement) ? [
      `sentinel announce-ip ${placement.announced.host}`,
      `sentinel announce-port ${placement.announced.port}`,
    ] : []),
    ...options.masters.flatMap(({ plan, address }) => monitorLines(plan, address)),
    ...options.extra,
    ...options.sentinel.config ?? [],
  ]
}

function listenLines(placement: Placement, release: ServerRelease): string[] {
  const { bind, folder, tls } = placement
  if (tls !== undefined) requireRelease(release, 'tls', 6)
  return [
    ...(tls === undefined ? [`port ${bind.port}`] : tlsLines(bind.port, tls)),
    `bind ${bind.host}`,
    // Before 7.0, a sentinel connects from the address that it binds.
    ...(isRelayed(placement) && isAtLeast(release, 7) ? [`bind-source-addr ${bind.host}`] : []),
    `dir ${quoted(folder)}`,
    'daemonize no',
    // The process writes its log to standard output, which goes to the log file of the harness.
    'logfile ""',
  ]
}

/** The lines for its own user, and the lines with which it logs in to processes of its kind. */
function loginLines(
  { user, password }: Login, outgoing: { readonly user: string, readonly password: string }, release: ServerRelease,
): string[] {
  if (password === undefined) return []
  if (user !== undefined) requireRelease(release, 'user', 6)
  const channels = isAtLeast(release, 6, 2) ? ' &*' : ''
  const own = user === undefined
    ? [`requirepass ${quoted(password)}`]
    : ['user default off', `user ${user} on ${quoted(`>${password}`)} ~*${channels} +@all`, `${outgoing.user} ${user}`]
  return [...own, `${outgoing.password} ${quoted(password)}`]
}

function tlsLines(port: number, { identity, ca }: PlacementTls): string[] {
  return [
    'port 0',
    `tls-port ${port}`,
    'tls-replication yes',
    `tls-cert-file ${quoted(identity.cert)}`,
    `tls-key-file ${quoted(identity.key)}`,
    `tls-ca-cert-file ${quoted(ca)}`,
  ]
}

function isRelayed(placement: Placement): boolean {
  return placement.bind.host !== placement.announced.host || placement.bind.port !== placement.announced.port
}

function monitorLines(plan: MasterPlan, address: Address): string[] {
  const { name } = plan
  return [
    `sentinel monitor ${name} ${address.host} ${address.port} ${plan.quorum}`,
    `sentinel down-after-milliseconds ${name} ${plan.downAfterMs}`,
    `sentinel failover-timeout ${name} ${plan.failoverTimeoutMs}`,
    `sentinel parallel-syncs ${name} ${plan.parallelSyncs}`,
    ...(plan.password === undefined ? [] : [`sentinel auth-pass ${name} ${quoted(plan.password)}`]),
    ...(plan.user === undefined ? [] : [`sentinel auth-user ${name} ${plan.user}`]),
    ...plan.sentinelConfig,
  ]
}

/** A value in quotes of the config grammar, so that it may contain blanks and quotes. */
export function quoted(value: string): string {
  return `"${value.replaceAll('\\', '\\\\').replaceAll('"', '\\"')}"`
}

/** The facts about one master in the config file of a sentinel. */
export interface SentinelFileFacts {
  readonly myId: string | undefined
  readonly currentEpoch: number
  readonly configEpoch: number
  readonly leaderEpoch: number
  readonly master: Address | undefined
  readonly quorum: number | undefined
  /** `host:port` of each known replica, sorted. */
  readonly replicas: readonly string[]
  /** Id of each known sentinel, sorted. */
  readonly sentinels: readonly string[]
}

/** Reads the durable state about `masterName` from the text of a sentinel's config file. */
export function readSentinelFile(text: string, masterName: string): SentinelFileFacts {
  const lines = text.split('\n').map((line) => splitWords(line) ?? [])
  const values = (...words: string[]): string[][] => lines
    .filter((line) => words.every((word, at) => line[at]?.toLowerCase() === word.toLowerCase()))
    .map((line) => line.slice(words.length))
  const number = (...words: string[]): number => Number(values(...words)[0]?.[0] ?? 0)
  const [host, port, quorum] = values('sentinel', 'monitor', masterName)[0] ?? []
  const known = [
    ...values('sentinel', 'known-replica', masterName),
    ...values('sentinel', 'known-slave', masterName),
  ]
  return {
    myId: values('sentinel', 'myid')[0]?.[0],
    currentEpoch: number('sentinel', 'current-epoch'),
    configEpoch: number('sentinel', 'config-epoch', masterName),
    leaderEpoch: number('sentinel', 'leader-epoch', masterName),
    master: host === undefined || port === undefined ? undefined : { host, port: Number(port) },
    quorum: quorum === undefined ? undefined : Number(quorum),
    replicas: known.map(([replicaHost, replicaPort]) => `${replicaHost}:${replicaPort}`).sort(),
    sentinels: values('sentinel', 'known-sentinel', masterName).map(([,, id]) => id ?? '').sort(),
  }
}
