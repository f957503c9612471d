/**
 * A replica is told to follow the configured master only after the waits that give a leader's newer configuration
 * time to arrive: 4x publish period for one that claims to be master, failover-timeout for one that follows another.
 * Real changes come before reported ones, so the waits must hold in the data node's own history (behaviour.md 5.3).
 * Several sentinels may repair the same node at once: what counts is when it last went wrong.
 */
import { tunable, type Checker } from './watch.ts'

/** Clocks of sentinels may run this much fast. */
const DRIFT = 0.97

export const noEarlyCorrection: Checker = {
  invariant: 'no correction of a data node before its time',
  watch: ({ cluster, disputes, report }) => {
    const histories = new Map<string, Change[]>(cluster.nodes.map((node) => (
      [node.ip, [{ atMs: -Infinity, target: node.replication.master?.host ?? 'nobody' }]]
    )))
    return {
      nodeChanged: (node, what) => {
        const target = what === 'is a master now' ? 'nobody' : /^replicates (.*):\d+$/.exec(what)?.[1]
        if (target === undefined) return
        const history = histories.get(node.ip) ?? []
        history.push({ atMs: cluster.nowMs, target })
        histories.set(node.ip, history)
      },
      stepped: (sentinel, _input, effects, now) => {
        for (const effect of effects) {
          if (effect.type !== 'emit') continue
          const { name, master = '', subject } = effect.event
          if (name !== '+convert-to-slave' && name !== '+fix-slave-config') continue
          // Two sides of a dispute mend what the other one has mended.
          if (disputes.has(master)) continue
          const known = sentinel.view?.master(master, now)
          const isConversion = name === '+convert-to-slave'
          const wait = isConversion ? 4 * tunable(sentinel.view, 'publish-period') : known?.failoverTimeoutMs ?? 0
          const isWrong = (target: string) => (
            isConversion ? target === 'nobody' : target !== 'nobody' && target !== known?.host
          )
          const waited = cluster.nowMs - wrongSince(histories.get(subject?.host ?? '') ?? [], isWrong)
          if (waited < wait * DRIFT) report(`${sentinel.name} says ${name} of ${subject?.name} after ${Math.round(waited)} of ${wait} ms`)
        }
      },
    }
  },
}

/**
 * A change that lasted less than this may have been missed by a sentinel that was cut off: the longest fault of that
 * kind and some time to connect again. The original counts the time of a node that it did not see as well (Q11).
 */
const MISSED_MS = 45_000

/** When it began to be wrong, and stayed so but for moments. */
function wrongSince(history: readonly Change[], isWrong: (target: string) => boolean): number {
  let since = -Infinity
  let rightAt: number | undefined
  for (const { atMs, target } of history) {
    if (!isWrong(target)) {
      rightAt ??= atMs
      continue
    }
    if (rightAt !== undefined && atMs - rightAt >= MISSED_MS) since = atMs
    rightAt = undefined
  }
  return since
}

interface Change {
  readonly atMs: number
  /** Whom it follows since then. */
  readonly target: string
}
