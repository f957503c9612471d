/** Contents of the file of our own state. */
import type { FailoverRecord } from '../../../src/events/index.ts'
import { NOTHING_UNKNOWN, type OwnContent } from '../../../src/own-state/format.ts'

export const id = (number: number): string => number.toString(16).padStart(40, '0')

export function failover(changes: Partial<FailoverRecord> = {}): FailoverRecord {
  return {
    master: 'mymaster', role: 'leader', outcome: 'switched', reason: undefined, epoch: 7n,
    startedWall: 1_700_000_001_000, durationMs: 201.5, from: { host: '10.0.0.1', port: 6379 }, to: { host: '::1', port: 6380 },
    phases: [
      { name: '+sdown', wall: 1_700_000_001_000, sinceStartMs: 0 },
      { name: '+switch-master', wall: 1_700_000_001_201, sinceStartMs: 201.5 },
    ],
    isBeforeRestart: true, ...changes,
  }
}

export const ABORTED = failover({
  outcome: 'aborted', reason: '-failover-abort-not-elected', epoch: undefined, from: undefined, to: undefined, phases: [],
})

/** Names that JSON or objects treat in a special way, and one in byte text. */
export const NAMES = ['mymaster', '__proto__', 'constructor', 'a"b\\c', 'm\u00fc\u007f', '', '0']

export function content(changes: Partial<OwnContent> = {}): OwnContent {
  return {
    lineage: new Map([['mymaster', [id(2), id(1)]], ['other', []]]),
    failovers: new Map([['mymaster', [ABORTED, failover({ role: 'follower', outcome: 'adopted' })]]]),
    unknown: NOTHING_UNKNOWN,
    ...changes,
  }
}
