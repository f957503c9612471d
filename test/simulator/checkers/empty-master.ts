/**
 * A master is replaced for its emptiness only where it really lost its data and a replica really has them; then it is
 * taken for down, and no empty replica is promoted (docs/decisions/0049-empty-master.md).
 */
import type { Effect, Now } from '../../../src/core/index.ts'
import type { Cluster } from '../cluster.ts'
import type { RedisNode } from '../redis-model.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

export const emptyMaster: Checker = {
  invariant: 'a master is replaced for its emptiness only where it lost its data, by a replica that has them',
  watch: ({ cluster, report }) => {
    /** Run ids of processes that began without data, also those that found nothing on their disk. */
    const emptied = new Set<string>()
    return {
      nodeChanged: (node, what) => {
        if (what.startsWith('was started with') && node.dataset.writes.length === 0) emptied.add(node.runId)
      },
      stepped: (sentinel, _input, effects, now) => {
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { event } = effect
          const { emptyMaster: setting } = sentinel.protection
          if (event.name === '+lost-data' && (setting === 'off' || (setting === 'report' && event.outcome === 'failover'))) {
            report(`${sentinel.name} says +lost-data (${event.outcome}) of ${event.master} although empty-master is ${setting}`)
          } else if (event.name === '+lost-data' && event.outcome === 'failover') {
            const problem = flawOf({ cluster, sentinel, name: event.master ?? '', now, emptied, effects })
            if (problem !== undefined) report(`${sentinel.name} takes the master ${event.master} for emptied although ${problem}`)
          } else if (event.name === '+selected-slave' && sentinel.view?.master(event.master ?? '', now)?.lostData === 'failover') {
            if (infoOf(sentinel, event.master ?? '', event.subject.name, now).includes('keys=')) continue
            report(`${sentinel.name} chose ${event.subject.name}, which has no key, after the master lost its data`)
          }
        }
      },
    }
  },
}

interface Loss {
  readonly cluster: Cluster
  readonly sentinel: SentinelNode
  readonly name: string
  readonly now: Now
  readonly emptied: ReadonlySet<string>
  readonly effects: readonly Effect[]
}

function flawOf({ cluster, sentinel, name, now, emptied, effects }: Loss): string | undefined {
  const master = sentinel.view?.master(name, now)
  if (master === undefined) return undefined
  if (!emptied.has(master.runId)) return 'its process began with data'
  const node = cluster.nodeAt(cluster.network.firstIp(master.host), master.port)
  if (master.sdownMs === undefined && !effects.some((effect) => effect.type === 'emit' && effect.event.name === '+sdown')) {
    return 'it does not count as down then'
  }
  const hasCopy = (other: RedisNode) => other !== node && other.dataset.writes.length > 0
  const replicas = sentinel.view?.replicas(name, now) ?? []
  const wasSeen = replicas.some((replica) => infoOf(sentinel, name, replica.name, now).includes('keys='))
  return wasSeen || cluster.nodes.some(hasCopy) ? undefined : 'no replica has them'
}

function infoOf({ view }: SentinelNode, name: string, replica: string, now: Now): string {
  const at = view?.replicas(name, now).findIndex((one) => one.name === replica) ?? -1
  return at < 0 ? '' : view?.infoCache(name, now)[1 + at]?.text ?? ''
}
