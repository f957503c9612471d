/**
 * Majorities of one set share a voter, and each votes once: an epoch has one leader (behaviour.md 16.1, 4). A sentinel
 * that was made to forget others (RESET) counts its majority in a smaller set; two leaders whose majorities together
 * fit into the deployment without sharing a voter are a known weakness of the design (behaviour.md 16.3, 5). So is a
 * vote that was forgotten in a crash because the disk had refused it: failovers go on without a disk.
 */
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

export const oneLeaderPerEpoch: Checker = {
  invariant: 'one leader for each master and epoch',
  watch: ({ cluster, attempts, votes, report }) => {
    const leaders = new Map<string, { readonly name: string, readonly needed: number }>()
    return {
      said: (sentinel, { name, master = '' }) => {
        if (name !== '+elected-leader') return
        const attempt = attempts.current(sentinel, master)
        if (attempt === undefined) {
          report(`${sentinel.name} was elected for ${master} without having stood`)
          return
        }
        if (attempt.isForced) return
        const key = `${master} ${attempt.epoch}`
        const other = leaders.get(key)
        const leader = { name: sentinel.name, needed: votesNeeded(sentinel, master) }
        leaders.set(key, leader)
        if (other === undefined) return
        const isSplit = other.needed + leader.needed <= cluster.sentinels.length
        if (isSplit || votes.wasForgotten(master, attempt.epoch)) attempts.contest(master, attempt.epoch)
        else report(`${other.name} and ${leader.name} both lead ${master} in epoch ${attempt.epoch}`)
      },
    }
  },
}

/** In the eyes of this sentinel. */
function votesNeeded(sentinel: SentinelNode, master: string): number {
  const { view } = sentinel
  const now = sentinel.now()
  const known = (view?.peers(master, now).length ?? 0) + 1
  return Math.max(Math.floor(known / 2) + 1, view?.master(master, now)?.quorum ?? 1)
}
