/** Chooses the node for a read connection. Pure. */
import { hostAndPort } from '../../text/index.ts'
import type { NodeAddress, ReadNode } from '../topology/topology.ts'

/**
 * Nodes in the zone of the proxy come first, where there is one; of these, the node with the fewest connections. Equal
 * nodes are ordered by address, so that the choice does not depend on the order in which they were found.
 */
export function chooseReadNode(
  nodes: readonly ReadNode[], zone: string | undefined, connectionsTo: (address: NodeAddress) => number,
): ReadNode | undefined {
  const near = zone === undefined ? [] : nodes.filter((node) => node.zone === zone)
  const [best] = (near.length > 0 ? near : nodes)
    .map((node) => {
      const { host, port } = node.address
      return { node, connections: connectionsTo(node.address), key: hostAndPort(host, port) }
    })
    .sort((one, other) => one.connections - other.connections || (one.key < other.key ? -1 : 1))
  return best?.node
}
