/**
 * A master that restarted without its data (docs/decisions/0049-empty-master.md). Its replicas would copy the emptiness
 * within seconds. The state begins with INFO of a new process that shows no key and no tie to the data that were there;
 * it takes effect when INFO of a replica shows that this one still has them. It ends when the master is replaced or
 * forgotten, when its next process has data, or when nothing is left to save.
 */
import { LOST_DATA_ASK_MS } from '../limits.ts'
import type { LostDataOutcome } from '../event.ts'
import { lineageOf } from '../lineage.ts'
import { confirmedReplica } from '../state/failover.ts'
import type { LostData } from '../state/lost-data.ts'
import type { Master } from '../state/master.ts'
import { protectionOf } from '../state/protection.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { acceptMasterData, acceptReplicaData, isOfLineage } from './grow-lineage.ts'
import type { InfoFacts } from './info-parser.ts'
import { wantInfoOfReplicas } from './info-request.ts'

/** Whether INFO should be the first command of a new connection: there is a former state to compare with. */
export function comparesData(state: SentinelState, master: Master): boolean {
  return master.acceptedData !== undefined && protectionOf(state, master).emptyMaster !== 'off'
}

/** Called after INFO of the master: it accepts the data that the master has, or notes that they are lost. */
export function judgeData(turn: Turn, master: Master, facts: InfoFacts): void {
  if (facts.role !== 'master') {
    master.lostData = undefined
    return
  }
  // What it has is known once it is loaded.
  if (facts.isLoading || facts.runId === undefined) return
  const { lostData } = master
  if (lostData?.runId === facts.runId) {
    if (isOver(turn, master, lostData, facts)) accept(turn, master, facts)
    return
  }
  if (mayHaveLostData(turn.state, master, facts)) noteLoss(turn, master, facts)
  else accept(turn, master, facts)
}

function accept(turn: Turn, master: Master, { runId, hasKeys }: InfoFacts): void {
  master.lostData = undefined
  if (runId !== undefined) master.acceptedData = { runId: master.runId ?? runId, hasKeys }
  acceptMasterData(turn, master)
}

/**
 * Whether the master may have lost data: a new process that began without any key and without a tie to the lineage.
 * FLUSHALL changes neither the run id nor the replication id. Whether there were data is decided by what the replicas
 * hold.
 */
function mayHaveLostData(state: SentinelState, master: Master, facts: InfoFacts): boolean {
  const { runId, replid, ownOffset } = facts
  return comparesData(state, master) && master.acceptedData?.runId !== runId && beganEmpty(facts)
    && replid !== undefined && ownOffset !== undefined
    && lineageOf(state, master.name).length > 0 && !isOfLineage(state, master, facts)
}

function beganEmpty(facts: InfoFacts): boolean {
  return facts.hasKeys === false || foundNothing(facts)
}

/** Clients may have written to it already: they connect as soon as the sentinel does. */
function foundNothing({ hasAof, loadedKeys }: InfoFacts): boolean {
  return hasAof === false && loadedKeys === false
}

/** The state of the replicas is asked for, because their last INFO reply may be from before a FLUSHALL. */
function noteLoss(turn: Turn, master: Master, facts: InfoFacts): void {
  const { runId, replid, ownOffset } = facts
  if (runId === undefined || replid === undefined || ownOffset === undefined) return
  const now = turn.now.mono
  const hadData = master.acceptedData?.hasKeys === true
  master.lostData = {
    runId: master.runId ?? runId, replid, hadData, at: now, stage: 'asked', since: now,
    offset: foundNothing(facts) ? 0n : ownOffset,
  }
  wantInfoOfReplicas(turn, master)
}

/** Whether the same process is to be accepted after all: it has keys, and nothing could be saved by replacing it. */
function isOver(turn: Turn, master: Master, { stage, at }: LostData, { hasKeys }: InfoFacts): boolean {
  if (hasKeys === false) return false
  if (stage !== 'down') return stage !== 'asked'
  return master.failover.phase === 'none' && turn.now.mono - at > 2 * master.settings.failoverTimeoutMs
}

/** Called after INFO of a replica. */
export function recordCopy(turn: Turn, replica: Replica): void {
  const master = masterOf(turn.state, replica)
  if (master === undefined) return
  acceptReplicaData(turn, master, replica)
  if (master.lostData !== undefined) turn.touch(master)
}

/** Whether a replica has the data that its master lost, as far as its last INFO reply shows. */
export function holdsLostData(state: SentinelState, master: Master, replica: Replica): boolean {
  const { lostData } = master
  return lostData !== undefined && replica.hasKeys === true && replica.replid !== lostData.replid
    && positionOf(replica) > lostData.offset && isOfLineage(state, master, replica)
}

/** INFO shows the position of a node that another sentinel has promoted in another field. */
function positionOf({ roleReported, offset, ownOffset }: Replica): bigint {
  return roleReported === 'master' && ownOffset > offset ? ownOffset : offset
}

/** Continues the state of a master without its data. Not called in TILT. */
export function reviewLostData(turn: Turn, master: Master): void {
  const { lostData } = master
  if (lostData === undefined || !isOpen(master, lostData)) return
  const copies = [...master.replicas.values()].filter((replica) => holdsLostData(turn.state, master, replica))
  if (lostData.stage === 'down') {
    // A failover that runs ends by its own rules.
    if (copies.length === 0 && master.failover.phase === 'none') enter(turn, master, lostData, 'no-copy')
    return
  }
  const hasCopy = copies.some(({ infoAt }) => infoAt !== undefined && infoAt >= lostData.at)
  const wantsFailover = protectionOf(turn.state, master).emptyMaster === 'promote'
  if (hasCopy && lostData.stage !== 'reported') enter(turn, master, lostData, wantsFailover ? 'down' : 'reported')
  else if (lostData.stage === 'asked' && haveAnswered(turn, master, lostData)) {
    const replicas = [...master.replicas.values()]
    const wasEmpty = replicas.some((replica) => showsEmptyPast(turn.state, master, lostData, replica))
    enter(turn, master, wasEmpty ? { ...lostData, hadData: false } : lostData, 'no-copy')
  }
}

/** Whether a replica, which has not copied the restarted master, has no key either: FLUSHALL was before the restart. */
function showsEmptyPast(state: SentinelState, master: Master, { at, offset }: LostData, replica: Replica): boolean {
  const { infoAt = -Infinity, hasKeys, isLoading, syncInProgress } = replica
  return infoAt >= at && hasKeys === false && !isLoading && !syncInProgress
    && replica.offset > offset && isOfLineage(state, master, replica)
}

function haveAnswered(turn: Turn, master: Master, { at }: LostData): boolean {
  if (turn.now.mono >= at + LOST_DATA_ASK_MS) return true
  return [...master.replicas.values()].every(({ infoAt = -Infinity }) => infoAt >= at)
}

const OUTCOMES: Readonly<Record<LostData['stage'], LostDataOutcome | undefined>> = {
  'asked': undefined, 'down': 'failover', 'reported': 'report', 'no-copy': 'no-copy',
}

/** What follows from the loss; undefined while that is not known. */
export function outcomeOf({ stage, hadData }: LostData): LostDataOutcome | undefined {
  // A cache that was empty before has lost nothing.
  return stage === 'no-copy' && !hadData ? undefined : OUTCOMES[stage]
}

function enter(turn: Turn, master: Master, lostData: LostData, stage: Exclude<LostData['stage'], 'asked'>): void {
  const entered = { ...lostData, hadData: lostData.hadData || stage !== 'no-copy', stage, since: turn.now.mono }
  master.lostData = entered
  const outcome = outcomeOf(entered)
  if (outcome !== undefined) turn.emit('+lost-data', master, { outcome })
  // It stays the master as it is.
  if (stage !== 'down') acceptMasterData(turn, master)
}

/** When the loss makes the master count as down; undefined = it does not. */
export function lostDataSdownAt({ lostData, sdown }: Master): Millis | undefined {
  if (lostData?.stage === 'down') return lostData.since - 1
  // It was down before. Its PONG must not end a failover that INFO of its replicas may justify in a moment.
  return lostData?.stage === 'asked' && sdown ? lostData.at - 1 : undefined
}

/** When `reviewLostData` acts if no input arrives. */
export function lostDataDueAt(master: Master): Millis {
  const { lostData } = master
  return lostData?.stage === 'asked' && isOpen(master, lostData) ? lostData.at + LOST_DATA_ASK_MS : Infinity
}

/**
 * Whether anything is to be decided. Not once a replica has been promoted: the switch forgets the loss. Not while the
 * master, started once more, loads what it has then: INFO after that decides anew.
 */
function isOpen(master: Master, lostData: LostData): boolean {
  return confirmedReplica(master) === undefined && master.runId === lostData.runId
}

/** Whether INFO of the master and its replicas is read often, so that the state ends soon after its cause. */
export function countsAsDownForLoss({ lostData }: Master): boolean {
  return lostData?.stage === 'down'
}
