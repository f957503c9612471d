/**
 * No data node is told to follow itself, under whatever address or name (behaviour.md 5.3, 9.6). An order that goes out
 * on a connection to the process before a restart never arrives.
 */
import type { Checker } from './watch.ts'

export const noSelfFollowing: Checker = {
  invariant: 'no node is told to follow itself',
  watch: ({ cluster, report }) => ({
    nodeChanged: (node, what) => {
      const host = /^replicates (.*):\d+$/.exec(what)?.[1]
      if (host !== undefined && cluster.network.firstIp(host) === node.ip) report(`${node.name} ${what}, which is itself`)
    },
  }),
}
