/**
 * What the rest of the proxy knows about the nodes: which is the master, which replicas serve reads, and who owns a
 * slot. Only the implementation knows how that is found out: by sentinels (src/proxy/sentinels); one for Redis Cluster
 * is planned.
 */

export interface NodeAddress {
  readonly host: string
  readonly port: number
}

/** A replica that may serve reads. */
export interface ReadNode {
  readonly address: NodeAddress
  /** Undefined: the zone is not known. */
  readonly zone: string | undefined
}

/** A master with its replicas. A Sentinel fleet has one shard, which owns all slots. */
export interface Shard {
  /** The name of the shard in messages. */
  readonly name: string
  /** The believed master; undefined while none is. */
  readonly master: ReadNode | undefined
  /** The replicas in service. */
  readonly replicas: readonly ReadNode[]
}

export interface TopologyView {
  /**
   * The shard that owns this slot; without a slot, the only one of a Sentinel fleet. Undefined: a slot without an
   * owner.
   */
  shardOf(slot?: number): Shard | undefined
  /**
   * Monotonic time, in milliseconds, since when too few sources answer to be sure of the view; undefined: enough do.
   */
  readonly uncertainFrom: number | undefined
}

/** Something that happened to one node of a shard. */
export type TopologyChange =
  /** The master of the shard is another node now, or there is none. */
  | { readonly kind: 'master', readonly from: NodeAddress | undefined, readonly to: NodeAddress | undefined }
  /** The node does not serve reads any more. */
  | { readonly kind: 'replica-out', readonly address: NodeAddress, readonly reason: string }
  /** The node serves reads from now on. */
  | { readonly kind: 'replica-in', readonly address: NodeAddress }

export interface Topology {
  readonly view: TopologyView
  /** Calls the listener for every change, after `view` has it. */
  onChange(listener: (change: TopologyChange) => void): void
  /** A connection to a node broke or could not be made: the sources are asked soon. */
  suspect(): void
  start(): void
  stop(): void
}

export function isSameAddress(one: NodeAddress | undefined, other: NodeAddress | undefined): boolean {
  return one?.host === other?.host && one?.port === other?.port
}

/** The master and the replicas in service. */
export function addressesOf(view: TopologyView): readonly NodeAddress[] {
  const { master, replicas = [] } = view.shardOf() ?? {}
  return [...replicas, ...master === undefined ? [] : [master]].map(({ address }) => address)
}
