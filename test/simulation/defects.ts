import { DATA_DEFECTS } from './data-defects.ts'
import { HANDOVER_DEFECTS } from './handover-defects.ts'
import { FORGETTING_DEFECTS } from './forgetting-defects.ts'
import { PAUSE_DEFECTS } from './pause-defects.ts'
import { PLACEMENT_DEFECTS } from './placement-defects.ts'
import type { ProtectionChoice } from './plan-protection.ts'
import { RETURNED_DEFECTS } from './returned-defects.ts'
import { SCHEDULE_DEFECTS } from './schedule-defects.ts'

/**
 * Deliberate mistakes, each put into the core by replacing a piece of its text in a build made for this alone. The
 * simulation must find every one of them: who checks the checkers.
 */
export interface Defect {
  readonly name: string
  /** Below src/core. */
  readonly file: string
  /** Text that occurs exactly once in it. */
  readonly find: string
  readonly replace: string
  /** Where few seeds find it: a seed that does, with which the hunt begins. */
  readonly from?: number
  /** Which rules are on in these seeds; `some` by default. */
  readonly protection?: ProtectionChoice
  /** It concerns votes or epochs, so the exhaustive exploration must find it, too. */
  readonly isAboutVotes?: boolean
}

export const DEFECTS: readonly Defect[] = [
  {
    name: 'a vote is not saved',
    isAboutVotes: true,
    file: 'election/vote.ts',
    find: '  master.voteSeq = turn.persist()\n',
    replace: '',
  },
  {
    name: 'a second vote in the same epoch',
    isAboutVotes: true,
    file: 'election/vote.ts',
    find: 'if (master.leaderEpoch >= epoch ||',
    replace: 'if (master.leaderEpoch > epoch ||',
  },
  {
    name: 'votes for epochs that have passed',
    isAboutVotes: true,
    file: 'election/vote.ts',
    find: 'if (master.leaderEpoch >= epoch || state.currentEpoch > epoch) return\n  master.leader = candidate\n  master.leaderEpoch = state.currentEpoch',
    replace: 'if (master.leaderEpoch === epoch) return\n  master.leader = candidate\n  master.leaderEpoch = epoch',
  },
  {
    name: 'majority off by one',
    isAboutVotes: true,
    file: 'election/tally.ts',
    find: 'Math.max(majorityOf(master.peers.size + 1), master.settings.quorum)',
    replace: 'Math.max(Math.floor((master.peers.size + 1) / 2), 1)',
  },
  {
    name: 'votes of any epoch are counted',
    isAboutVotes: true,
    file: 'election/tally.ts',
    find: 'peer.leader !== undefined && peer.leaderEpoch === epoch',
    replace: 'peer.leader !== undefined',
  },
  {
    name: 'opinions never expire',
    file: 'detection/objective-down.ts',
    find: 'return peer.lastMasterDownReplyAt + 5 *',
    replace: 'return peer.lastMasterDownReplyAt + 500 *',
  },
  {
    name: 'ODOWN with one voice too few',
    file: 'detection/objective-down.ts',
    find: 'master.sdown && agree >= master.settings.quorum',
    replace: 'master.sdown && agree + 1 >= master.settings.quorum',
  },
  {
    name: 'a hello with a lower config-epoch is followed',
    isAboutVotes: true,
    file: 'configuration/hello-exchange.ts',
    find: 'if (hello.configEpoch > master.configEpoch) adopt',
    replace: 'if (hello.configEpoch !== master.configEpoch) adopt',
  },
  {
    name: 'a newer config-epoch is ignored',
    isAboutVotes: true,
    file: 'configuration/hello-exchange.ts',
    find: 'if (hello.configEpoch > master.configEpoch) adopt',
    replace: 'if (hello.configEpoch > master.configEpoch + 1n) adopt',
  },
  {
    name: 'a higher epoch in a hello is not saved',
    isAboutVotes: true,
    file: 'configuration/hello-exchange.ts',
    find: '    state.currentEpoch = hello.currentEpoch\n    turn.persist()',
    replace: '    state.currentEpoch = hello.currentEpoch',
  },
  {
    name: 'a leader busy with replicas misses that the old master is back in charge',
    isAboutVotes: true,
    file: 'configuration/hello-exchange.ts',
    find: 'const tellsOwn = confirmedReplica(master) !== undefined',
    replace: 'const tellsOwn = false',
  },
  {
    name: 'the selection ignores priority 0',
    file: 'failover/selection.ts',
    find: "  if (facts.priority === 0) return 'priority-zero'\n",
    replace: '',
  },
  {
    name: 'the selection ignores how long the master link is down',
    file: 'failover/selection.ts',
    find: "  if (facts.masterLinkDownMs > limits.masterLinkDownMs) return 'master-link-down-too-long'\n",
    replace: '',
  },
  {
    name: 'the selection takes the replica with the least data',
    file: 'failover/selection.ts',
    find: 'return a.offset > b.offset ? -1 : 1',
    replace: 'return a.offset > b.offset ? 1 : -1',
  },
  {
    name: 'the promotion is told before it is saved',
    isAboutVotes: true,
    file: 'failover/promotion.ts',
    find: '  master.addressDurableFrom = turn.persist()\n',
    replace: '',
  },
  {
    name: 'the promotion keeps the old config-epoch',
    isAboutVotes: true,
    file: 'failover/promotion.ts',
    find: '  master.configEpoch = epoch\n',
    replace: '',
  },
  {
    name: 'a failover goes on although the master answers again',
    file: 'failover/conclude.ts',
    find: "if (master.sdown || link.pulse !== 'serving' || master.roleReported !== 'master') return false",
    replace: 'if (link.pulse !== undefined) return false',
  },
  {
    name: 'a failover is given up after the order to promote',
    file: 'failover/conclude.ts',
    find: "  'send-replicaof-no-one': '-failover-abort-slave-timeout',\n",
    replace: "  'send-replicaof-no-one': '-failover-abort-slave-timeout',\n  'wait-promotion': '-failover-abort-slave-timeout',\n",
  },
  {
    name: 'a failover goes on after losing the election',
    isAboutVotes: true,
    file: 'election/election.ts',
    find: 'const hasWon = winner === myId.toLowerCase()',
    replace: 'const hasWon = winner !== undefined',
  },
  {
    name: 'no wait before a role is forced',
    file: 'monitoring/correction-wait.ts',
    find: 'ms: roleWait(state)',
    replace: 'ms: 0',
  },
  {
    name: 'no wait before a wrong master is corrected',
    file: 'monitoring/correction-wait.ts',
    find: 'ms: master.settings.failoverTimeoutMs }',
    replace: 'ms: 0 }',
  },
  {
    name: 'a lost replica is never corrected',
    file: 'failover/correction.ts',
    find: '  if (!sendReplicaOf(turn, replica, master)) return\n  replica.correctedAt',
    replace: "  if (event === '+fix-slave-config') return\n  replica.correctedAt",
  },
  {
    name: 'parallel-syncs is ignored',
    file: 'failover/reconfiguration.ts',
    find: 'if (busy >= master.settings.parallelSyncs) return',
    replace: 'if (busy >= 1000) return',
  },
  {
    name: 'TILT does not stop decisions',
    file: 'schedule.ts',
    find: "  if (turn.state.tiltSince === undefined) {\n    if (instance.kind === 'master') reviewLostData",
    replace: "  {\n    if (instance.kind === 'master') reviewLostData",
  },
  {
    name: 'a voter stands at once itself',
    file: 'election/vote.ts',
    find: '  master.attempt.startAt = turn.now.mono + turn.random.below(MAX_DESYNC_MS)\n',
    replace: '',
  },
  {
    name: 'candidates do not take turns',
    file: 'election/candidacy.ts',
    find: 'now + rank(turn, master) * staggerStep(turn, master)\n',
    replace: 'now\n',
  },
  {
    name: 'events of an attempt are told before its epoch is saved',
    file: 'election/candidacy.ts',
    find: '  turn.persist()\n  if (epoch > state.currentEpoch) {',
    replace: '  if (epoch > state.currentEpoch) {',
  },
  {
    name: 'a switch is told before its config-epoch is saved',
    file: 'configuration/hello-exchange.ts',
    find: "  turn.persist()\n  turn.emit('+config-update-from', peer)",
    replace: "  turn.emit('+config-update-from', peer)",
  },
  {
    name: 'an order does not ask for votes',
    file: 'election/order.ts',
    find: "if (failover.isAlone) return 'leads'",
    replace: "if (failover.forced) return 'leads'",
  },
  {
    name: 'an order without a majority stays in its epoch',
    file: 'election/order.ts',
    find: 'const epoch = ownEpoch(maximum(state.currentEpoch, master.leaderEpoch), state.myId, turn.random)',
    replace: 'const { epoch } = failover',
  },
  {
    name: 'a vote that could not be saved is told',
    file: 'election/kept-vote.ts',
    find: '  return voteSeq\n',
    replace: '  return undefined\n',
  },
  {
    name: 'a candidate whose vote could not be saved stays in its epoch',
    file: 'election/kept-vote.ts',
    find: 'return master.leaderEpoch === epoch && hasLostItsSave(turn, master)',
    replace: 'return epoch < 0n && hasLostItsSave(turn, master)',
  },
  {
    name: 'an order without reachable peers takes the next epoch',
    file: 'election/candidacy.ts',
    find: 'if (isAlone || (!forced',
    replace: 'if ((!forced',
  },
  {
    name: 'an epoch of its own is the same for all',
    file: 'election/own-epoch.ts',
    find: 'lowBits(hash(`${id} `), random.below(LIVES))',
    replace: 'lowBits(0, 0)',
  },
  {
    name: 'peers that were forgotten do not count',
    file: 'state/majority.ts',
    find: '? voters : Math.max(voters, former.kept.least)',
    replace: '? voters : master.peers.size + 1',
  },
  {
    name: 'the run ids of replicas are not remembered',
    file: 'monitoring/info-refresh.ts',
    find: '  node.runId = ownText(runId)\n',
    replace: "  if (node.kind === 'master') node.runId = ownText(runId)\n",
  },
  {
    name: 'a server keeps a record for each of its addresses',
    file: 'monitoring/twins.ts',
    find: '  if (kept === undefined) return\n',
    replace: '  if (turn.now.mono >= 0) return\n',
  },
  {
    name: 'a promoted replica that was started again is known by its former run id',
    file: 'monitoring/twins.ts',
    find: ' && !isPossiblyRestarted(node, target)',
    from: 2_034_021_088,
    protection: 'all',
    replace: '',
  },
  {
    name: 'a replica that never synchronised is promoted like any other',
    file: 'failover/selection.ts',
    find: '  if (facts.neverSynchronised) return brokenWithoutSync(facts)\n',
    replace: '',
  },
  {
    name: 'an empty replica that never synchronised is promoted',
    file: 'failover/selection.ts',
    find: "return isEmpty ? 'no-data' : 'never-synchronised'",
    replace: "return 'never-synchronised'",
  },
  {
    name: 'two addresses under one config-epoch are not settled',
    file: 'configuration/dispute.ts',
    find: 'if (!isRival(turn, master, hello) || !maySettle(turn, master)) return',
    replace: 'if (!isRival(turn, master, hello) || turn.now.mono >= 0) return',
  },
  {
    name: 'a dispute is settled under the old config-epoch',
    file: 'configuration/dispute.ts',
    find: '  master.configEpoch = epoch\n',
    replace: '',
  },
  {
    name: 'PING waits behind other commands',
    file: 'monitoring/heartbeat.ts',
    find: 'if (command.pings > 0 && hello?.acceptsPing === true) {',
    replace: 'if (command.pings < 0 && hello?.acceptsPing === true) {',
  },
  {
    name: 'a reset takes a promotion back',
    file: 'operations/masters.ts',
    find: "if (promoted !== undefined) switchMaster(turn, master, promoted.address, 'leader')",
    replace: '',
  },
  {
    name: 'one alive witness is enough',
    file: 'detection/witnesses.ts',
    find: 'return alive > reachable / 2',
    replace: 'return alive > 0',
  },
  {
    name: 'replicas that do not answer count as dead witnesses',
    file: 'detection/witnesses.ts',
    find: 'if (freshUntil <= now) continue\n    reachable += 1',
    replace: 'reachable += 1\n    if (freshUntil <= now) continue',
  },
  {
    name: 'an old proof of life never expires',
    file: 'detection/witnesses.ts',
    find: 'return contact.heardAt + master.settings.downAfterMs',
    replace: 'return contact.heardAt + 100 * master.settings.downAfterMs',
  },
  {
    name: 'SDOWN is withheld for longer than witness-max',
    file: 'detection/witnesses.ts',
    find: 'const limit = since + witnessMax(turn.state, master)',
    replace: 'const limit = since + 3 * witnessMax(turn.state, master)',
  },
  {
    name: 'master_last_io_seconds_ago is taken for exact',
    file: 'monitoring/master-contact.ts',
    find: 'askedAt - masterIoAgeMs - IO_ROUNDING_MS',
    replace: 'askedAt - masterIoAgeMs',
  },
  {
    name: 'a withheld opinion is told to peers',
    file: 'operations/is-master-down.ts',
    find: 'const down = master.sdown &&',
    replace: 'const down = (master.sdown || master.suspicion?.withheld !== undefined) &&',
  },
  {
    name: 'a failed attempt counts as refused, whatever its reason',
    file: 'monitoring/outage.ts',
    find: "else if (lost.cause !== 'refused') link.outage = undefined\n  else if",
    replace: 'else if',
  },
  {
    name: 'one refused attempt is a crash',
    file: 'detection/crash.ts',
    find: 'return refusals >= CRASH_ATTEMPTS_MIN && lastRefusedAt - endedAt >= patience && isRecent',
    replace: 'return refusals >= 1 && lastRefusedAt >= endedAt && isRecent',
  },
  {
    name: 'replicas are not asked whether the master has crashed',
    file: 'detection/crash.ts',
    find: 'return reachable === 0 || lost >= majorityOf(reachable)',
    replace: 'return reachable >= 0 || lost >= majorityOf(reachable)',
  },
  {
    name: 'reports from before the last refusal count',
    file: 'detection/crash.ts',
    find: 'contact.askedAt < (outage.refusedEnoughAt ?? Infinity) || masterLinkUp) return false',
    replace: '(contact.askedAt >= (outage.refusedEnoughAt ?? Infinity) && masterLinkUp)) return false',
  },
  {
    name: 'reports from before an attempt that was lost count',
    file: 'monitoring/outage.ts',
    find: 'CRASH_ATTEMPT_LOST_MS)',
    replace: 'Infinity)',
    from: 2_048_022_147,
    protection: 'all',
  },
  ...RETURNED_DEFECTS,
  ...DATA_DEFECTS,
  ...FORGETTING_DEFECTS,
  ...PAUSE_DEFECTS,
  ...PLACEMENT_DEFECTS,
  ...HANDOVER_DEFECTS,
  ...SCHEDULE_DEFECTS,
]
