/** All rules that are checked in every run, after every step. */
import type { Cluster } from '../cluster.ts'
import { Attempts } from './attempts.ts'
import { configEpochUniqueAddress } from './config-epoch-unique-address.ts'
import { durableBeforeTold } from './durable-before-told.ts'
import { eligiblePromotion } from './eligible-promotion.ts'
import { emptyMaster } from './empty-master.ts'
import { epochsMonotonic } from './epochs-monotonic.ts'
import { handover } from './handover.ts'
import { votersAreKept } from './kept-voters.ts'
import { Losses } from './losses.ts'
import { memoryBounded } from './memory-bounded.ts'
import { noCrowdedResync } from './no-crowded-resync.ts'
import { noDoubleVote } from './no-double-vote.ts'
import { noEarlyCorrection } from './no-early-correction.ts'
import { noFailoverWithoutMajority } from './no-failover-without-majority.ts'
import { noImaginedCrash } from './no-imagined-crash.ts'
import { noForeignOrders } from './no-foreign-orders.ts'
import { noHastyRetry } from './no-hasty-retry.ts'
import { noShrunkenMajority } from './no-shrunken-majority.ts'
import { oneLeaderPerEpoch } from './one-leader-per-epoch.ts'
import { noSelfFollowing } from './no-self-following.ts'
import { peerDisagreement } from './peer-disagreement.ts'
import { orderlyFailover } from './orderly-failover.ts'
import { pausedMasterStays } from './paused-master-stays.ts'
import { pausesHold } from './pauses.ts'
import { schedulesHold } from './schedules.ts'
import { tiltHoldsStill } from './tilt-holds-still.ts'
import { timelyRetreat } from './timely-retreat.ts'
import { Votes } from './votes.ts'
import type { Checker } from './watch.ts'
import { witnessesDecide } from './witnesses.ts'

export { linkDownLimitMs } from './eligible-promotion.ts'
export { isAtRest, isLossForOperator, keptLeftovers, strayNodes, unrest } from './converges-after-heal.ts'

export const CHECKERS: readonly Checker[] = [
  oneLeaderPerEpoch, noDoubleVote, epochsMonotonic, configEpochUniqueAddress, eligiblePromotion,
  noFailoverWithoutMajority, durableBeforeTold, noEarlyCorrection, noCrowdedResync, tiltHoldsStill, noHastyRetry,
  orderlyFailover, timelyRetreat, noSelfFollowing, pausedMasterStays, noImaginedCrash, memoryBounded, emptyMaster,
  witnessesDecide, noForeignOrders, pausesHold, handover, schedulesHold, peerDisagreement, noShrunkenMajority,
  votersAreKept,
]

export interface Violation {
  readonly atMs: number
  readonly invariant: string
  readonly text: string
}

export interface Verdict {
  /** Added as they happen. */
  readonly violations: readonly Violation[]
}

/** Watches a run with every checker. Violations are also told in the trace. */
export function checkEverything(cluster: Cluster): Verdict {
  const violations: Violation[] = []
  const votes = new Votes()
  const attempts = new Attempts()
  const losses = new Losses()
  // What happened is written down before anybody judges it.
  cluster.observers.add(attempts)
  cluster.observers.add(votes)
  cluster.observers.add(losses)
  for (const { invariant, watch } of CHECKERS) {
    const report = (text: string) => {
      violations.push({ atMs: cluster.nowMs, invariant, text })
      cluster.observers.disturbed(`VIOLATION of "${invariant}": ${text}`)
    }
    cluster.observers.add(watch({ cluster, attempts, losses, votes, report }))
  }
  return { violations }
}
