/** Deliberate mistakes in the rules about whose data a node holds, and whether a master lost its own. */
import type { Defect } from './defects.ts'

export const DATA_DEFECTS: readonly Defect[] = [
  {
    name: 'an empty replica is promoted after the master lost its data',
    file: 'failover/selection.ts',
    find: "  if (facts.lacksLostData) return 'lost-data'\n",
    replace: '',
  },
  {
    name: 'a master that restarted with its data counts as emptied',
    file: 'monitoring/lost-data.ts',
    find: ' && beganEmpty(facts)\n',
    replace: '\n',
  },
  {
    name: 'a master that wrote to an append-only file counts as emptied',
    file: 'monitoring/lost-data.ts',
    find: 'return hasAof === false && loadedKeys === false',
    replace: 'return hasAof !== undefined && loadedKeys === false',
  },
  {
    name: 'a master without its data is left alone because it answers',
    file: 'monitoring/lost-data.ts',
    find: "if (lostData?.stage === 'down') return lostData.since - 1",
    replace: "if (lostData?.stage === 'down' && sdown) return lostData.since - 1",
  },
  {
    name: 'a master without its data is replaced although no replica has them',
    file: 'monitoring/lost-data.ts',
    find: 'const copies = [...master.replicas.values()].filter((replica) => holdsLostData(turn.state, master, replica))',
    replace: 'const copies = [...master.replicas.values()]',
  },
  {
    name: 'a copy of the empty master counts as the lost data',
    file: 'monitoring/lost-data.ts',
    find: 'replica.hasKeys === true && replica.replid !== lostData.replid\n    && positionOf(replica) > lostData.offset && isOfLineage(state, master, replica)',
    replace: 'replica.offset >= 0n',
  },
  {
    name: 'a master without its data is replaced where that is to be reported only',
    file: 'monitoring/lost-data.ts',
    find: "wantsFailover ? 'down' : 'reported'",
    replace: "'down'",
  },
  {
    name: 'a foreign node may be promoted',
    file: 'monitoring/foreign-nodes.ts',
    find: 'return false\n  return mayBeOrdered(state, master, replica)\n',
    replace: 'return true\n  return true\n',
  },
  {
    name: 'a foreign node is ordered to follow our master',
    file: 'monitoring/foreign-nodes.ts',
    find: 'return replica.foreign === undefined\n    && !hasOtherMaster(state, master, replica) && !isStrangeMaster(state, master, replica)',
    replace: 'return master.replicas.size >= 0 || !hasOtherMaster(state, master, replica) || !isStrangeMaster(state, master, replica)',
  },
  {
    name: 'a master with two unknown replication ids is ordered to follow our master',
    file: 'monitoring/foreign-nodes.ts',
    find: "return replica.roleReported === 'master' && replica.replid2 !== undefined &&",
    replace: "return replica.roleReported === 'unknown' && replica.replid2 !== undefined &&",
  },
  {
    name: 'a returned master is demoted at once whatever its data are',
    file: 'failover/correction.ts',
    find: " && master.failover.phase === 'none' && isCertainlyOurs(turn.state, master, replica)",
    replace: " && master.failover.phase === 'none'",
  },
  {
    name: 'the replicas of a returned master do not show whose it is',
    file: 'monitoring/foreign-nodes.ts',
    find: 'return wasMaster && node.replid2 === undefined && !node.listsStrangers',
    replace: 'return wasMaster && node.replid2 === undefined',
  },
  {
    name: 'another server at the address of the candidate counts as promoted',
    file: 'monitoring/foreign-nodes.ts',
    find: 'if (!isStartedAgain(candidate) || ',
    replace: 'if (candidate.id >= 0 || !isStartedAgain(candidate) || ',
    from: 2_030_026_957,
    protection: 'all',
  },
  {
    name: 'every replication id belongs to the lineage',
    file: 'monitoring/grow-lineage.ts',
    find: 'return (replid !== undefined && ids.includes(replid)) ||',
    replace: 'return replid !== undefined ||',
  },
  {
    name: 'every address is one of this deployment',
    file: 'monitoring/foreign-nodes.ts',
    find: '  if (master.twins.has(hostAndPort(host, port))) return true\n',
    replace: '  if (master.replicas.size >= 0) return true\n',
  },
  {
    name: 'a server that strangers followed is ours as soon as it is to follow our master',
    file: 'monitoring/foreign-nodes.ts',
    find: ' || hasStrangeData(replica)',
    replace: '',
    from: 2_010_002_009,
    protection: 'all',
  },
  {
    name: 'RESET of a master that is down makes its replicas too old to be promoted',
    file: 'operations/masters.ts',
    find: '    if (kept.length > 0) Object.assign(master, { shownAsMasterAt, wasResetWhileGone: true })\n',
    replace: '',
    from: 2_010_014_356,
    protection: 'all',
  },
]
