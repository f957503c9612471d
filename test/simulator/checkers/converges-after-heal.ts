/**
 * Once everything works again, all sentinels agree on one master that is one, every other data node follows it, and
 * nothing is flagged (behaviour.md 16.1.11).
 */
import type { MasterView, PeerView, SentinelView } from '../../../src/core/index.ts'
import type { Foreign } from '../../../src/core/state/replica.ts'
import type { Cluster } from '../cluster.ts'
import type { PlannedGroup } from '../cluster-options.ts'
import type { RedisNode } from '../redis-model.ts'
import { WALL_START_MS } from '../sim-clock.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { isInExcludedZone } from './placement.ts'

export interface RestOptions {
  /** Operators made sentinels forget (RESET, REMOVE): nodes that followed nobody then are unknown now. */
  readonly hasForgotten?: boolean
  /** Operators forgot single replicas: one that follows the master is known again, another one may not be. */
  readonly hasForgottenReplicas?: boolean
  /** What only an operator can decide counts as rest. */
  readonly awaitsOperator?: boolean
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

function* unrestOf(
  cluster: Cluster, group: PlannedGroup,
  { hasForgotten = false, hasForgottenReplicas = false, awaitsOperator = false }: RestOptions,
): Generator<string> {
  if (awaitsOperator && isLossForOperator(cluster, group, { hasForgotten })) return
  const isHost = (ip: string) => ({ host }: { host: string }) => cluster.network.firstIp(host) === ip
  const isKnown = (ip: string) => !(hasForgotten || hasForgottenReplicas) || cluster.sentinels.some((sentinel) => (
    sentinel.view?.replicas(group.name, sentinel.now()).some(isHost(ip)) === true
  ))
  const strays = strayNodes(cluster, group)
  yield* dataUnrest(cluster, group, { isKnown, strays })
  const configurations = new Set<string>()
  // Replicas of another deployment's master that became a node of this one.
  const adopted = cluster.strangers.filter((node) => follows(cluster, node, cluster.nodesOf(group.name))).length
  // A sentinel that had not heard of a node before it was pointed to another deployment never will, nor of one that
  // expiry forgot, if it was promoted by hand meanwhile: it follows nobody, and the others take it for foreign.
  const isAway = (node: RedisNode) => (
    isGone(cluster, group, node) || strays.includes(node) || isUndiscovered(cluster, group, node)
  )
  const gone = cluster.nodesOf(group.name).filter(isAway).length
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
    if (master.schedule !== undefined && !isSetBack(cluster, sentinel, master.schedule)) yield `${sentinel.name} has a schedule of ${group.name}`
    if (master.pause !== undefined) yield `${sentinel.name} pauses failovers of ${group.name}`
    const stale = keptLeftovers(cluster, sentinel, master)
    yield* flagsOf(sentinel, view, master, stale)
    const away = forgottenByClock(cluster, sentinel, master)
    if (master.otherSentinelCount - stale.length + away !== cluster.sentinels.length - 1) {
      yield `${sentinel.name} knows ${master.otherSentinelCount} other sentinels`
    }
    // A stranger that an old configuration brought stays in the list, and is reported.
    const strangers = view.replicas(group.name, now).filter(({ isForeign }) => isForeign).length
    if (master.replicaCount - strangers > group.nodes.length - 1 + adopted) {
      yield `${sentinel.name} knows ${master.replicaCount} replicas of ${group.nodes.length - 1}`
    }
    const least = hasForgottenReplicas ? followersAt(cluster, group, address) : group.nodes.length - 1 - gone
    if (!hasForgotten && master.replicaCount < least) {
      yield `${sentinel.name} knows ${master.replicaCount} replicas`
    }
  }
  if (configurations.size > 1) yield `sentinels disagree: ${[...configurations].join(', ')}`
}

/** Whether the master lost its data, and no rule replaces it. `hasForgotten`: see `RestOptions`. */
export function isLossForOperator(
  cluster: Cluster, group: PlannedGroup, { hasForgotten }: { readonly hasForgotten: boolean },
): boolean {
  return isLossWithoutCandidate(cluster, group) || (hasForgotten && isLossOfFew(cluster, group))
}

/**
 * Whether fewer sentinels than the quorum saw that the master lost its data, because the others monitor it anew: it
 * stays down for them until an operator decides (docs/decisions/0049-empty-master.md).
 */
function isLossOfFew({ sentinels }: Cluster, { name }: PlannedGroup): boolean {
  const masters = sentinels.flatMap(({ memory }) => memory?.state.masters.get(name) ?? [])
  const seers = masters.filter(({ lostData }) => lostData?.stage === 'down')
  return seers.some(({ settings }) => seers.length < settings.quorum)
}

/**
 * Whether the master lost its data, or is none any more where max-lag-strict holds, and all that is left is never
 * promoted or lacks more than that allows: it stays down until an operator decides
 * (docs/decisions/0055-zones-and-lag.md).
 */
function isLossWithoutCandidate(cluster: Cluster, { name }: PlannedGroup): boolean {
  return cluster.sentinels.every((sentinel) => {
    const { view, memory, protection: { placement: { isLagStrict, maxLagBytes } } } = sentinel
    const { lostData, odown } = memory?.state.masters.get(name) ?? {}
    const mostBytes = isLagStrict ? maxLagBytes : undefined
    if (view === undefined || !(lostData?.stage === 'down' || (odown === true && mostBytes !== undefined))) return false
    const [, ...infos] = view.infoCache(name, sentinel.now()).map(({ text }) => text ?? '')
    return view.replicas(name, sentinel.now()).every((replica, at) => (
      replica.priority === 0 || (mostBytes !== undefined && (replica.lagBytes ?? Infinity) > mostBytes)
      || isInExcludedZone({ cluster, sentinel }, replica, infos[at] ?? '')
    ))
  })
}

/** Whether its time has passed, but not by the clock of this sentinel, which was set back: it waits for that clock. */
function isSetBack({ nowMs }: Cluster, sentinel: SentinelNode, { atWall }: { atWall: number }): boolean {
  return WALL_START_MS + nowMs >= atWall && sentinel.now().wall < atWall
}

/**
 * How many sentinels it was made to forget until a time of its wall clock, which was set back in a restart since: it
 * waits for that clock.
 */
function forgottenByClock(cluster: Cluster, sentinel: SentinelNode, { name }: MasterView): number {
  const ids = new Set(cluster.sentinels.filter((one) => one !== sentinel).map(({ id }) => id))
  const { forgotten = [] } = sentinel.memory?.state.masters.get(name) ?? {}
  const latest = Math.max(sentinel.now().wall, WALL_START_MS + cluster.nowMs + LONGEST_FORGET_MS)
  return forgotten.filter((one) => one.ignoresHellos && ids.has(one.name) && one.untilWall > latest).length
}

/** Longer than operators make sentinels forget for. */
const LONGEST_FORGET_MS = 60_000

/** How many nodes of the deployment follow the master at this address. */
function followersAt(
  cluster: Cluster, { name }: PlannedGroup, address: { host: string, port: number } | undefined,
): number {
  const master = address === undefined ? undefined : cluster.nodeAt(address.host, address.port)
  if (master === undefined) return 0
  return cluster.nodesOf(name)
    .filter((node) => node !== master && follows(cluster, node, [master]) && node.replication.isLinkUp).length
}

function follows(cluster: Cluster, { replication: { master } }: RedisNode, targets: readonly RedisNode[]): boolean {
  return master !== undefined && targets.some(({ ip }) => ip === cluster.network.firstIp(master.host))
}

/** Whether it belongs to another deployment by now. */
function isGone(cluster: Cluster, { name }: PlannedGroup, node: RedisNode): boolean {
  return node.dataset.origin !== name || follows(cluster, node, cluster.strangers)
}

/**
 * Whether no sentinel has ever known it: it began to follow a master shortly before that was replaced, and follows it
 * still. The original does not find it either, because sentinels ask only the master for its replicas.
 */
function isUndiscovered(cluster: Cluster, { name }: PlannedGroup, node: RedisNode): boolean {
  const nodes = cluster.nodesOf(name).filter(({ isMaster }) => !isMaster)
  const isListed = cluster.sentinels.some(({ listedIps }) => listedIps.has(node.ip))
  return !node.isMaster && !isListed && follows(cluster, node, nodes)
}

/**
 * Sentinels that do not exist, and that expiry cannot forget any more: a crash lost how many were alive at once, and
 * all that the file names count instead (docs/decisions/0054-forgetting.md). That happens where another sentinel
 * became known within the second before, or after RESET, which is not saved by itself. A smaller number would not be
 * safe: all of them may exist. An operator forgets such a leftover with FORCE.
 */
export function keptLeftovers(
  cluster: Cluster, sentinel: SentinelNode, { name, otherSentinelCount }: MasterView,
): PeerView[] {
  const { aliveAtOnce = 0 } = sentinel.memory?.state.masters.get(name) ?? {}
  if (!sentinel.lostCounts.has(name) || otherSentinelCount >= aliveAtOnce) return []
  const exists = ({ runId }: PeerView) => cluster.sentinels.some(({ id }) => id === runId)
  return (sentinel.view?.peers(name, sentinel.now()) ?? []).filter((peer) => !exists(peer))
}

function flagsOf(
  sentinel: SentinelNode, view: SentinelView, master: MasterView, except: readonly PeerView[],
): string[] {
  const now = sentinel.now()
  const found: string[] = []
  const names = new Set(except.map(({ name }) => name))
  const peers = view.peers(master.name, now).filter(({ name }) => !names.has(name))
  for (const { name, flags } of [master, ...view.replicas(master.name, now), ...peers]) {
    if (flags.length > 1) found.push(`${sentinel.name} sees ${name} as ${flags.join(',')}`)
  }
  return found
}

/**
 * Whether its ids changed more than once unread, so that all sentinels that list it take it for a node of another
 * deployment (docs/decisions/0048-lineage-and-foreign-nodes.md): its own, or those of a master that was not seen
 * either, which it followed before it was promoted. A sentinel that crashed before it could save the id that it read
 * knows as little, and so does one that has not read the id from before the promotion.
 */
function isUnknownToAll({ sentinels, network }: Cluster, { name }: PlannedGroup, node: RedisNode): boolean {
  const { ip, isMaster, dataset: { solitude, isAstray } } = node
  if (!isMaster) return false
  const verdicts = sentinels.flatMap((sentinel) => (
    [...sentinel.memory?.state.masters.get(name)?.replicas.values() ?? []]
      .filter(({ address }) => network.firstIp(address.host) === ip)
      .map(({ foreign }) => isForeignMaster(foreign) && (solitude > 1 || isAstray || isNew(sentinel, foreign)))
  ))
  return verdicts.length > 0 && verdicts.every(Boolean)
}

/** Found foreign by the ids that it had as a master. It stays that under a fresh id, after a restart from an AOF. */
function isForeignMaster(foreign: Foreign | undefined): foreign is Foreign {
  return foreign !== undefined && foreign.follows === undefined && foreign.replid2 !== undefined
}

function isNew({ forgottenIds, readIds }: SentinelNode, { replid, replid2 = '' }: Foreign): boolean {
  return forgottenIds.has(replid) || forgottenIds.has(replid2) || !readIds.has(replid2)
}

/** The nodes that no sentinel can tell from those of another deployment, and those that follow them, in chains, too. */
export function strayNodes(cluster: Cluster, group: PlannedGroup): RedisNode[] {
  const nodes = cluster.nodesOf(group.name)
  const strays = nodes.filter((node) => isUnknownToAll(cluster, group, node))
  const next = () => nodes.find((node) => !strays.includes(node) && follows(cluster, node, strays))
  for (let node = next(); node !== undefined; node = next()) strays.push(node)
  return strays
}

interface Known {
  readonly isKnown: (ip: string) => boolean
  readonly strays: readonly RedisNode[]
}

function dataUnrest(cluster: Cluster, group: PlannedGroup, { isKnown, strays }: Known): string[] {
  const found: string[] = []
  const address = cluster.sentinels[0]?.view?.clientAddress(group.name)
  const master = address === undefined ? undefined : cluster.nodeAt(address.host, address.port)
  if (master === undefined || !master.isUp || !master.isMaster || master.isLoading || master.isPaused) {
    found.push(`the master ${master?.name} is none`)
    return found
  }
  for (const node of cluster.nodesOf(group.name)) {
    if (node === master || !isKnown(node.ip)) continue
    // A node of another deployment gets no orders, nor one that no sentinel can tell from it.
    if (isGone(cluster, group, node)) continue
    if (strays.includes(node) || isUndiscovered(cluster, group, node)) continue
    const { master: followed, isLinkUp } = node.replication
    // It follows an old master that operators forgot, which came back: nobody knows that address any more, so the node
    // counts as one of another deployment, and is reported; or a forgotten node that does not serve it, as where two
    // nodes follow each other: its data stay unknown (docs/decisions/0054-forgetting.md).
    const above = followed === undefined ? undefined : cluster.nodeAt(followed.host)
    if (above !== undefined && !isKnown(above.ip) && (above.isMaster || !isLinkUp)) continue
    if (!node.isUp) found.push(`${node.name} does not run`)
    else if (followed === undefined || cluster.network.firstIp(followed.host) !== master.ip) found.push(`${node.name} follows ${followed?.host ?? 'nobody'}`)
    else if (!isLinkUp) found.push(`${node.name} has not caught up`)
  }
  return found
}
