/**
 * What can go wrong, as plain data: a run is a list of faults, so that it can be printed, repeated and shrunk. Each
 * fault ends by itself after its time; `healAll` ends whatever is left.
 */
import type { Operation } from '../../src/core/index.ts'
import { layAmbush, type Ambush } from './ambush.ts'
import { splitConfiguration, type Split } from './split-configuration.ts'
import type { Cluster } from './cluster.ts'
import type { RedisNode } from './redis-model.ts'
import type { ReusedAs } from './redis-options.ts'
import type { Interception } from './route.ts'
import { promoteAgain, type SecondPromotion } from './second-promotion.ts'
import type { SentinelNode } from './sentinel-node.ts'
import { errorReply } from './wire.ts'

interface Lasting {
  /** How long it lasts. */
  readonly ms: number
}

export type Fault =
  | Lasting & { readonly kind: 'kill-node', readonly node: string, readonly withData: boolean, readonly loadMs: number }
  | Lasting & { readonly kind: 'power-cut-node', readonly node: string }
  | Lasting & { readonly kind: 'pause-node', readonly node: string }
  | Lasting & { readonly kind: 'busy-node', readonly node: string, readonly isKillable: boolean, readonly isFunction: boolean }
  | Lasting & { readonly kind: 'pause-writes', readonly node: string }
  | Lasting & { readonly kind: 'failing-snapshots', readonly node: string }
  | Lasting & { readonly kind: 'loading-node', readonly node: string }
  | Lasting & { readonly kind: 'odd-pings', readonly node: string, readonly error: string }
  | { readonly kind: 'misdirect-node', readonly node: string, readonly to: string }
  /** Another deployment uses the address of this replica, or dead old master, now; `x-m` exists (`hasStrangers`). */
  | { readonly kind: 'reuse-address', readonly node: string, readonly as: ReusedAs }
  /** replica-announce-ip is set: its other address, its name, or the one that the master sees. */
  | { readonly kind: 'announce-address', readonly node: string, readonly as: 'other' | 'name' | 'seen' }
  /** A replica starts without data and cannot synchronise: its masterauth is wrong, or it cannot read the data. */
  | Lasting & { readonly kind: 'never-synchronised', readonly node: string, readonly withData: boolean }
  | { readonly kind: 'change-priority', readonly node: string, readonly priority: number }
  /** REPLICAOF NO ONE by an operator. */
  | { readonly kind: 'promote-by-hand', readonly node: string }
  | Lasting & { readonly kind: 'kill-sentinel', readonly sentinel: string }
  | Lasting & { readonly kind: 'power-cut-sentinel', readonly sentinel: string }
  | Lasting & { readonly kind: 'pause-sentinel', readonly sentinel: string }
  | { readonly kind: 'jump-wall-clock', readonly sentinel: string, readonly byMs: number }
  | Lasting & { readonly kind: 'drift-clock', readonly sentinel: string, readonly ppm: number }
  | Lasting & { readonly kind: 'slow-disk', readonly sentinel: string, readonly writeMs: number }
  | Lasting & { readonly kind: 'failing-disk', readonly sentinel: string }
  | Lasting & { readonly kind: 'stuck-disk', readonly sentinel: string }
  /** These machines and the rest do not hear each other; one-way: the rest does not hear these. */
  | Lasting & { readonly kind: 'partition', readonly side: readonly string[], readonly isOneWay: boolean }
  | Lasting & { readonly kind: 'slow-network', readonly machine: string, readonly delayMs: number, readonly jitterMs: number }
  /**
   * A firewall, a router or a relay replies in place of a node to connections of this machine; standing ones break.
   */
  | Lasting & { readonly kind: 'intercept', readonly machine: string, readonly to: string, readonly how: Interception }
  | { readonly kind: 'cut-connections', readonly one: string, readonly other: string }
  | { readonly kind: 'operator', readonly sentinel: string, readonly operation: Operation }
  /** Several operators at once; meanwhile these sentinels do not reach these nodes. */
  | Lasting & {
    readonly kind: 'operators'
    readonly orders: readonly { readonly sentinel: string, readonly afterMs: number, readonly operation: Operation }[]
    readonly blind: readonly { readonly sentinel: string, readonly node: string }[]
  }
  /** Two sentinels start with different addresses under one config-epoch, as genuine ones do after two orders. */
  | Split & { readonly kind: 'split-configuration' }
  /** A replaced master is promoted again, and few hear of it. */
  | Lasting & SecondPromotion & { readonly kind: 'second-promotion' }
  /** Waits for an event and strikes soon after it. */
  | Lasting & Ambush & { readonly kind: 'ambush' }

export interface PlannedFault {
  readonly atMs: number
  readonly fault: Fault
}

/** Does it now, and plans its end. */
export function apply(cluster: Cluster, fault: Fault): void {
  cluster.observers.disturbed(describeFault(fault))
  const end = begin(cluster, fault)
  if (end === undefined || !('ms' in fault)) return
  cluster.queue.after(fault.ms * 1000, () => {
    if (cluster.isHealed) return
    cluster.observers.disturbed(`end of ${fault.kind} ${subjectOf(fault)}`)
    end()
  })
}

/** For people: one line. */
export function describeFault(fault: Fault): string {
  const details = Object.entries(fault)
    .filter(([key]) => key !== 'kind')
    .map(([key, value]) => `${key}=${JSON.stringify(value, (_key, part: unknown) => typeof part === 'bigint' ? `${part}n` : part)}`)
  return `${fault.kind} ${details.join(' ')}`
}

function subjectOf(fault: Fault): string {
  if ('node' in fault) return fault.node
  if ('sentinel' in fault) return fault.sentinel
  if ('machine' in fault) return fault.machine
  return 'side' in fault ? fault.side.join(',') : ''
}

/** Returns what ends it; undefined when it needs no end. */
function begin(cluster: Cluster, fault: Fault): (() => void) | undefined {
  switch (fault.kind) {
    case 'kill-node':
    case 'power-cut-node':
    case 'pause-node':
    case 'busy-node':
    case 'pause-writes':
    case 'failing-snapshots':
    case 'loading-node':
    case 'odd-pings':
    case 'misdirect-node':
    case 'reuse-address':
    case 'announce-address':
    case 'never-synchronised':
    case 'change-priority':
    case 'promote-by-hand':
      return beginOnNode(cluster.node(fault.node), fault, cluster)
    case 'partition':
      return partition(cluster, fault.side, { isOneWay: fault.isOneWay })
    case 'slow-network':
      return slowDown(cluster, fault)
    case 'intercept':
      return intercept(cluster, fault)
    case 'operators':
      return beginOperators(cluster, fault)
    case 'split-configuration':
      splitConfiguration(cluster, fault)
      return undefined
    case 'second-promotion':
      return promoteAgain(cluster, fault)
    case 'ambush':
      layAmbush(cluster, fault, (strike) => { apply(cluster, strike) })
      return undefined
    case 'cut-connections':
      cluster.network.cut(cluster.ipOf(fault.one), cluster.ipOf(fault.other))
      return undefined
    default:
      return beginOnSentinel(cluster.sentinel(fault.sentinel), fault)
  }
}

type OnNode = Extract<Fault, { node: string }>

function beginOnNode(node: RedisNode, fault: OnNode, cluster: Cluster): (() => void) | undefined {
  switch (fault.kind) {
    case 'kill-node':
      node.kill()
      return () => {
        node.loadMs = fault.loadMs
        node.start({ withData: fault.withData })
      }
    case 'power-cut-node':
      node.powerOff()
      return () => { node.start() }
    case 'pause-node':
      node.pause()
      return () => { node.resume() }
    case 'busy-node':
      node.busyWith = fault.isFunction ? 'function' : 'script'
      node.isScriptKillable = fault.isKillable
      return () => { node.busyWith = undefined }
    case 'pause-writes':
      node.pauseWrites(true)
      return () => { node.pauseWrites(false) }
    case 'failing-snapshots':
      node.saveFails = true
      return () => { node.saveFails = false }
    case 'loading-node':
      node.load(fault.ms)
      return undefined
    case 'odd-pings':
      node.pingReply = errorReply(fault.error)
      return () => { node.pingReply = undefined }
    case 'misdirect-node':
      // Masters that follow their own replicas are a mistake that no rule can mend.
      if (node.isUp && !node.isMaster && node.name !== fault.to) node.replicaOf(cluster.node(fault.to).ip, '6379')
      return undefined
    case 'reuse-address':
      // A stranger at the address of a sentinel's master is taken for it.
      if (isNamed(cluster, node) || (node.isMaster && node.isUp)) return undefined
      node.becomeNodeOf(cluster.node('x-m'), fault.as)
      if (fault.as === 'followed-master') lendReplica(cluster, node)
      return undefined
    case 'announce-address': {
      const [other, name] = node.aliases
      node.announceIp = { other, name, seen: undefined }[fault.as]
      if (node.isUp) node.replication.reconnect()
      return undefined
    }
    case 'never-synchronised':
      // What a master has is its own.
      if (!node.isUp || node.isMaster) return undefined
      node.canFollow = false
      node.kill()
      node.start({ withData: fault.withData })
      return () => { node.canFollow = true }
    case 'change-priority':
      node.priority = fault.priority
      return undefined
    case 'promote-by-hand':
      if (node.isUp && !node.isMaster) node.replicaOf('NO', 'ONE')
      return undefined
  }
}

/**
 * The replica of the other deployment follows this node, until the node may be demoted: without sentinels of its own,
 * it is taken for an old master then.
 */
function lendReplica(cluster: Cluster, { ip, port }: RedisNode): void {
  const [home, replica] = [cluster.node('x-m'), cluster.node('x-r1')]
  replica.replicaOf(ip, String(port))
  cluster.queue.after(9_000_000, () => { replica.replicaOf(home.ip, String(home.port)) })
}

/** Whether a sentinel takes it for the master, or may do so when it runs again. */
function isNamed(cluster: Cluster, node: RedisNode): boolean {
  return cluster.sentinels.some(({ view }) => view === undefined || cluster.groups.some(({ name }) => {
    const address = view.clientAddress(name)
    return address !== undefined && cluster.nodeAt(address.host, address.port) === node
  }))
}

type OnSentinel = Extract<Fault, { sentinel: string }>

function beginOnSentinel(sentinel: SentinelNode, fault: OnSentinel): (() => void) | undefined {
  const { disk } = sentinel
  switch (fault.kind) {
    case 'kill-sentinel':
      sentinel.kill()
      return () => { sentinel.start() }
    case 'power-cut-sentinel':
      sentinel.powerOff()
      return () => { sentinel.start() }
    case 'pause-sentinel':
      sentinel.pause()
      return () => { sentinel.resume() }
    case 'jump-wall-clock':
      sentinel.clock?.jumpWall(fault.byMs)
      return undefined
    case 'drift-clock':
      sentinel.clock?.setDrift(fault.ppm)
      return () => { sentinel.clock?.setDrift(0) }
    case 'slow-disk': {
      const before = disk.writeMin
      disk.writeMin = fault.writeMs * 1000
      return () => { disk.writeMin = before }
    }
    case 'failing-disk':
      disk.failure = 'No space left on device'
      return () => { disk.failure = undefined }
    case 'stuck-disk':
      disk.stick()
      return () => { disk.unstick() }
    case 'operator':
      sentinel.operate(fault.operation)
      return undefined
  }
}

function beginOperators(cluster: Cluster, { orders, blind }: Extract<Fault, { kind: 'operators' }>): () => void {
  const pairs = blind.map(({ sentinel, node }) => [cluster.ipOf(sentinel), cluster.ipOf(node)] as const)
  for (const [one, other] of pairs) {
    cluster.network.cut(one, other)
    cluster.network.block(one, other)
    cluster.network.block(other, one)
  }
  for (const { sentinel, afterMs, operation } of orders) {
    cluster.queue.after(afterMs * 1000, () => { cluster.sentinel(sentinel).operate(operation) })
  }
  return () => {
    for (const [one, other] of pairs) {
      cluster.network.unblock(one, other)
      cluster.network.unblock(other, one)
    }
  }
}

function partition(cluster: Cluster, side: readonly string[], { isOneWay }: { isOneWay: boolean }): () => void {
  const inside = side.map((name) => cluster.ipOf(name))
  const outside = cluster.machines.map(({ ip }) => ip).filter((ip) => !inside.includes(ip))
  const pairs = inside.flatMap((one) => outside.map((other) => [one, other] as const))
  for (const [one, other] of pairs) {
    cluster.network.block(one, other)
    if (!isOneWay) cluster.network.block(other, one)
  }
  return () => {
    for (const [one, other] of pairs) {
      cluster.network.unblock(one, other)
      if (!isOneWay) cluster.network.unblock(other, one)
    }
  }
}

function slowDown(cluster: Cluster, fault: Extract<Fault, { kind: 'slow-network' }>): () => void {
  const ip = cluster.ipOf(fault.machine)
  const routes = cluster.machines.flatMap((other) => (
    other.ip === ip ? [] : [cluster.network.route(ip, other.ip), cluster.network.route(other.ip, ip)]
  ))
  const before = routes.map(({ delay }) => delay)
  for (const route of routes) route.delay = { min: fault.delayMs * 1000, jitter: fault.jitterMs * 1000 }
  return () => {
    routes.forEach((route, at) => { route.delay = before[at] ?? route.delay })
  }
}

function intercept(cluster: Cluster, { machine, to, how }: Extract<Fault, { kind: 'intercept' }>): () => void {
  const [one, other] = [cluster.ipOf(machine), cluster.ipOf(to)]
  const route = cluster.network.route(one, other)
  route.interception = how
  cluster.network.cut(one, other)
  return () => {
    route.interception = undefined
    if (how === 'refused') route.refusedUntil = cluster.queue.now
  }
}

/** The end of all trouble: everything runs, everything works. What operators broke is watched again. */
export function healAll(cluster: Cluster): void {
  cluster.isHealed = true
  cluster.observers.disturbed('everything is healed')
  cluster.network.heal()
  for (const node of cluster.nodes) {
    node.loadMs = 0
    node.start()
    node.load(0)
    node.resume()
    node.busyWith = undefined
    node.pauseWrites(false)
    node.saveFails = false
    node.pingReply = undefined
    node.canFollow = true
  }
  for (const sentinel of cluster.sentinels) {
    sentinel.disk.failure = undefined
    sentinel.disk.unstick()
    sentinel.disk.writeMin = 500
    sentinel.start()
    sentinel.resume()
    sentinel.clock?.setDrift(0)
    sentinel.operate({ kind: 'simulate-failure', failure: { crashAfterElection: false, crashAfterPromotion: false } })
  }
}
