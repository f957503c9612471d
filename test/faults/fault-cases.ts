import {
  clockJump, demoteMaster, diskFull, expireCertificate, fullResync, killAll, killMaster, outage, pauseMaster,
  rotatePassword, seed, slowDisk, stopAll, vanish, type ActiveFault, type Deployment, type DeploymentOptions,
  type Network, type Resolver,
} from '../../src/harness/index.ts'

/** One fault, and what the application does meanwhile. */
export interface FaultCase {
  /** As in the table: the call. */
  readonly name: string
  readonly begin: (deployment: Deployment) => ActiveFault | Promise<ActiveFault>
  /** The node that the application uses, by number. Default 0, the master. */
  readonly node?: number
  /** Default: `SET app <2 kB>`. */
  readonly command?: readonly string[]
  /** How long it is watched, in milliseconds. Default 2000. */
  readonly watchMs?: number
  /** A host name of the resolver that the application connects to. Default: the address of the node. */
  readonly host?: string
  /** Prepares data or names. */
  readonly prepare?: (deployment: Deployment) => ActiveFault | Promise<ActiveFault>
}

/** Cases that share a deployment. */
export interface CaseGroup {
  readonly title: string
  readonly options: DeploymentOptions
  readonly cases: readonly FaultCase[]
}

/** No failover: the figures are those of the fault alone. */
const CALM: DeploymentOptions = { replicas: 1, sentinels: 1, downAfterMs: 600_000 }

const [APP, MASTER] = ['client', 'redis-0']

function onNetwork(begin: (network: Network) => ActiveFault | Promise<ActiveFault>): FaultCase['begin'] {
  return ({ network }) => {
    if (network === undefined) throw new Error('no relays')
    return begin(network)
  }
}

const NAME = 'db.example'

function onNames<T>(work: (resolver: Resolver) => T): (deployment: Deployment) => T {
  return ({ resolver }) => {
    if (resolver === undefined) throw new Error('no resolver')
    return work(resolver)
  }
}

function named(resolver: Resolver): ActiveFault {
  return resolver.move(NAME, '127.0.0.1')
}

export const CASE_GROUPS: readonly CaseGroup[] = [
  {
    title: "network: 'relayed'",
    // With its data, so that the sentinel does not replace a master that has restarted without them.
    options: { ...CALM, network: 'relayed', persistence: 'aof' },
    cases: [
      { name: "cut('client', master)", begin: onNetwork((network) => network.cut(APP, MASTER)) },
      { name: 'isolate(master)', begin: onNetwork((network) => network.isolate(MASTER)) },
      { name: "silence('client', master)", begin: onNetwork((network) => network.silence(APP, MASTER)) },
      { name: "silence(master, 'client')", begin: onNetwork((network) => network.silence(MASTER, APP)) },
      { name: 'freeze(master)', begin: onNetwork((network) => network.freeze(MASTER)) },
      { name: 'blackhole(master)', begin: onNetwork((network) => network.blackhole(MASTER)) },
      { name: 'vanish(master)', begin: (deployment) => vanish(deployment, deployment.node(0)) },
      { name: "vanish(master, { connects: 'refused' })", begin: (deployment) => vanish(deployment, deployment.node(0), { connects: 'refused' }) },
      { name: "delay('client', master, 50)", begin: onNetwork((network) => network.delay(APP, MASTER, 50)) },
      { name: "delay('client', master, 50, { oneWay })", begin: onNetwork((network) => network.delay(APP, MASTER, 50, { oneWay: true })) },
      { name: "jitter('client', master, 50)", begin: onNetwork((network) => network.jitter(APP, MASTER, 50)) },
      { name: "drop('client', master, 0.05)", begin: onNetwork((network) => network.drop(APP, MASTER, 0.05)) },
      { name: "bandwidth('client', master, 100000)", begin: onNetwork((network) => network.bandwidth(APP, MASTER, 100_000)) },
      { name: 'pauseMaster()', begin: (deployment) => pauseMaster(deployment) },
    ],
  },
  {
    title: "persistence: 'aof', appendfsync always",
    options: { ...CALM, persistence: 'aof', redisConfig: ['appendfsync always'] },
    cases: [
      { name: 'demoteMaster()', begin: (deployment) => demoteMaster(deployment) },
      { name: 'killMaster()', begin: (deployment) => killMaster(deployment) },
      { name: 'killAll()', begin: (deployment) => killAll(deployment) },
      { name: 'stopAll({ sentinels })', begin: (deployment) => stopAll(deployment, { sentinels: true }) },
      { name: 'outage(1000)', begin: (deployment) => outage(deployment, 1_000) },
      { name: 'slowDisk(master, 100)', begin: (deployment) => slowDisk(deployment, deployment.node(0), 100) },
    ],
  },
  {
    title: 'defaults',
    options: CALM,
    cases: [
      { name: 'seed({ keys: 100000, bytes: 50000000 })', begin: (deployment) => seed(deployment, { keys: 100_000, bytes: 50_000_000 }) },
      {
        name: 'fullResync(replica), 50 MB',
        begin: (deployment) => fullResync(deployment, deployment.node(1)),
        prepare: (deployment) => seed(deployment, { keys: 100_000, bytes: 50_000_000 }),
        node: 1,
        command: ['GET', 'seed:1'],
      },
    ],
  },
  {
    title: "persistence: 'rdb'",
    options: { ...CALM, persistence: 'rdb' },
    cases: [{
      name: "diskFull(master), 'rdb'",
      begin: (deployment) => diskFull(deployment, deployment.node(0)),
      // A snapshot is tried a second after a change.
      watchMs: 5_000,
    }],
  },
  {
    title: "persistence: 'aof'",
    options: { ...CALM, persistence: 'aof' },
    cases: [{ name: "diskFull(master), 'aof'", begin: (deployment) => diskFull(deployment, deployment.node(0)) }],
  },
  {
    title: 'clockFaults: true',
    options: { ...CALM, clockFaults: true },
    cases: [{
      name: 'clockJump(master, 120000)',
      begin: (deployment) => clockJump(deployment, deployment.node(0), 120_000),
      // A key that lives for 100 s: it has expired as soon as the clock jumps.
      prepare: async (deployment) => {
        await deployment.node(0).call(['SET', 'lease', 'held', 'EX', '100'])
        return seed(deployment, { keys: 1, bytes: 1 })
      },
      command: ['EXISTS', 'lease'],
    }],
  },
  {
    title: 'resolver: true',
    options: { ...CALM, resolver: true },
    cases: [
      { name: 'resolver.fail(name)', begin: onNames((names) => names.fail(NAME)), host: NAME, prepare: onNames(named) },
      { name: "resolver.fail(name, 'hang')", begin: onNames((names) => names.fail(NAME, 'hang')), host: NAME, prepare: onNames(named) },
      { name: 'resolver.move(name, address)', begin: onNames((names) => names.move(NAME, '127.0.0.9')), host: NAME, prepare: onNames(named) },
    ],
  },
  {
    title: "password: 'old'",
    options: { ...CALM, password: 'old' },
    cases: [{ name: 'rotatePassword()', begin: (deployment) => rotatePassword(deployment, 'new') }],
  },
  {
    title: 'tls: true',
    options: { ...CALM, tls: true },
    cases: [
      { name: 'expireCertificate(master)', begin: (deployment) => expireCertificate(deployment, deployment.node(0)) },
    ],
  },
]
