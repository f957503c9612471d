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

/**
 * RESET during a partition can make a sentinel forget every node that it shares with the others; they can never meet
 * again by themselves. It is told the master anew, as it would be in a real deployment. False when there is none.
 */
export function reunite(cluster: Cluster): boolean {
  const others = cluster.sentinels.length - 1
  const islands = cluster.groups.flatMap(({ name }) => {
    const views = cluster.sentinels.map((sentinel) => ({
      sentinel, name, master: sentinel.view?.master(name, sentinel.now()),
    }))
    const newest = views.reduce((epoch, { master }) => (
      master !== undefined && master.configEpoch > epoch ? master.configEpoch : epoch
    ), 0n)
    return views.filter(({ master }) => (
      master !== undefined && master.otherSentinelCount < others && master.configEpoch < newest
    ))
  })
  let left = islands.length
  for (const { sentinel, name } of islands) {
    sentinel.operate({ kind: 'remove', name }, () => {
      left -= 1
      if (left === 0) watchAgain(cluster)
    })
  }
  return islands.length > 0
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
            { option: 'down-after-milliseconds', kind: 'time', setting: 'downAfterMs', value: options.downAfterMs ?? 2000 },
            { option: 'failover-timeout', kind: 'time', setting: 'failoverTimeoutMs', value: options.failoverTimeoutMs ?? 10_000 },
          ],
        })
      })
    }
  }
}
