/** The records of one sentinel (behaviour.md 1.2). */
import type { Master } from './master.ts'
import type { Peer } from './peer.ts'
import type { Replica } from './replica.ts'

export type Instance = Master | Replica | Peer
export type DataNode = Master | Replica

export function dataNodesOf(master: Master): DataNode[] {
  return [master, ...master.replicas.values()]
}
