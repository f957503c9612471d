/** Contents of the file of our own state. */
import type { KeptTombstone } from '../../../src/core/index.ts'
import type { FailoverRecord } from '../../../src/events/index.ts'
import { NOTHING_UNKNOWN, type OwnContent } from '../../../src/own-state/format.ts'

export const id = (number: number): string => number.toString(16).padStart(40, '0')

export function failover(changes: Partial<FailoverRecord> = {}): FailoverRecord {
  return {
    master: 'mymaster', role: 'leader', outcome: 'switched', reason: undefined, epoch: 7n,
    startedWall: 1_700_000_001_000, durationMs: 201.5,
    isPlanned: false, attempt: 2, waitedMs: 40_000, lastAnswerWall: 1_699_999_930_000, outageMs: 70_500,
    from: { host: '10.0.0.1', port: 6379 }, to: { host: '::1', port: 6380 },
    phases: [
      { name: '+sdown', wall: 1_700_000_001_000, sinceStartMs: 0 },
      { name: '+switch-master', wall: 1_700_000_001_201, sinceStartMs: 201.5 },
    ],
    isBeforeRestart: true, ...changes,
  }
}

export const ABORTED = failover({
  outcome: 'aborted', reason: '-failover-abort-not-elected', epoch: undefined, from: undefined, to: undefined, phases: [],
  isPlanned: undefined, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined,
})

export function tombstone(changes: Partial<KeptTombstone> = {}): KeptTombstone {
  return {
    kind: 'sentinel', name: id(9), host: '10.0.0.3', port: 26379, by: 'operator', untilWall: 1_700_000_900_000, ignoresHellos: false,
    isListed: false, ...changes,
  }
}

/** Names that JSON or objects treat in a special way, and one in byte text. */
export const NAMES = ['mymaster', '__proto__', 'constructor', 'a"b\\c', 'm\u00fc\u007f', '', '0']

export function content(changes: Partial<OwnContent> = {}): OwnContent {
  return {
    lineage: new Map([['mymaster', [id(2), id(1)]], ['other', []]]),
    pauses: new Map([['mymaster', { since: 1_700_000_000_000, until: 1_700_000_060_000, reason: 'maintenance' }]]),
    schedules: new Map([['mymaster', { at: 1_700_000_000_000, to: { host: '::1', port: 6380 }, timeoutMs: undefined, configEpoch: 2n }]]),
    failovers: new Map([['mymaster', [ABORTED, failover({ role: 'follower', outcome: 'adopted' })]]]),
    forgotten: new Map([['mymaster', {
      aliveAtOnce: 3,
      tombstones: [
        tombstone({ kind: 'replica', name: '[::1]:6380', host: '::1', port: 6380, isListed: true }),
        tombstone({ by: 'expiry', ignoresHellos: true }),
      ],
    }], ['other', { aliveAtOnce: undefined, tombstones: [tombstone()] }]]),
    voters: new Map([['removed', { ids: [id(7), id(8)], least: 4, until: 1_700_000_600_000 }]]),
    unknown: NOTHING_UNKNOWN,
    ...changes,
  }
}
