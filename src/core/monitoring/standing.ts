/** How far the data of a node are, by an INFO reply. */
import type { Standing } from '../state/handover.ts'
import type { InfoFacts } from './info-parser.ts'

/** Undefined where the server reports no replication id (before Redis 4.0). */
export function standingOf({ replid, ownOffset, changes, savedAt }: InfoFacts): Standing | undefined {
  return replid === undefined || ownOffset === undefined ? undefined : { replid, offset: ownOffset, changes, savedAt }
}
