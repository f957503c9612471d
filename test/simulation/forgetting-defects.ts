/** Deliberate mistakes in the rules about forgotten replicas and sentinels. */
import type { Defect } from './defects.ts'

export const FORGETTING_DEFECTS: readonly Defect[] = [
  {
    name: 'a minority may forget the others',
    file: 'operations/forget.ts',
    find: '    if (isSmaller) return {',
    replace: '    if (isSmaller && turn.now.mono < 0) return {',
  },
  {
    name: 'a sentinel expires although none has taken its place',
    file: 'configuration/dead-records.ts',
    find: 'return master.peers.size >= master.aliveAtOnce &&',
    replace: 'return master.peers.size >= 0 &&',
  },
  {
    name: 'a forgotten replica that comes back stays forgotten',
    file: 'monitoring/info-refresh.ts',
    find: 'if (tombstone.isListed || !isLive) return true',
    replace: 'if (tombstone.isListed || !isLive || turn.now.wall > 0) return true',
  },
  {
    name: 'a replaced master that is dead for long expires',
    file: 'configuration/dead-records.ts',
    find: '      if (!comesBackByItself(turn, master, replica)) continue\n',
    replace: '',
  },
  {
    name: 'a sentinel that was forgotten for its time stays away for good',
    file: 'configuration/forgotten-sentinels.ts',
    find: '  const isNews = hello.configEpoch > master.configEpoch\n',
    replace: '  if (turn.now.wall >= 0) return true\n  const isNews = hello.configEpoch > master.configEpoch\n',
  },
  {
    name: 'a restart forgets the voters that RESET removed',
    file: 'sentinel.ts',
    find: '    loadVoters(turn, this.#ownState)\n',
    replace: '',
  },
  {
    name: 'a configuration is saved before the voters that it lacks',
    file: 'election/voters.ts',
    find: '  turn.keepBeforeSave()\n',
    replace: '  turn.keep()\n',
  },
]
