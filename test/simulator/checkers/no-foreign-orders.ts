/**
 * A node of another deployment is never promoted nor given orders (docs/decisions/0048-lineage-and-foreign-nodes.md):
 * not while the last INFO reply that the sentinel has of it shows a working link to a server of that deployment, with
 * an id that only its data ever had; nor a master whose data had such an id before. A master that a server of that
 * deployment follows gets no order before hellos of its own sentinels would have arrived
 * (docs/decisions/0045-returned-master.md). A sentinel that knows no id of its master's data cannot tell.
 */
import type { Cluster } from '../cluster.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { tunable, type Checker } from './watch.ts'

/** Whether the master itself was promoted with the data of the other deployment, which are ours from then on. */
function hasStrangeMaster(cluster: Cluster, { view }: SentinelNode, group: string): boolean {
  const address = view?.clientAddress(group)
  const node = address === undefined ? undefined : cluster.nodeAt(cluster.network.firstIp(address.host), address.port)
  return node !== undefined && node.dataset.origin !== group
}

interface Shown {
  /** The last INFO reply of the node. */
  readonly info: string
  /** For how long it has reported its role, in publish periods. */
  readonly rolePeriods: number
  readonly lineage: readonly string[]
  readonly foreignIds: ReadonlySet<string>
}

/** Why the node must get no order; undefined where it may. */
function whyForeign({ info, rolePeriods, lineage, foreignIds }: Shown): string | undefined {
  const [id, before] = ['master_replid', 'master_replid2'].map((field) => fieldOf(info, field))
  if (fieldOf(info, 'role') !== 'master') {
    const isLinked = fieldOf(info, 'master_link_status') === 'up' && fieldOf(info, 'master_host').startsWith(STRANGERS)
    return isLinked && foreignIds.has(id ?? '') ? 'is foreign' : undefined
  }
  if ([id, before].some((one) => lineage.includes(one ?? ''))) return undefined
  if (foreignIds.has(before ?? '')) return 'is a foreign master'
  const isFollowed = /^slave\d+:ip=10\.0\.20\./m.test(info)
  return isFollowed && rolePeriods < 4 ? `has been a master with strange replicas for ${rolePeriods} publish periods` : undefined
}

/** Addresses of the other deployment. */
const STRANGERS = '10.0.20.'

function fieldOf(info: string, field: string): string {
  return new RegExp(`^${field}:(\\S*)`, 'm').exec(info)?.[1] ?? ''
}

export const noForeignOrders: Checker = {
  invariant: 'a node of another lineage is never promoted nor given orders',
  watch: ({ cluster, report }) => {
    const foreignIds = new Set<string>()
    const remember = () => {
      for (const { dataset } of cluster.strangers) if (dataset.origin === 'x') foreignIds.add(dataset.replid)
    }
    return {
      nodeChanged: remember,
      sent: (sentinel, argv, request, toIp) => {
        if (request.kind !== 'transaction' || cluster.strangers.length === 0) return
        if (!request.command.startsWith('SLAVEOF')) return
        remember()
        const { view, memory } = sentinel
        const now = sentinel.now()
        for (const group of view?.masterNames() ?? []) {
          const lineage = memory?.state.lineage.get(group) ?? []
          if (lineage.length === 0 || hasStrangeMaster(cluster, sentinel, group)) continue
          const infos = view?.infoCache(group, now) ?? []
          for (const [at, { name, host, roleReportedMs }] of (view?.replicas(group, now) ?? []).entries()) {
            if (cluster.network.firstIp(host) !== toIp) continue
            const rolePeriods = roleReportedMs / tunable(view, 'publish-period')
            const why = whyForeign({ info: infos[1 + at]?.text ?? '', rolePeriods, lineage, foreignIds })
            if (why !== undefined) report(`${sentinel.name} orders ${argv.join(' ')} to ${name}, which ${why}`)
          }
        }
      },
    }
  },
}
