/**
 * Once everything works again, all sentinels agree on one master that is one, every other data node follows it, and
 * nothing is flagged (behaviour.md 16.1.11).
 */
import type { MasterView, SentinelView } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { PlannedGroup } from '../cluster-options.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'

export interface RestOptions {
  /** Operators made sentinels forget (RESET, REMOVE): nodes that followed nobody then are unknown now. */
  readonly hasForgotten?: boolean
}

/** Why the deployment is not at rest; empty when it is. */
export function unrest(cluster: Cluster, options: RestOptions = {}): string[] {
  return [...findUnrest(cluster, options)]
}

/** Whether there is no reason why not. Asked often, so it stops at the first reason. */
export function isAtRest(cluster: Cluster, options: RestOptions = {}): boolean {
  return findUnrest(cluster, options).next().done === true
}

function* findUnrest(cluster: Cluster, options: RestOptions): Generator<string> {
  for (const group of cluster.groups) yield* unrestOf(cluster, group, options)
}

function* unrestOf(cluster: Cluster, group: PlannedGroup, { hasForgotten = false }: RestOptions): Generator<string> {
  const isHost = (ip: string) => ({ host }: { host: string }) => cluster.network.firstIp(host) === ip
  const isKnown = (ip: string) => !hasForgotten || cluster.sentinels.some((sentinel) => (
    sentinel.view?.replicas(group.name, sentinel.now()).some(isHost(ip)) === true
  ))
  yield* dataUnrest(cluster, group, isKnown)
  const configurations = new Set<string>()
  for (const sentinel of cluster.sentinels) {
    const { view } = sentinel
    const now = sentinel.now()
    const master = view?.master(group.name, now)
    if (view === undefined || master === undefined) {
      yield `${sentinel.name} does not watch ${group.name}`
      continue
    }
    const address = view.clientAddress(group.name)
    configurations.add(`${cluster.network.firstIp(address?.host ?? '')}:${address?.port} of config-epoch ${master.configEpoch}`)
    if (view.summary(now).tilt) yield `${sentinel.name} is in TILT`
    yield* flagsOf(sentinel, view, master)
    if (master.otherSentinelCount !== cluster.sentinels.length - 1) {
      yield `${sentinel.name} knows ${master.otherSentinelCount} other sentinels`
    }
    if (master.replicaCount > group.nodes.length - 1) {
      yield `${sentinel.name} knows ${master.replicaCount} replicas of ${group.nodes.length - 1}`
    }
    if (!hasForgotten && master.replicaCount < group.nodes.length - 1) {
      yield `${sentinel.name} knows ${master.replicaCount} replicas`
    }
  }
  if (configurations.size > 1) yield `sentinels disagree: ${[...configurations].join(', ')}`
}

function follows(cluster: Cluster, { replication: { master } }: RedisNode, targets: readonly RedisNode[]): boolean {
  return master !== undefined && targets.some(({ ip }) => ip === cluster.network.firstIp(master.host))
}

function flagsOf(sentinel: SentinelNode, view: SentinelView, master: MasterView): string[] {
  const now = sentinel.now()
  const found: string[] = []
  for (const { name, flags } of [master, ...view.replicas(master.name, now), ...view.peers(master.name, now)]) {
    if (flags.length > 1) found.push(`${sentinel.name} sees ${name} as ${flags.join(',')}`)
  }
  return found
}

function dataUnrest(cluster: Cluster, group: PlannedGroup, isKnown: (ip: string) => boolean): string[] {
  const found: string[] = []
  const address = cluster.sentinels[0]?.view?.clientAddress(group.name)
  const master = address === undefined ? undefined : cluster.nodeAt(address.host, address.port)
  if (master === undefined || !master.isUp || !master.isMaster || master.isLoading || master.isPaused) {
    found.push(`the master ${master?.name} is none`)
    return found
  }
  for (const node of cluster.nodesOf(group.name)) {
    if (node === master || !isKnown(node.ip)) continue
    // A node of another deployment gets no orders.
    if (node.dataset.origin !== group.name || follows(cluster, node, cluster.strangers)) continue
    const { master: followed, isLinkUp } = node.replication
    if (!node.isUp) found.push(`${node.name} does not run`)
    else if (followed === undefined || cluster.network.firstIp(followed.host) !== master.ip) found.push(`${node.name} follows ${followed?.host ?? 'nobody'}`)
    else if (!isLinkUp) found.push(`${node.name} has not caught up`)
  }
  return found
}
