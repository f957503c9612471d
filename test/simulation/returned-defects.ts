/** Deliberate mistakes in the rules about a replaced master that runs again. */
import type { Defect } from './defects.ts'

export const RETURNED_DEFECTS: readonly Defect[] = [
  {
    name: 'a returned master is demoted without a majority',
    isAboutVotes: true,
    file: 'monitoring/returned-master.ts',
    find: 'return confirming >= majorityOfAll(state, master, now.mono)',
    replace: 'return confirming >= 0',
  },
  {
    name: 'a later vote does not keep a returned master from its demotion',
    isAboutVotes: true,
    file: 'monitoring/returned-master.ts',
    find: '    if (knowsLater(master, peer)) return false\n',
    protection: 'returned-master',
    replace: '',
  },
  {
    name: 'a later vote of its own does not keep a sentinel from the demotion',
    isAboutVotes: true,
    file: 'monitoring/returned-master.ts',
    find: '  if (master.leaderEpoch > master.configEpoch) return false\n',
    protection: 'returned-master',
    replace: '',
  },
  {
    name: 'every stray master counts as one that returned',
    file: 'monitoring/returned-master.ts',
    find: 'return replica.deposedAt !== undefined || ',
    replace: 'return true || ',
  },
]
