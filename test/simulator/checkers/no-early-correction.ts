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
    const histories = new Map<string, Change[]>()
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
          const wrong = histories.get(subject?.host ?? '')?.findLast(({ target }) => (
            isConversion ? target === 'nobody' : target !== 'nobody' && target !== known?.host
          ))
          const waited = cluster.nowMs - (wrong?.atMs ?? -Infinity)
          if (waited < wait * DRIFT) report(`${sentinel.name} says ${name} of ${subject?.name} after ${Math.round(waited)} of ${wait} ms`)
        }
      },
    }
  },
}

interface Change {
  readonly atMs: number
  /** Whom it follows since then. */
  readonly target: string
}
