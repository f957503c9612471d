/**
 * A fault that waits for its moment: the first time that any sentinel says the event, it strikes a little later at
 * whoever is concerned. Failovers are short; faults at random times seldom meet one.
 */
import type { CoreEventName, SentinelEvent } from '../../src/core/index.ts'
import type { Cluster } from './cluster.ts'
import { subjectOf } from './event-text.ts'
import type { Fault } from './faults.ts'
import type { SentinelNode } from './sentinel-node.ts'

export interface Ambush {
  readonly event: CoreEventName
  readonly delayMs: number
  readonly strike: Strike
}

/** A voter is a speaker whose vote is for another sentinel. */
export type Strike =
  | 'kill the speaker' | 'kill the voter' | 'pause the speaker' | 'isolate the speaker' | 'reset the speaker'
  | 'kill the node' | 'pause the node' | 'isolate the node' | 'failover elsewhere'
  | 'isolate the speaker, then kill the node'
  /** All other sentinels lose the speaker and the nodes. */
  | 'isolate the others'

/** Time for the others to turn the old master, which has come back, into a replica in step. */
const KILL_LATER_MS = 17_000

/** `apply` runs the fault that it turns into. */
export function layAmbush(
  cluster: Cluster, ambush: Ambush & { readonly ms: number }, apply: (fault: Fault) => void,
): void {
  let isOver = false
  cluster.observers.add({
    said: (sentinel, event) => {
      if (isOver || event.name !== ambush.event) return
      const isOwnVote = event.name === '+vote-for-leader' && event.leader === sentinel.id
      if (ambush.strike === 'kill the voter' && isOwnVote) return
      isOver = true
      const fault = strikeOf(cluster, ambush, { sentinel, event })
      if (fault === undefined) return
      const later = (ms: number, what: Fault) => {
        cluster.queue.after(ms * 1000, () => { if (!cluster.isHealed) apply(what) })
      }
      later(ambush.delayMs, fault)
      const node = cluster.nodeAt(subjectOf(event)?.host ?? '')?.name
      if (ambush.strike !== 'isolate the speaker, then kill the node' || node === undefined) return
      later(ambush.delayMs + KILL_LATER_MS, { kind: 'kill-node', node, ms: ambush.ms, withData: true, loadMs: 0 })
    },
  })
}

interface Heard {
  readonly sentinel: SentinelNode
  readonly event: SentinelEvent
}

function strikeOf(
  cluster: Cluster, { strike, ms }: { strike: Strike, ms: number }, heard: Heard,
): Fault | undefined {
  const speaker = heard.sentinel.name
  const { master: group = '' } = heard.event
  const node = cluster.nodeAt(subjectOf(heard.event)?.host ?? '')?.name
  switch (strike) {
    case 'kill the speaker':
    case 'kill the voter':
      return { kind: 'kill-sentinel', sentinel: speaker, ms }
    case 'pause the speaker':
      return { kind: 'pause-sentinel', sentinel: speaker, ms }
    case 'isolate the speaker':
    case 'isolate the speaker, then kill the node':
      return { kind: 'partition', side: [speaker], isOneWay: false, ms }
    case 'isolate the others': {
      const others = cluster.sentinels.map(({ name }) => name).filter((name) => name !== speaker)
      return { kind: 'partition', side: others, isOneWay: false, ms }
    }
    case 'reset the speaker':
      return { kind: 'operator', sentinel: speaker, operation: { kind: 'reset', pattern: '*' } }
    case 'kill the node':
      return node === undefined ? undefined : { kind: 'kill-node', node, ms, withData: true, loadMs: 0 }
    case 'pause the node':
      return node === undefined ? undefined : { kind: 'pause-node', node, ms }
    case 'isolate the node':
      return node === undefined ? undefined : { kind: 'partition', side: [node], isOneWay: false, ms }
    case 'failover elsewhere': {
      const other = cluster.sentinels.find(({ name, isUp }) => name !== speaker && isUp)
      return other === undefined
        ? undefined
        : { kind: 'operator', sentinel: other.name, operation: { kind: 'failover', name: group } }
    }
  }
}
