/** What a careful operator does after the chaos. */
import type { Operation } from '../../src/core/index.ts'
import type { Cluster } from '../simulator/index.ts'

/**
 * Nobody remembers the master. An old one that came back and a promoted one may both say that they are it: the one
 * that took the most writes is right, as a careful operator sees by their data.
 */
function masterToChoose(cluster: Cluster, name: string): string {
  const nodes = cluster.nodesOf(name)
  const [master = nodes[0]] = nodes
    .filter(({ isMaster }) => isMaster)
    .sort((a, b) => b.dataset.writes.length - a.dataset.writes.length)
  return master?.ip ?? ''
}

/** Masters that were removed are monitored again where others say. */
export function watchAgain(cluster: Cluster): void {
  for (const { name, options } of cluster.groups) {
    const knowing = cluster.sentinels.filter(({ view }) => view?.hasMaster(name) === true)
    const best = knowing
      .map((sentinel) => ({ sentinel, epoch: sentinel.view?.master(name, sentinel.now())?.configEpoch ?? 0n }))
      .sort((a, b) => a.epoch === b.epoch ? 0 : a.epoch > b.epoch ? -1 : 1)[0]
    const address = best?.sentinel.view?.clientAddress(name)
      ?? { host: masterToChoose(cluster, name), port: 6379 }
    const majority = Math.floor(cluster.sentinels.length / 2) + 1
    for (const sentinel of cluster.sentinels) {
      if (knowing.includes(sentinel)) continue
      const operation: Operation = {
        kind: 'monitor', name, host: address.host, port: address.port, quorum: options.quorum ?? majority,
      }
      sentinel.operate(operation, () => {
        sentinel.operate({
          kind: 'set',
          name,
          changes: [
            { option: 'down-after-milliseconds', kind: 'down-after', ms: options.downAfterMs ?? 2000 },
            { option: 'failover-timeout', kind: 'failover-timeout', ms: options.failoverTimeoutMs ?? 10_000 },
          ],
        })
      })
    }
  }
}
