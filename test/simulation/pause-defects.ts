/** Deliberate mistakes in the rules about pauses of failovers. */
import type { Defect } from './defects.ts'

export const PAUSE_DEFECTS: readonly Defect[] = [
  {
    name: 'a paused sentinel votes',
    file: 'election/pause.ts',
    find: '  if (pause === undefined) return castVote(',
    replace: '  if (pause === undefined || orderNotice === undefined) return castVote(',
  },
  {
    name: 'a paused sentinel becomes a candidate',
    file: 'election/candidacy.ts',
    find: '(master.odown && master.pause === undefined) || adopts',
    replace: 'master.odown || adopts',
  },
  {
    name: 'an election goes on when a pause begins',
    file: 'election/election.ts',
    find: '  if (giveUpForPause(turn, master)) return\n',
    replace: '',
  },
  {
    name: 'a pause ends with the process',
    file: 'election/pause.ts',
    find: '    if (leftMs > 0) setPause(',
    replace: '    if (leftMs < 0) setPause(',
  },
  {
    name: 'a pause is called effective with one sentinel too few',
    file: 'election/pause.ts',
    find: 'effective: paused >= needed',
    replace: 'effective: paused + 1 >= needed',
  },
  {
    name: 'a pause is called effective although a vote may still elect somebody',
    file: 'election/pause.ts',
    find: 'if (votedForOtherAt === undefined || configEpoch === leaderEpoch) return true',
    replace: 'if (votedForOtherAt === undefined || leaderEpoch >= 0n) return true',
  },
]
