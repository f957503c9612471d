/** Casting votes (behaviour.md 8.2, 8.3). One vote per master and epoch, durable before it is reported. */
import { leaveScheduleTo } from '../failover/planned.ts'
import { MAX_DESYNC_MS } from '../limits.ts'
import type { Epoch } from '../state/ids.ts'
import type { Master } from '../state/master.ts'
import type { Turn } from '../turn.ts'
import { isOwnEpoch } from './own-epoch.ts'

/** Grants the candidate our vote for this epoch if it is still free. Our last vote is then in the master's record. */
export function castVote(turn: Turn, master: Master, epoch: Epoch, candidate: string): void {
  const { state } = turn
  if (epoch > state.currentEpoch) {
    state.currentEpoch = epoch
    // Only the candidate itself may use its own epoch for other masters.
    const isAnothers = candidate !== state.myId && isOwnEpoch(epoch, candidate)
    state.lastElection = isAnothers ? undefined : { epoch, at: turn.now.mono }
    turn.persist()
    turn.emitBare('+new-epoch', master, { epoch })
  }
  if (master.leaderEpoch >= epoch || state.currentEpoch > epoch) return
  master.leader = candidate
  master.leaderEpoch = state.currentEpoch
  master.voteSeq = turn.persist()
  turn.emitBare('+vote-for-leader', master, { leader: candidate, epoch: master.leaderEpoch })
  if (candidate.toLowerCase() === state.myId.toLowerCase()) return
  leaveScheduleTo(turn, master, candidate, epoch)
  state.grantedAt = turn.now.mono
  master.votedForOtherAt = turn.now.mono
  master.attempt.votedAt = turn.now.mono
  master.attempt.orderAt = undefined
  if (master.failover.phase === 'none') master.handover = undefined
  // That candidate may lead a failover now: no attempt of ours for 2x failover-timeout.
  master.attempt.startAt = turn.now.mono + turn.random.below(MAX_DESYNC_MS)
  master.attempt.retryAt = undefined
  master.attempt.turnAt = undefined
  master.attempt.splitVotes = 0
  turn.touch(master)
}
