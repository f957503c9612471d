/** Metrics of each replica, and of the nodes that refuse commands. Their labels do not change with a failover. */
import type { MasterExplanation, ReplicaView } from '../../core/index.ts'
import { addressText } from '../../explain/index.ts'
import { isHealthy, type Watched } from '../instances.ts'
import { refusalCause } from './refusal-cause.ts'
import { SharedLabels, type MetricsText, type Sample } from '../../prometheus/index.ts'

export function replicaMetrics(text: MetricsText, all: readonly Watched[]): void {
  const replicas = all.flatMap(({ master, replicas: known }) => known.map((replica) => (
    { replica, labels: new SharedLabels({ master_name: master.name, replica_address: addressText(replica) }) }
  )))
  const samples = (value: (replica: ReplicaView) => number): Sample[] => (
    replicas.map(({ replica, labels }) => ({ labels, value: value(replica) }))
  )
  text.gauge('redis_sentinel_replica_up', '1 while the replica answers this sentinel',
    ...samples((replica) => isHealthy(replica) ? 1 : 0))
  text.gauge('redis_sentinel_replica_link_up', '1 while the replica is up and, in its last INFO, connected to its master',
    ...samples((replica) => isHealthy(replica) && replica.masterLinkUp ? 1 : 0))
  text.gauge('redis_sentinel_replica_link_down_seconds', 'How long the replica has been cut off from its master, in its last INFO; absent when it never had a link',
    ...replicas.flatMap(({ replica: { masterLinkDownMs }, labels }): Sample[] => (
      masterLinkDownMs < 0 ? [] : [{ labels, value: masterLinkDownMs / 1000 }]
    )))
  text.gauge('redis_sentinel_replica_priority', 'replica-priority of the replica; 0: it is never promoted',
    ...samples(({ priority }) => priority))
  text.gauge('redis_sentinel_replica_lag_bytes', 'Bytes of the replication stream that the replica lacked in its last INFO; absent when they cannot be compared',
    ...replicas.flatMap(({ replica: { lagBytes }, labels }): Sample[] => (
      lagBytes === undefined ? [] : [{ labels, value: lagBytes }]
    )))
}

/** One master with its explanation. */
export interface Explained {
  readonly name: string
  readonly explanation: MasterExplanation
}

/** Only of nodes that refuse something: the nodes of a fleet are many, and few of them ever do. */
export function refusalMetrics(text: MetricsText, all: readonly Explained[]): void {
  text.gauge('redis_sentinel_node_refuses', '1 while the node refuses commands of this sentinel, by what must be corrected; absent otherwise',
    ...all.flatMap(({ name, explanation }) => nodesOf(explanation).flatMap(([role, node]): Sample[] => {
      const cause = refusalCause(node.refusals)
      if (cause === undefined) return []
      return [{ labels: { master_name: name, role, address: addressText(node), cause }, value: 1 }]
    })))
}

type Role = 'master' | 'replica' | 'sentinel'
type NodeExplanation = Pick<MasterExplanation, 'host' | 'port' | 'refusals'>

function nodesOf(explanation: MasterExplanation): readonly (readonly [Role, NodeExplanation])[] {
  return [
    ['master', explanation],
    ...explanation.replicas.map((replica) => ['replica', replica] as const),
    ...explanation.sentinels.map((sentinel) => ['sentinel', sentinel] as const),
  ]
}
