/** Deliberate mistakes in the rules about coordinated failovers. */
import type { Defect } from './defects.ts'

export const HANDOVER_DEFECTS: readonly Defect[] = [
  {
    name: 'hellos wait behind the pause of a master that hands over',
    file: 'monitoring/periodic.ts',
    find: "const pausedUntil = instance.kind === 'peer' ? 0 : helloPauseEnd(turn, instance)",
    replace: "const pausedUntil = instance.kind === 'peer' ? 0 : Math.min(0, helloPauseEnd(turn, instance))",
  },
  {
    name: 'a coordinated failover goes on without a majority',
    file: 'election/order.ts',
    find: '  if (handover !== undefined) {\n    abortFailover',
    replace: '  if (handover !== undefined && turn.now.mono < 0) {\n    abortFailover',
  },
  {
    name: 'the chosen replica is promoted before the master has handed over',
    file: 'failover/handover.ts',
    find: '    if (!sendOrder(turn, master, promoted, left)) return\n',
    replace: "    if (!sendTransaction(turn, promoted, [['SLAVEOF', 'NO', 'ONE']])) return\n",
  },
  {
    name: 'writes are paused for longer than the operator allowed',
    file: 'failover/handover.ts',
    find: "['CLIENT', 'PAUSE', String(Math.floor(left)), 'WRITE']",
    replace: "['CLIENT', 'PAUSE', String(Math.floor(left) + 60_000), 'WRITE']",
  },
  {
    name: 'an order without effect leaves the master paused',
    file: 'failover/handover.ts',
    find: '  if (master.pausedUntil !== undefined && master.handover?.stepwise === undefined) endPause(turn, master)\n',
    replace: '',
  },
  {
    name: 'a replica is announced although its master took its role back',
    file: 'failover/promotion.ts',
    find: '    if (!isAbortUndecided(master) && ',
    from: 1_870_000_881,
    replace: '    if ((turn.now.mono >= 0 || !isAbortUndecided(master)) && ',
  },
  {
    name: 'a handover that stopped half-way is ended without a last look at the master',
    file: 'failover/adoption.ts',
    find: ' && infoAt < dueAt',
    from: 2_037_021_519,
    protection: 'returned-master',
    replace: ' && infoAt < dueAt - 10_000_000',
  },
  {
    name: 'a handover is ended that has only begun',
    file: 'monitoring/info-refresh.ts',
    find: '  else if (node.failoverState !== failoverState) node',
    from: 1_880_000_977,
    protection: 'all',
    replace: '  else if (node.failoverSince === undefined) node',
  },
  {
    name: 'a master is announced that nobody handed over to',
    file: 'failover/adoption.ts',
    find: '  const isPromoted = follows.isLinkUp\n'
      + '  const replica = [...master.replicas.values()].find((one) => (\n'
      + '    meansAddress(state, one.address, follows.host, follows.port)\n'
      + '    && (isPromoted ? hasTakenOver(state, master, one) : isAbandoned(state, master, one))\n',
    replace: '  const isPromoted = true\n'
      + '  const replica = [...master.replicas.values()].find((one) => (\n'
      + '    meansAddress(state, one.address, follows.host, follows.port)\n',
  },
  {
    name: 'before Redis 6.2, the replica is promoted without waiting until the master is a replica',
    file: 'failover/stepwise.ts',
    find: '  if (!sendDemotion(turn, master, promoted)) return\n',
    replace: "  if (!sendTransaction(turn, promoted, [['SLAVEOF', 'NO', 'ONE']])) return\n",
  },
  {
    name: 'a pause is forgotten with the address that it was sent to',
    file: 'monitoring/twins.ts',
    find: 'if (dropped.pausedUntil !== undefined) ',
    from: 2_038_001_241,
    protection: 'all',
    replace: 'if (dropped.pausedUntil !== undefined && turn.now.mono < 0) ',
  },
  {
    name: 'a promoted replica that a later leader made a replica is promoted again at once',
    file: 'failover/promotion.ts',
    find: "now - roleReportedSince >= turn.state.tunables['publish-period'] || ",
    from: 2_038_014_101,
    protection: 'all',
    replace: 'now - roleReportedSince >= 0 || ',
  },
  {
    name: 'a handover goes on although its master was started again',
    file: 'failover/handover.ts',
    find: ' && !hasEnded(master, handover)',
    from: 2_044_033_877,
    protection: 'crash-detection',
    replace: ' && (turn.now.mono >= 0 || !hasEnded(master, handover))',
  },
]
