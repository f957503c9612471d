/**
 * Where a new connection leads, or why it gets none. Pure: settings, view of the topology and time in, decision out.
 */
import { hostAndPort } from '../../text/index.ts'
import type { Minority, ReadFrom } from '../settings/settings.ts'
import type { NodeAddress, ReadNode, Shard, TopologyView } from '../topology/topology.ts'
import { chooseReadNode } from './read-node.ts'

/** Which listener a client came to. */
export type Purpose = 'write' | 'read'

/** The role for which a node was chosen. A connection is cut when its node loses it. */
export type Role = 'master' | 'replica'

export type Destination =
  | { readonly kind: 'to', readonly address: NodeAddress, readonly role: Role }
  /** No node can be used now. `error` is what the client gets if that does not change in time. */
  | { readonly kind: 'wait', readonly error: string }
  | { readonly kind: 'refuse', readonly error: string, readonly reason: 'minority' }

export interface RouteRules {
  readonly readFrom: ReadFrom
  /** The zone of the proxy. */
  readonly zone: string | undefined
  readonly minority: Minority
  readonly waitForMasterMs: number
}

/** What the proxy knows about its own connections. */
export interface ConnectionFacts {
  /** Monotonic time in milliseconds. */
  readonly now: number
  /** Open connections to a node. */
  connectionsTo(address: NodeAddress): number
  /** Whether a connection to the node could not be made a moment ago. */
  isFailing(address: NodeAddress): boolean
}

/** Decides about a new connection. */
export function routeConnection(
  purpose: Purpose, rules: RouteRules, view: TopologyView, facts: ConnectionFacts,
): Destination {
  if (isMinority(rules, view, facts.now)) return { kind: 'refuse', reason: 'minority', error: minorityError(view) }
  const shard = view.shardOf()
  if (shard === undefined) return { kind: 'wait', error: 'ERR the topology is not known yet' }
  if (purpose === 'write' || rules.readFrom === 'master') return toMaster(shard, facts)
  return toReadNode(shard, rules, facts)
}

/** Whether new clients are refused, because too few sentinels answer to know of a failover. */
export function isMinority(
  { minority, waitForMasterMs }: Pick<RouteRules, 'minority' | 'waitForMasterMs'>, { uncertainFrom }: TopologyView, now: number,
): boolean {
  return minority === 'refuse' && uncertainFrom !== undefined && now - uncertainFrom > waitForMasterMs
}

/** Whether a connection that was made for this role may stay. */
export function mayStay(address: NodeAddress, role: Role, view: TopologyView): boolean {
  const shard = view.shardOf()
  const nodes = role === 'master' ? [shard?.master] : shard?.replicas ?? []
  return nodes.some((node) => node !== undefined && keyOf(node) === hostAndPort(address.host, address.port))
}

function toMaster({ name, master }: Shard, facts: ConnectionFacts): Destination {
  if (master === undefined) return { kind: 'wait', error: noMaster(name, 'the sentinels name none') }
  if (facts.isFailing(master.address)) return { kind: 'wait', error: noMaster(name, `${keyOf(master)} cannot be reached`) }
  return { kind: 'to', address: master.address, role: 'master' }
}

function toReadNode(shard: Shard, rules: RouteRules, facts: ConnectionFacts): Destination {
  const { name, master, replicas } = shard
  const usable = replicas.filter(({ address }) => !facts.isFailing(address))
  const candidates = rules.readFrom === 'nearest' && master !== undefined && !facts.isFailing(master.address)
    ? [...usable, master] : usable
  const node = chooseReadNode(candidates, rules.zone, (address) => facts.connectionsTo(address))
  if (node !== undefined) return { kind: 'to', address: node.address, role: node === master ? 'master' : 'replica' }
  if (rules.readFrom !== 'replica') return toMaster(shard, facts)
  return { kind: 'wait', error: `ERR no replica for '${name}': none is in service. Try again, or set read-from prefer-replica` }
}

function noMaster(name: string, why: string): string {
  return `ERR no master for '${name}': ${why}. A failover may be running; try again`
}

function minorityError(view: TopologyView): string {
  const name = view.shardOf()?.name ?? ''
  return `ERR no master for '${name}': too few sentinels answer to know it for certain. Check the sentinels, or set minority serve`
}

function keyOf({ address }: ReadNode): string {
  return hostAndPort(address.host, address.port)
}
