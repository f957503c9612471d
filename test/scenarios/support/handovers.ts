/** What the stories about coordinated failovers share (docs/decisions/0051-coordinated-failover.md). */
import { Writer } from '../../simulator/index.ts'
import type { Stage } from './stage.ts'

export const ORDER = { kind: 'failover', name: 'mymaster', coordinated: {} } as const

/** The events of the leader, without those that name other replicas; the same as of any failover. */
export const EVENTS_OF_THE_LEADER = [
  '+new-epoch', '+try-failover', '+vote-for-leader', '+elected-leader', '+failover-state-select-slave',
  '+selected-slave', '+failover-state-send-slaveof-noone', '+failover-state-wait-promotion', '+promoted-slave',
  '+failover-state-reconf-slaves', '+failover-end', '+switch-master',
]

/** A client that writes every 5 ms; `at` tells several apart. */
export function write(stage: Stage, at = 0): Writer {
  return new Writer(stage.cluster, { name: `w${at}`, ip: `10.0.9.${at + 1}`, group: 'mymaster', everyMs: 5, firstId: 1 + at * 1_000_000 })
}

/** Acknowledged writes that the master does not have. */
export function lost(stage: Stage, ...writers: readonly Writer[]): number {
  const master = stage.cluster.node(stage.agreedMaster ?? '')
  const kept = new Set(master.dataset.writes.map(({ id }) => id))
  return writers.flatMap(({ acknowledged }) => acknowledged).filter(({ id }) => !kept.has(id)).length
}

/** No server pauses its clients. */
export function isFree({ cluster: { nodes } }: Stage): boolean {
  return nodes.every(({ handover }) => !handover.pausesWrites)
}
