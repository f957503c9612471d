/** What a careful operator does after the chaos: masters that were removed are monitored again where others say. */
import type { Operation } from '../../src/core/index.ts'
import type { Cluster } from '../simulator/index.ts'

export function watchAgain(cluster: Cluster): void {
  for (const { name, options } of cluster.groups) {
    const knowing = cluster.sentinels.filter(({ view }) => view?.hasMaster(name) === true)
    const best = knowing
      .map((sentinel) => ({ sentinel, epoch: sentinel.view?.master(name, sentinel.now())?.configEpoch ?? 0n }))
      .sort((a, b) => a.epoch === b.epoch ? 0 : a.epoch > b.epoch ? -1 : 1)[0]
    const address = best?.sentinel.view?.clientAddress(name)
      ?? { host: cluster.nodesOf(name).find(({ isMaster }) => isMaster)?.ip ?? cluster.nodesOf(name)[0]?.ip ?? '', port: 6379 }
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
