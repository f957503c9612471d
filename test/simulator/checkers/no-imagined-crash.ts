/**
 * A master counts as crashed only where its process was gone for about as long as crash-detection says. A firewall that
 * refuses connections looks the same to a sentinel, so that is allowed where a replica has lost the master, too, or
 * where the sentinel reaches no replica.
 */
import type { Cluster } from '../cluster.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

/** A process that ran for so short a time may have been missed by attempts that are so far apart. */
const BETWEEN_ATTEMPTS_MS = 60

/** A sentinel that is refused does something at least this often, unless it was stopped. */
const STALL_MS = 150

/** While attempts are refused, they are at most this far apart, or a quarter of crash-detection. */
const ATTEMPTS_MS = 100

/** Clocks of sentinels run up to two percent wrong. */
const DRIFT = 0.97

interface Gone {
  readonly from: number
  to: number
}

/** The last time that a sentinel did nothing for long. */
interface Stall {
  lastMs: number
  endedAt: number
  forMs: number
}

export const noImaginedCrash: Checker = {
  invariant: 'only a master whose process has ended counts as crashed',
  watch: ({ cluster, report }) => {
    const gone = new Map<RedisNode, Gone>()
    const stalls = new Map<SentinelNode, Stall>()
    const linkedAt = new Map<RedisNode, number>()
    return {
      nodeChanged: (node, what) => {
        const now = cluster.nowMs
        if (what === 'follows its master') linkedAt.set(node, now)
        const last = gone.get(node)
        if (what === 'was killed' || what === 'lost its power') {
          const isSame = last !== undefined && now - last.to < BETWEEN_ATTEMPTS_MS
          gone.set(node, { from: isSame ? last.from : now, to: Infinity })
        } else if (what.startsWith('was started') && last !== undefined) last.to = now
      },
      // The note itself may wait for a slow disk.
      stepped: (sentinel, _input, effects) => {
        const stalledMs = noteStep(stalls, sentinel, cluster.nowMs)
        const note = effects.flatMap((effect) => (effect.type === 'note' ? [effect.note] : []))
          .find(({ kind }) => kind === 'crash-detected')
        if (note?.kind !== 'crash-detected') return
        const node = cluster.nodeAt(note.host, note.port)
        if (node === undefined) return
        const patience = sentinel.protection.crashDetectionMs ?? Infinity
        const slack = slowestMs(cluster, sentinel, node)
        const last = gone.get(node)
        // Where the network had ended the connection before the process ended, its time counts from there.
        const wasCutBefore = last?.to === Infinity && cluster.nowMs - note.forMs < last.from - slack
        const goneMs = last === undefined ? 0 : Math.min(last.to, cluster.nowMs) - last.from
        const remembersMs = 2 * patience + slack + stalledMs
        const wasGone = last !== undefined && last.to >= cluster.nowMs - remembersMs
          && (wasCutBefore ? note.forMs : goneMs) >= DRIFT * patience - slack
        const refused = { sentinel, node, reachable: note.reachable, remembersMs }
        const reportsMs = Math.max(ATTEMPTS_MS, patience / 4)
        if (!wasGone && !isRefusedByOthers(cluster, refused, { linkedAt, reportsMs })) report(`${sentinel.name} takes ${node.name} for crashed`)
      },
    }
  },
}

/**
 * How long the sentinel was stopped just before now, in milliseconds, or 0. What came meanwhile, it takes for news.
 * Called with each of its steps.
 */
function noteStep(stalls: Map<SentinelNode, Stall>, sentinel: SentinelNode, nowMs: number): number {
  const stall = stalls.get(sentinel) ?? { lastMs: nowMs, endedAt: -Infinity, forMs: 0 }
  stalls.set(sentinel, stall)
  const idleMs = nowMs - stall.lastMs
  stall.lastMs = nowMs
  if (idleMs >= STALL_MS) {
    stall.endedAt = nowMs
    stall.forMs = idleMs
  }
  return nowMs - stall.endedAt < STALL_MS ? stall.forMs : 0
}

/** How late the end of a connection, or a refusal, may have arrived. */
function slowestMs(cluster: Cluster, sentinel: SentinelNode, node: RedisNode): number {
  return 2 * cluster.network.route(node.ip, sentinel.host.ip).slowestMs
}

interface Refused {
  readonly sentinel: SentinelNode
  readonly node: RedisNode
  /** Replicas that the sentinel reaches. */
  readonly reachable: number
  /** For how long it takes refusals for those of the present. */
  readonly remembersMs: number
}

/** `reportsMs`: how far reports of a replica are apart. `linkedAt`: when replicas last got a link to their master. */
function isRefusedByOthers(
  cluster: Cluster, { sentinel, node, reachable, remembersMs }: Refused,
  { linkedAt, reportsMs }: { readonly linkedAt: ReadonlyMap<RedisNode, number>, readonly reportsMs: number },
): boolean {
  const { interception, refusedUntil = -Infinity } = cluster.network.route(sentinel.host.ip, node.ip)
  if (interception !== 'refused' && cluster.nowMs - refusedUntil / 1000 > remembersMs) return false
  if (reachable === 0) return true
  const group = cluster.groups.find(({ nodes }) => nodes.some(({ options }) => options.name === node.name))
  return cluster.nodesOf(group?.name ?? '').some((other) => {
    const seesSinceMs = cluster.nowMs - reportsMs - slowestMs(cluster, sentinel, other)
    return other !== node && (!other.replication.isLinkUp || (linkedAt.get(other) ?? -Infinity) >= seesSinceMs)
  })
}
