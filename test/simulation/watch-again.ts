/** What a careful operator does after the chaos. */
import type { MasterView, Operation, PeerView } from '../../src/core/index.ts'
import {
  hasStrangeFollower, isInExcludedZone, keptLeftovers, knownPeers, lineageOf, linkDownLimitMs, strayNodes,
  type Cluster, type RedisNode, type SentinelNode,
} from '../simulator/index.ts'

const FORGET_MS = 3_600_000
const FORGET_AGAIN_US = 3_000

/**
 * Nobody remembers the master. An old one that came back and a promoted one may both say that they are it: the one
 * that took the most writes is right, as a careful operator sees by their data.
 */
function masterToChoose(cluster: Cluster, name: string): string {
  const nodes = cluster.nodesOf(name)
  const [master = nodes[0]] = nodes
    .filter(({ isMaster }) => isMaster)
    .sort((a, b) => b.dataset.writes.length - a.dataset.writes.length)
  return master?.ip ?? ''
}

/**
 * RESET during a partition can make a sentinel forget every node that it shares with the others; they can never meet
 * again by themselves. FORGET FORCE makes it forget the others, whom it may then take for another deployment's. It is
 * told the master anew, as it would be in a real deployment. False when there is none.
 */
export function reunite(cluster: Cluster): boolean {
  const ids = new Set(cluster.sentinels.map(({ id }) => id))
  const islands = cluster.groups.flatMap(({ name }) => {
    const views = cluster.sentinels.map((sentinel) => ({
      sentinel, name, master: sentinel.view?.master(name, sentinel.now()),
    }))
    const newest = views.reduce((epoch, { master }) => (
      master !== undefined && master.configEpoch > epoch ? master.configEpoch : epoch
    ), 0n)
    const isKnownInNewest = (id: string) => views.some(({ sentinel, master }) => (
      master?.configEpoch === newest && sentinel.memory?.state.masters.get(name)?.peers.has(id) === true
    ))
    return views.filter(({ sentinel, master }) => (
      master !== undefined && master.configEpoch < newest
      && (knownPeers(sentinel, name, ids) < ids.size - 1 || !isKnownInNewest(sentinel.id))
    ))
  })
  let left = islands.length
  for (const { sentinel, name } of islands) {
    sentinel.operate({ kind: 'remove', name }, () => {
      left -= 1
      if (left === 0) watchAgain(cluster)
    })
  }
  return islands.length > 0
}

/**
 * All sentinels name a node that is a replica, and none that they list may be promoted: they list none since RESET; its
 * only data are on a node that they cannot tell from another deployment's, in a zone of `never-promote-in`, or without
 * its master for too long, or there are none at all. No rule can mend that, so an operator promotes the node by hand.
 * False when no master needs it.
 */
export function promoteByHand(cluster: Cluster): boolean {
  const lost = cluster.groups.flatMap((group) => {
    const named = new Set(cluster.sentinels.map(({ view }) => {
      const address = view?.clientAddress(group.name)
      return address === undefined ? undefined : cluster.nodeAt(address.host, address.port)
    }))
    const [node] = named
    const isLost = named.size === 1 && node?.isUp === true && !node.isMaster
    return isLost && !hasCandidate(cluster, group, node) ? [node] : []
  })
  for (const node of lost) node.replicaOf('NO', 'ONE')
  return lost.length > 0
}

/** Whether a sentinel lists a node with data of the group that may be promoted instead. */
function hasCandidate(cluster: Cluster, group: Cluster['groups'][number], master: RedisNode): boolean {
  const strays = strayNodes(cluster, group)
  const allowed = new Set(cluster.sentinels.flatMap((sentinel) => allowedIps(cluster, group.name, sentinel)))
  return cluster.nodesOf(group.name).some((node) => (
    node !== master && allowed.has(node.ip) && node.priority !== 0 && node.dataset.origin === group.name
    && node.dataset.writes.length > 0 && !strays.includes(node)
  ))
}

/** Whether none of its replication ids is known as one of the deployment (docs/decisions/0048). */
function hasUnknownIds(info: string, lineage: readonly string[]): boolean {
  const ids = [...info.matchAll(/^master_replid2?:([0-9a-f]{40})/gm)].map(([, id = '']) => id)
  return lineage.length > 0 && ids.length > 0 && !ids.some((id) => lineage.includes(id))
}

/** The replicas of a sentinel that neither their data, their zone, their link nor an unknown follower excludes. */
function allowedIps(cluster: Cluster, name: string, sentinel: SentinelNode): string[] {
  const { view } = sentinel
  const master = view?.master(name, sentinel.now())
  if (view === undefined || master === undefined) return []
  const replicas = view.replicas(name, sentinel.now())
  const [, ...infos] = view.infoCache(name, sentinel.now()).map(({ text }) => text ?? '')
  const known = new Set([master, ...replicas].map(({ host, port }) => `${host}:${port}`))
  const allowed = replicas.filter((replica, at) => {
    const info = infos[at] ?? ''
    return !hasUnknownIds(info, lineageOf(sentinel, name)) && replica.masterLinkDownMs <= linkDownLimitMs(master)
      && !isInExcludedZone({ cluster, sentinel }, replica, info)
      && !hasStrangeFollower(info, lineageOf(sentinel, name), known)
  })
  return allowed.map(({ host }) => cluster.network.firstIp(host))
}

/**
 * RESET is not saved by itself, so a crash soon after it brings back the records that the file still names, and loses
 * how many sentinels were alive at once: leftovers count as voters then, and expiry keeps them (keptLeftovers). Where
 * those that exist are no majority of all, this sentinel can never lead, and its vote for itself costs the others
 * their time. An operator forgets such leftovers with FORCE (docs/decisions/0054-forgetting.md).
 * Elsewhere they stay. False when there was none.
 */
export function forgetLeftovers(cluster: Cluster): boolean {
  let hasForgotten = false
  const existing = cluster.sentinels.length
  for (const sentinel of cluster.sentinels) {
    for (const { name } of cluster.groups) {
      const master = sentinel.view?.master(name, sentinel.now())
      if (master === undefined || existing >= Math.floor((master.otherSentinelCount + 1) / 2) + 1) continue
      for (const { host, port } of leftoversOf(cluster, sentinel, master)) {
        const target = { kind: 'sentinel', host, port } as const
        forget(cluster, sentinel, { kind: 'forget', name, target, forMs: FORGET_MS, isForced: true })
        hasForgotten = true
      }
    }
  }
  return hasForgotten
}

/** FORGET is refused while the sentinel leads an attempt, so it is repeated until it comes between two. */
function forget(cluster: Cluster, sentinel: SentinelNode, operation: Operation): void {
  sentinel.operate(operation, (result) => {
    if (result.kind !== 'refused' || result.error !== 'failover-in-progress') return
    cluster.queue.after(FORGET_AGAIN_US, () => { forget(cluster, sentinel, operation) })
  })
}

/** Expiry looks at leftovers only while the master works, and it may be these that hold up its replacement. */
function leftoversOf(cluster: Cluster, sentinel: SentinelNode, master: MasterView): readonly PeerView[] {
  if (!master.flags.includes('s_down')) return keptLeftovers(cluster, sentinel, master)
  const ids = new Set(cluster.sentinels.map(({ id }) => id))
  return (sentinel.view?.peers(master.name, sentinel.now()) ?? []).filter(({ runId }) => !ids.has(runId))
}

/** Masters that were removed are monitored again where others say. */
export function watchAgain(cluster: Cluster): void {
  for (const { name, options } of cluster.groups) {
    const knowing = cluster.sentinels.filter(({ view }) => view?.hasMaster(name) === true)
    const best = knowing
      .map((sentinel) => ({ sentinel, epoch: sentinel.view?.master(name, sentinel.now())?.configEpoch ?? 0n }))
      .sort((a, b) => a.epoch === b.epoch ? 0 : a.epoch > b.epoch ? -1 : 1)[0]
    const address = best?.sentinel.view?.clientAddress(name)
      ?? { host: masterToChoose(cluster, name), port: 6379 }
    const majority = Math.floor(cluster.sentinels.length / 2) + 1
    for (const sentinel of cluster.sentinels) {
      if (knowing.includes(sentinel)) continue
      const operation: Operation = {
        kind: 'monitor', name, host: address.host, port: address.port, quorum: options.quorum ?? majority,
      }
      sentinel.operate(operation, () => {
        sentinel.operate({
          kind: 'set',
          name,
          changes: [
            { option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: options.downAfterMs ?? 2000 },
            { option: 'failover-timeout', kind: 'time', setting: 'failoverTimeoutMs', value: options.failoverTimeoutMs ?? 10_000 },
          ],
        })
      })
    }
  }
}
