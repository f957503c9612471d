/** A pause of failovers in words. */
import type { PauseView } from '../core/index.ts'
import { count } from '../text/index.ts'
import { durationText } from './duration-text.ts'

/** A sentence without a full stop. */
export function pauseText({ leftMs, untilWall, reason, paused, known, needed, effective }: PauseView): string {
  const why = reason === undefined ? '' : `; the reason is "${reason}"`
  return `This sentinel neither starts a failover nor votes for another ${durationText(leftMs)}, until ${new Date(untilWall).toISOString()}${why};`
    + ` ${paused} of ${count(known, 'sentinel')} ${paused === 1 ? 'is' : 'are'} known to be paused`
    + (effective ? ', so no failover is possible by itself' : `, and failovers stay possible until ${needed} are`)
}
