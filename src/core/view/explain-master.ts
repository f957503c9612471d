/** Explains one master by calling the rules that act on it; no rule is repeated here. */
import { hostAndPort } from '../../text/index.ts'
import { sentinelsAgreeing } from '../detection/objective-down.ts'
import { checkQuorum } from '../detection/quorum.ts'
import { isReachable, reachablePeers, votesNeeded } from '../election/tally.ts'
import { promotedReplica } from '../state/failover.ts'
import { rankReplicas } from '../failover/selection.ts'
import type { Verdict } from '../state/verdict.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type {
  CrashView, LostElectionView, MasterExplanation, SelectionView, SentinelExplanation, VoteCount,
} from './explanation.ts'
import { agreesOnMaster } from './instance-view.ts'
import { explainNode } from './explain-node.ts'
import { explainReplicas } from './explain-replicas.ts'
import { ownFacts } from './own-facts.ts'
import { viewPause } from './pause-view.ts'
import { problemsOf } from './problems.ts'
import { attemptDelay, obstaclesIfMasterDied, obstaclesNow, type Circumstances } from './obstacles.ts'

export function explainMaster(state: SentinelState, master: Master, now: Millis): MasterExplanation {
  const verdict = rankReplicas(state, master, now)
  const votes = countVotes(master)
  const circumstances: Circumstances = { state, master, now, verdict, votes }
  const reasons = obstaclesNow(circumstances)
  const isRunning = master.failover.phase !== 'none'
  return {
    name: master.name,
    ...explainNode(state, master, now),
    odown: master.odown,
    crash: crash(master, now),
    failover: isRunning ? 'running' : reasons.every(({ kind }) => kind === 'not-our-turn') ? 'due' : 'no',
    reasons,
    ifMasterDied: isRunning || master.sdown ? undefined : obstaclesIfMasterDied(circumstances),
    votes,
    sentinels: [...master.peers.values()].map((peer) => explainPeer(state, peer, now)),
    candidate: (promotedReplica(master) ?? verdict.best)?.name,
    replicas: explainReplicas(circumstances),
    nextAttemptMs: attemptDelay(master, now),
    currentEpoch: state.currentEpoch,
    lostElection: lostElection(master, now),
    problems: problemsOf(state, master),
    pause: viewPause(state, master, now),
    lastSelection: selection(master.lastVerdict),
    own: ownFacts(state, master),
  }
}

function countVotes(master: Master): VoteCount {
  const { majority, quorum } = checkQuorum(master)
  return {
    // The rule counts this sentinel, because it is asked only where the master is down for us.
    agree: sentinelsAgreeing(master) - (master.sdown ? 0 : 1),
    quorum,
    known: master.peers.size + 1,
    reachable: reachablePeers(master) + 1,
    majority,
    needed: votesNeeded(master),
  }
}

function explainPeer(state: SentinelState, peer: Peer, now: Millis): SentinelExplanation {
  return {
    id: peer.runId,
    ...explainNode(state, peer, now),
    reachable: isReachable(peer),
    saysDown: peer.masterDown,
    answeredMs: now - peer.lastMasterDownReplyAt,
    votedFor: peer.leader,
    votedEpoch: peer.leaderEpoch,
    otherMaster: otherMaster(state, peer, now),
  }
}

function otherMaster(state: SentinelState, peer: Peer, now: Millis): SentinelExplanation['otherMaster'] {
  const { announcedMaster, disagreement } = peer
  if (announcedMaster === undefined || peer.sdown || agreesOnMaster(state, peer, announcedMaster)) return undefined
  return {
    address: hostAndPort(announcedMaster.host, announcedMaster.port),
    forMs: disagreement?.isReported === true ? now - disagreement.since : undefined,
  }
}

function crash({ link: { outage } }: Master, now: Millis): CrashView | undefined {
  if (outage?.crash === undefined) return undefined
  const { at, reachable, lost } = outage.crash
  return { ageMs: now - at, refusals: outage.refusals, reachable, lost }
}

function lostElection({ attempt: { lost } }: Master, now: Millis): LostElectionView | undefined {
  if (lost === undefined) return undefined
  const { at, ...rest } = lost
  return { ...rest, ageMs: now - at }
}

function selection(verdict: Verdict | undefined): SelectionView | undefined {
  if (verdict === undefined) return undefined
  return {
    chosen: verdict.best?.name,
    rejected: verdict.rejected.map(({ replica, why }) => ({ replica: replica.name, why })),
  }
}
