import type { ProgramPaths, SentinelKind, SentinelProgram } from './programs.ts'
import type { ServerProgram } from './server-program.ts'

/** What to start. Every option has a default: one master with two replicas, and three sentinels of ours. */
export interface DeploymentOptions {
  /** The monitored masters. Default: one, named `mymaster`. */
  readonly masters?: readonly MasterOptions[]
  /** Replicas of each master without an option of its own. Default 2. */
  readonly replicas?: number | readonly NodeOptions[]
  /** A number of our own sentinels, or one entry for each sentinel. Default 3. */
  readonly sentinels?: number | readonly (SentinelKind | SentinelProgram | SentinelOptions)[]
  /** Sentinels that must agree that a master is down. Default: the majority. */
  readonly quorum?: number
  /**
   * `down-after-milliseconds`. Default 1000, or 1200 as soon as one sentinel is not ours: the genuine program needs
   * more than 1100, or it sometimes replaces the healthy new master as well. A smaller value is used all the same, and
   * named in `deployment.warnings`.
   */
  readonly downAfterMs?: number
  /** `failover-timeout` in milliseconds. Default 10000. */
  readonly failoverTimeoutMs?: number
  /** `parallel-syncs`. Default 1. */
  readonly parallelSyncs?: number
  /** Password of all data nodes (requirepass, masterauth, auth-pass). Default none. */
  readonly password?: string
  /**
   * ACL user of all data nodes with this `password` and all rights (user, masteruser, auth-user); the default user is
   * then off. Default: the default user.
   */
  readonly user?: string
  /** Password of all sentinels, for clients and each other (requirepass, sentinel-pass). Default none. */
  readonly sentinelPassword?: string
  /** ACL user of all sentinels with `sentinelPassword`, as `user` is for the nodes (user, sentinel-user). */
  readonly sentinelUser?: string
  /**
   * TLS for all connections: no plain port, and clients must present a certificate. The certificates are made for this
   * deployment by the program `openssl`. Default false.
   */
  readonly tls?: boolean
  /**
   * What a redis-server keeps over a restart. `none`: nothing, as with a cache; a master that is started again is
   * empty, and so are its replicas after they followed it. `aof`: all that it acknowledged before it was killed. `rdb`:
   * the last snapshot, taken at a stop and a second after a change. Default `none`.
   */
  readonly persistence?: Persistence
  /**
   * The program of the data nodes: a path, `{ path, env }`, or `{ source }` to build it from a folder or archive.
   * Default: the environment variable REDIS_SERVER, `redis-server` on the PATH, or `valkey-server` on the PATH.
   */
  readonly server?: ServerProgram
  /**
   * What the servers must be, such as `redis>=6.2`, `redis>=6.2 <8` or `valkey>=8`; of a list one must hold. Valkey
   * counts as Redis 7.2 too. With other servers the start fails with a `RequirementError`, and fixtures skip the test.
   */
  readonly requires?: string | readonly string[]
  /** More lines for the file of every redis-server. Later lines win: those of a master, then those of a node. */
  readonly redisConfig?: readonly string[]
  /** More lines for the file of every sentinel. */
  readonly sentinelConfig?: readonly string[]
  /** Modules that every redis-server loads (`loadmodule`). */
  readonly modules?: readonly ModuleFile[]
  /**
   * `direct`: nodes connect to each other. `relayed`: every connection between two nodes passes a relay, so that any
   * pair can be cut, silenced or delayed without root (Linux only: each node gets a loopback address of its own).
   * Default `direct`.
   */
  readonly network?: 'direct' | 'relayed'
  /**
   * Names of applications that faults of the network can hit alone: `network.cut('app-1', 'redis-0')`. Each has a
   * loopback address of its own, see `deployment.clientAddress`. Needs `network: 'relayed'`. Default: none.
   */
  readonly clients?: readonly string[]
  /**
   * Enables `sentinel.slowDisk(ms)`, which delays the saves of our sentinels. They are started with a small module that
   * wraps fsync. `slowDisk()` uses it, and strace for other programs. Default false.
   */
  readonly slowDisks?: boolean
  /**
   * Enables `clockJump`, which sets the clock of one process. Our sentinels are started with a small module that wraps
   * Date, other programs with libfaketime: where Linux installs it, or at this path. Default false.
   */
  readonly clockFaults?: boolean | { readonly libfaketime: string }
  /**
   * Enables `deployment.resolver`, which answers the lookups of host names of our sentinels and of Node applications.
   * redis-server and redis-sentinel ask the system. Default false.
   */
  readonly resolver?: boolean
  /**
   * The host name under which other processes know a process, by its own name (`redis-0`, `sentinel-1`); it listens on
   * 127.0.0.1 all the same. The sentinels need `resolve-hostnames yes` and `announce-hostnames yes` in their lines.
   * Default: no host names. Not together with relays.
   */
  readonly hostName?: (process: string) => string
  /**
   * A proxy that leads clients without Sentinel support to the first master: `deployment.proxy`, and
   * `deployment.connection('proxy')`. Default false.
   */
  readonly proxy?: boolean | ProxyOptions
  /** Wait until all sentinels know each other and all replicas. Default true. */
  readonly formed?: boolean
  /** Start the processes. If false, only the files are written. Default true. */
  readonly started?: boolean
  /** Paths of the programs, when they are not in the usual place. */
  readonly programs?: ProgramPaths
  /** Prefix of the name of the temporary folder. Default `ts-sentinel`. */
  readonly folderPrefix?: string
}

/** One monitored master; an option that is absent comes from the deployment. */
export interface MasterOptions {
  readonly name: string
  readonly replicas?: number | readonly NodeOptions[]
  readonly quorum?: number
  readonly downAfterMs?: number
  readonly failoverTimeoutMs?: number
  readonly parallelSyncs?: number
  readonly password?: string
  /** The program of its nodes. */
  readonly server?: ServerProgram
  /** What its nodes keep over a restart. */
  readonly persistence?: Persistence
  /** More lines for the files of its nodes. */
  readonly redisConfig?: readonly string[]
  /** More lines about this master for the file of every sentinel. */
  readonly sentinelConfig?: readonly string[]
  /** Modules that its nodes load, after those of the deployment. */
  readonly modules?: readonly ModuleFile[]
  /** Options of the node that starts as the master. */
  readonly node?: NodeOptions
}

/** The path of a module of Redis, alone or in a list with its arguments. */
export type ModuleFile = string | readonly [path: string, ...args: string[]]

/** What a redis-server keeps on disk. */
export type Persistence = 'none' | 'aof' | 'rdb'

/** One redis-server. */
export interface NodeOptions {
  /** `replica-priority`. Default 100. */
  readonly priority?: number
  /** The program of this node. Default: the option of the master or the deployment. */
  readonly server?: ServerProgram
  /** What this node keeps over a restart. Default: the option of the master or the deployment. */
  readonly persistence?: Persistence
  /** Modules that this node loads, after those of the deployment and the master. */
  readonly modules?: readonly ModuleFile[]
  /** More lines for its config file. */
  readonly config?: readonly string[]
}

/** The proxy of a deployment. */
export interface ProxyOptions {
  /** More lines for its file, such as `wait-for-master 500`. */
  readonly config?: readonly string[]
}

/** One sentinel. */
export interface SentinelOptions {
  readonly program: SentinelKind | SentinelProgram
  /** More lines for its config file. */
  readonly config?: readonly string[]
}

/** The options of a master with all defaults filled in. */
export interface MasterPlan {
  readonly name: string
  readonly quorum: number
  readonly downAfterMs: number
  readonly failoverTimeoutMs: number
  readonly parallelSyncs: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly persistence: Persistence
  /** Lines for the files of its nodes, and modules that they load: of the deployment and of the master. */
  readonly redisConfig: readonly string[]
  readonly modules: readonly ModuleFile[]
  /** Lines about this master for the file of every sentinel. */
  readonly sentinelConfig: readonly string[]
  /** The node that starts as master first, then its replicas. */
  readonly nodes: readonly NodeOptions[]
}

const DEFAULTS = Object.freeze({
  masterName: 'mymaster',
  replicas: 2,
  sentinels: 3,
  failoverTimeoutMs: 10_000,
  parallelSyncs: 1,
})

/** `down-after-milliseconds` up to this value is too short for genuine sentinels, see docs/guarantees.md. */
export const GENUINE_FLOOR_MS = 1_100

/** The default `down-after-milliseconds` for these sentinels. */
export function defaultDownAfterMs(sentinels: readonly (SentinelKind | SentinelProgram)[]): number {
  return sentinels.every((program) => program === 'ours') ? 1_000 : 1_200
}

/** Settings that are allowed but not advisable, one line each. */
export function planWarnings(options: DeploymentOptions): string[] {
  // A program object with the name `ours` is ours with other arguments.
  const isOurs = (program: SentinelOptions['program']) => (typeof program === 'string' ? program : program.name) === 'ours'
  if (planSentinels(options).every(({ program }) => isOurs(program))) return []
  return [
    ...planMasters(options).flatMap((plan) => plan.downAfterMs > GENUINE_FLOOR_MS ? [] : [genuineWarning(plan)]),
    ...options.resolver === true ? [RESOLVER_WARNING] : [],
  ]
}

const RESOLVER_WARNING = 'the resolver answers only sentinels of ours: genuine ones and redis-server ask the system, whose '
  + 'host names only root can change'

/** Explains the effect of a `down-after-milliseconds` that is too short for genuine sentinels. */
export function genuineWarning({ name, downAfterMs }: Pick<MasterPlan, 'name' | 'downAfterMs'>): string {
  return `down-after-milliseconds ${downAfterMs} of ${name} is too short for genuine sentinels: they now and then replace `
    + `the healthy new master as well. Give downAfterMs a value above ${GENUINE_FLOOR_MS}.`
}

/** The sentinels with their defaults: one entry each, with the kind and the extra lines. */
export function planSentinels(options: DeploymentOptions): SentinelOptions[] {
  const wanted = options.sentinels ?? DEFAULTS.sentinels
  const list = typeof wanted === 'number' ? Array.from({ length: wanted }, (): SentinelKind => 'ours') : wanted
  return list.map((entry) => typeof entry === 'object' && 'program' in entry ? entry : { program: entry })
}

/** The masters with the values of the deployment and the defaults filled in. */
export function planMasters(options: DeploymentOptions): MasterPlan[] {
  const sentinels = planSentinels(options)
  const majority = Math.floor(sentinels.length / 2) + 1
  const downAfterMs = options.downAfterMs ?? defaultDownAfterMs(sentinels.map(({ program }) => program))
  const masters = options.masters ?? [{ name: DEFAULTS.masterName }]
  return masters.map((master) => ({
    name: master.name,
    quorum: master.quorum ?? options.quorum ?? majority,
    downAfterMs: master.downAfterMs ?? downAfterMs,
    failoverTimeoutMs: master.failoverTimeoutMs ?? options.failoverTimeoutMs ?? DEFAULTS.failoverTimeoutMs,
    parallelSyncs: master.parallelSyncs ?? options.parallelSyncs ?? DEFAULTS.parallelSyncs,
    user: options.user,
    password: master.password ?? options.password,
    persistence: master.persistence ?? options.persistence ?? 'none',
    redisConfig: [...options.redisConfig ?? [], ...master.redisConfig ?? []],
    modules: [...options.modules ?? [], ...master.modules ?? []],
    sentinelConfig: master.sentinelConfig ?? [],
    nodes: [master.node ?? {}, ...planReplicas(master.replicas ?? options.replicas ?? DEFAULTS.replicas)]
      .map((node) => withServer(node, node.server ?? master.server ?? options.server)),
  }))
}

function withServer(node: NodeOptions, server: ServerProgram | undefined): NodeOptions {
  return server === undefined ? node : { ...node, server }
}

/** The name of a data node, by its number in its group. */
export function nodeName({ masters }: DeploymentOptions, { name }: Pick<MasterPlan, 'name'>, at: number): string {
  return (masters?.length ?? 1) === 1 ? `redis-${at}` : `${name}-${at}`
}

function planReplicas(replicas: number | readonly NodeOptions[]): readonly NodeOptions[] {
  return typeof replicas === 'number' ? Array.from({ length: replicas }, () => ({})) : replicas
}
