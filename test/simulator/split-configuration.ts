/**
 * What genuine sentinels leave behind that are ordered to fail over at the same time: both promote a node under the
 * same config-epoch (behaviour.md 16.3.6). Two sentinels get files that say so, and the replica that one of them names
 * becomes a master.
 */
import type { DurableState } from '../../src/core/index.ts'
import type { Cluster } from './cluster.ts'

export interface Split {
  readonly group: string
  readonly sentinels: readonly [string, string]
  readonly replica: string
}

/**
 * Does nothing where names would have to be written, where a sentinel does not know the nodes, or where the replica has
 * priority 0: no sentinel would have promoted it.
 */
export function splitConfiguration(cluster: Cluster, { group, sentinels, replica }: Split): void {
  const node = cluster.node(replica)
  const [one, other] = [cluster.sentinel(sentinels[0]), cluster.sentinel(sentinels[1])]
  const epoch = cluster.sentinels.reduce((highest, { view, disk }) => (
    maximum(highest, maximum(view?.currentEpoch ?? 0n, disk.content.currentEpoch))
  ), 0n) + 1n
  const keeps = withConfiguration(one.disk.content, { group, epoch, ip: undefined })
  const differs = withConfiguration(other.disk.content, { group, epoch, ip: node.ip })
  if (cluster.hasNames || !node.isUp || node.isMaster || node.priority === 0 || one === other) return
  if (keeps === undefined || differs === undefined) return
  cluster.disputes.add(`${group} ${epoch}`)
  for (const [sentinel, content] of [[one, keeps], [other, differs]] as const) {
    sentinel.kill()
    sentinel.disk.content = content
    sentinel.start()
  }
  node.replicaOf('no', 'one')
}

/** The state with the config-epoch, and with the replica at the address as the master. */
function withConfiguration(
  state: DurableState, { group, epoch, ip }: { group: string, epoch: bigint, ip: string | undefined },
): DurableState | undefined {
  const master = state.masters.find(({ name }) => name === group)
  if (master === undefined) return undefined
  const { host, port, replicas } = master
  const chosen = replicas.find((replica) => replica.host === ip)
  if (ip !== undefined && chosen === undefined) return undefined
  const swapped = chosen === undefined
    ? {}
    : { ...chosen, replicas: replicas.map((replica) => replica === chosen ? { host, port } : replica) }
  const changed = { ...master, configEpoch: epoch, leaderEpoch: epoch, ...swapped }
  return { ...state, currentEpoch: epoch, masters: state.masters.map((one) => one === master ? changed : one) }
}

function maximum(one: bigint, other: bigint): bigint {
  return one > other ? one : other
}
