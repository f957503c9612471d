/** No data node is told to follow itself, under whatever address or name (behaviour.md 5.3, 9.6). */
import type { Checker } from './watch.ts'

export const noSelfFollowing: Checker = {
  invariant: 'no node is told to follow itself',
  watch: ({ cluster, report }) => ({
    sent: (sentinel, [command, host = '', port = ''], _request, toIp) => {
      if (command !== 'SLAVEOF' || port === 'ONE' || cluster.network.firstIp(host) !== toIp) return
      report(`${sentinel.name} told ${cluster.nodeAt(toIp)?.name} to follow ${host}:${port}, which is itself`)
    },
  }),
}
