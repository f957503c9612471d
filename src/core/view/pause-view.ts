import { countPauses } from '../election/pause.ts'
import type { Master } from '../state/master.ts'
import type { PauseCount } from '../operation.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'

/** The pause of failovers on this sentinel, and what the peers told last about theirs. */
export interface PauseView extends PauseCount {
  /** Unix time in milliseconds at which it ends. */
  readonly untilWall: number
  readonly leftMs: Millis
  readonly reason: string | undefined
}

export function viewPause(state: SentinelState, master: Master, now: Millis): PauseView | undefined {
  const { pause } = master
  if (pause === undefined) return undefined
  const { kept: { until, reason } } = pause
  return { untilWall: until, leftMs: Math.max(0, pause.until - now), reason, ...countPauses(state, master, now) }
}
