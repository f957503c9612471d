/**
 * A node of another deployment is never promoted nor given orders: not while the last INFO reply that the sentinel has
 * of it shows a working link to a server of that deployment, with an id that only its data ever had
 * (docs/decisions/0048-lineage-and-foreign-nodes.md). A sentinel that knows no id of its master's data cannot tell.
 */
import type { Cluster } from '../cluster.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

/** Whether the master itself was promoted with the data of the other deployment, which are ours from then on. */
function hasStrangeMaster(cluster: Cluster, { view }: SentinelNode, group: string): boolean {
  const address = view?.clientAddress(group)
  const node = address === undefined ? undefined : cluster.nodeAt(cluster.network.firstIp(address.host), address.port)
  return node !== undefined && node.dataset.origin !== group
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
          const isUnknown = (memory?.state.lineage.get(group)?.length ?? 0) === 0
          if (isUnknown || hasStrangeMaster(cluster, sentinel, group)) continue
          const infos = view?.infoCache(group, now) ?? []
          for (const [at, replica] of (view?.replicas(group, now) ?? []).entries()) {
            if (cluster.network.firstIp(replica.host) !== toIp) continue
            const info = infos[1 + at]?.text ?? ''
            const id = /^master_replid:(\S+)/m.exec(info)?.[1] ?? ''
            const isLinked = /^master_link_status:up\r?$/m.test(info) && /^master_host:10\.0\.20\./m.test(info)
            if (isLinked && foreignIds.has(id)) report(`${sentinel.name} orders ${argv.join(' ')} to ${replica.name}, which is foreign`)
          }
        }
      },
    }
  },
}
