/** When INFO, PING and hello are sent (behaviour.md 3.6). One of each kind is outstanding at most (Q29). */
import { correctionDueAt } from './correction-wait.ts'
import { HANDOVER_INFO_STEPS, VOTER_WATCH_MS } from '../handover-limits.ts'
import {
  ERROR_RETRY_MS, FAST_INFO_MS, GATHER_MS, GATHER_SHARE, PENDING_LIMIT, PROMOTION_INFO_MS, RECONF_INFO_STEPS,
  RETURNED_FAST_MS, RETURNED_INFO_MS,
} from '../limits.ts'
import { promotedReplica } from '../state/failover.ts'
import type { DataNode, Instance } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { witnessInfoPeriod } from './master-contact.ts'
import { pingDueAt, pingPeriod, sendPing } from './heartbeat.ts'
import { publishHello } from './hello-publish.ts'
import { sendInfo } from './info-request.ts'
import { countsAsDownForLoss } from './lost-data.ts'
import { infoOutstanding, isOutstanding } from './outstanding.ts'
import { isReturnedMaster } from './returned-master.ts'
import { isChannelOurs } from './strange-hellos.ts'

/** Sends what is due. */
export function sendPeriodic(turn: Turn, instance: Instance): void {
  if (!mayTalk(instance)) return
  const now = turn.now.mono
  const infoDue = instance.kind !== 'peer' && infoDueAt(turn, instance) <= now
  const pingDue = pingDueAt(turn, instance)
  const publishDue = publishDueAt(turn, instance)
  const isEarly = turn.gathers || infoDue || pingDue <= now || publishDue <= now
  if (infoDue) sendInfo(turn, instance, { afterOrder: false })
  if (pingDue <= now + (isEarly ? lead(pingPeriod(turn, instance)) : 0)) sendPing(turn, instance)
  if (publishDue <= now + (isEarly ? lead(turn.state.tunables['publish-period']) : 0)) publishHello(turn, instance)
}

/** How much earlier than due a periodic command may be sent. */
function lead(period: Millis): Millis {
  return Math.min(GATHER_MS, Math.floor(period * GATHER_SHARE))
}

/** The next moment at which something is due; undefined while the link accepts no commands. */
export function periodicDueAt(turn: Turn, instance: Instance): Millis | undefined {
  if (!mayTalk(instance)) return undefined
  const due = Math.min(pingDueAt(turn, instance), publishDueAt(turn, instance))
  return instance.kind === 'peer' ? due : Math.min(due, infoDueAt(turn, instance))
}

function mayTalk({ link }: Instance): boolean {
  return link.command !== undefined && link.pending < PENDING_LIMIT * link.users.size
}

function infoDueAt(turn: Turn, node: DataNode): Millis {
  const { infoSent } = node
  if (infoOutstanding(node)) return Infinity
  const earliest = infoSent?.failed === true ? infoSent.at + ERROR_RETRY_MS : 0
  if (node.isInfoWanted || node.infoAt === undefined) return earliest
  const due = Math.min(node.infoAt + infoPeriod(turn, node), correctionDueAt(turn, node)) + 1
  return Math.max(due, earliest)
}

function infoPeriod(turn: Turn, node: DataNode): Millis {
  const normal = turn.state.tunables['info-period']
  const master = masterOf(turn.state, node)
  if (master === undefined) return normal
  const handover = handoverInfoPeriod(turn, master, node)
  if (handover !== undefined) return Math.min(handover, normal)
  if (node.kind === 'master') return countsAsDownForLoss(node) ? Math.min(FAST_INFO_MS, normal) : normal
  if (master.failover.phase === 'wait-promotion' && promotedReplica(master) === node) return PROMOTION_INFO_MS
  const { reconfiguration } = node
  if (reconfiguration.stage === 'sent' || reconfiguration.stage === 'in-progress') {
    const age = turn.now.mono - reconfiguration.at
    return RECONF_INFO_STEPS.find(([until]) => age < until)?.[1] ?? FAST_INFO_MS
  }
  if (isReturnedMaster(node) && turn.now.mono - node.roleReportedSince < RETURNED_FAST_MS) return RETURNED_INFO_MS
  if (master.suspicion !== undefined) return Math.min(witnessInfoPeriod(master.settings.downAfterMs), normal)
  const isUrgent = master.odown || countsAsDownForLoss(master) || master.failover.phase !== 'none' || node.masterLinkDownMs !== 0
  return isUrgent ? Math.min(FAST_INFO_MS, normal) : normal
}

/** INFO period while a master hands over, for the leader and for those that voted for it. */
function handoverInfoPeriod(turn: Turn, master: Master, node: DataNode): Millis | undefined {
  const { failover, handover } = master
  const isOrdered = failover.phase === 'wait-promotion'
    || (failover.phase === 'send-replicaof-no-one' && handover?.stepwise !== undefined)
  if (handover !== undefined && isOrdered) {
    if (node.kind === 'replica' && failover.promoted !== node) return FAST_INFO_MS
    const age = turn.now.mono - failover.since
    return HANDOVER_INFO_STEPS.find(([until]) => age < until)?.[1] ?? PROMOTION_INFO_MS
  }
  return isWatchingHandover(turn, master) ? FAST_INFO_MS : undefined
}

/** Whether the sentinel that we voted for lately may have ordered the master to hand over. */
export function isWatchingHandover({ now }: Turn, master: Master): boolean {
  const { attempt, failover, sdown, leaderEpoch, configEpoch } = master
  return !sdown && failover.phase === 'none' && leaderEpoch > configEpoch
    && attempt.votedAt !== undefined && now.mono - attempt.votedAt < VOTER_WATCH_MS
}

function publishDueAt(turn: Turn, instance: Instance): Millis {
  // The hello contains the local address of the connection, which is unknown until it is established.
  if (instance.link.localAddress === undefined) return Infinity
  // Sentinels of another deployment would take us for theirs where the name of the master is the same.
  if (instance.kind === 'replica' && !isChannelOurs(turn.state, instance)) return Infinity
  // It would wait behind the pause, and everything after it on the connection.
  const pausedUntil = instance.kind === 'peer' ? 0 : helloPauseEnd(turn, instance)
  if (pausedUntil > turn.now.mono) return pausedUntil
  if (instance.isPublishWanted) return 0
  const { publishSent } = instance
  if (isOutstanding(instance, publishSent)) return Infinity
  const due = instance.publishedAt + turn.state.tunables['publish-period'] + 1
  return publishSent?.failed === true ? Math.max(due, publishSent.at + ERROR_RETRY_MS) : due
}

/** Until when a data node gets no hello: its writes are paused, or are about to be. */
function helloPauseEnd({ now }: Turn, node: DataNode): Millis {
  const { failoverState, pausedUntil } = node
  if (failoverState !== undefined && failoverState !== 'no-failover') return Infinity
  if (node.kind === 'master' && node.handover !== undefined && node.failover.phase !== 'none') return Infinity
  return pausedUntil ?? now.mono
}
