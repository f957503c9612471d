/**
 * A master that only pauses writes (CLIENT PAUSE WRITE) works: it is not taken for down. Judged until anything else
 * goes wrong in the run, because a partition or a stall may be the reason then.
 */
import type { Checker } from './watch.ts'

export const pausedMasterStays: Checker = {
  invariant: 'a master that only pauses writes is not taken for down',
  watch: ({ cluster, report }) => {
    let isJudged = true
    return {
      disturbed: (what) => { isJudged &&= what.includes('pause-writes') || what.startsWith('VIOLATION') },
      said: (sentinel, event) => {
        if (!isJudged || event.name !== '+sdown' || event.subject.kind !== 'master') return
        const node = cluster.nodeAt(cluster.network.firstIp(event.subject.host))
        if (node?.pausesWrites === true && node.isUp && !node.isPaused) report(`${sentinel.name} takes ${node.name} for down`)
      },
    }
  },
}
