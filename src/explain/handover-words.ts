import type { HandoverObstacle } from '../core/index.ts'
import { ruleText } from './obstacle-words.ts'

/** Why a replica cannot take over from its master, as the end of a sentence. */
export function handoverObstacleText(why: HandoverObstacle): string {
  switch (why) {
    case 'unknown':
      return 'is no known replica of this master'
    case 'not-online':
      return 'is not listed as online by its master'
    case 'other-data':
      return 'does not have the replication id of its master'
    default:
      return ruleText(why, 'one')
  }
}
