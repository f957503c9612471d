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
    find: ' && hasKeys === false\n',
    replace: '\n',
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
    find: 'const hasCopy = copies.some(({ infoAt }) => infoAt !== undefined && infoAt >= lostData.at)',
    replace: 'const hasCopy = copies.length >= 0',
  },
  {
    name: 'a copy of the empty master counts as the lost data',
    file: 'monitoring/lost-data.ts',
    find: 'replica.hasKeys === true && replica.replid !== lostData.replid\n    && replica.offset > lostData.offset && isOfLineage(state, master, replica)',
    replace: 'replica.offset >= 0n',
  },
  {
    name: 'a foreign node may be promoted',
    file: 'failover/selection.ts',
    find: "  if (facts.isForeign) return 'foreign'\n",
    replace: '',
  },
  {
    name: 'a foreign node is ordered to follow our master',
    file: 'monitoring/foreign-nodes.ts',
    find: 'return replica.foreign === undefined && !hasOtherMaster(state, master, replica)',
    replace: 'return replica.foreign === undefined || !hasOtherMaster(state, master, replica) || master.replicas.size >= 0',
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
]
