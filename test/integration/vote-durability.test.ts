import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { clock, withDeployment, type Deployment, type SentinelProcess } from '../../src/harness/index.ts'
import { SimRandom } from '../simulator/index.ts'
import { askForVote, type VoteReply } from './scenarios/vote.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'

/** Fixes the ids of the candidates and the moments of the crashes; another one gives others. */
const SEED = 1

/** A vote is cast within some milliseconds of the question. */
const CRASH_WITHIN_MS = 4

// behaviour.md 11.4, P3: a vote is on disk before it is told, so no crash leads to a second one.
describe('crash after a vote', () => {
  const count = rounds(12)

  it('a sentinel killed right after its vote never votes for another candidate in that epoch', async () => {
    await withDeployment({ sentinels: fleet(1), replicas: 0, downAfterMs: 60_000 }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      for (let round = 1; round <= count; round++) {
        const epoch = sentinel.fileFacts(deployment.group.name).currentEpoch + 1
        const random = new SimRandom(SEED, `round ${round}`)
        const [first, second] = [random.hex(40), random.hex(40)]
        // Every third crash comes at a random moment of the vote instead of right after it.
        const afterMs = random.below(1000 * CRASH_WITHIN_MS) / 1000
        const vote = round % 3 === 0
          ? await crashDuringVote(deployment, sentinel, { epoch, candidate: first, afterMs })
          : await crashAfterVote(deployment, sentinel, epoch, first)
        const killedAt = clock()
        await sentinel.start()
        const restartMs = clock() - killedAt
        const again = await askForVote(sentinel, deployment.node(0).address, epoch, second)
        if (vote === undefined) {
          // No vote was heard. It is on the disk and cast for a candidate that is forgotten, or it was free.
          expect([second, '*']).toContain(again.leader)
          const last = await askForVote(sentinel, deployment.node(0).address, epoch, first)
          expect(last.leader, 'the vote of this epoch is given').toBe(again.leader)
        } else {
          expect(vote).toMatchObject({ leader: first, epoch })
          expect(again.epoch).toBeGreaterThanOrEqual(epoch)
          expect(again.leader, 'the vote of this epoch is given').not.toBe(second)
        }
        const heard = vote === undefined ? 'no' : 'yes'
        report({ scenario: 'crash after a vote', round, values: { seed: SEED, heard, restartMs } })
      }
    })
  }, limitFor(count, 10_000))
})

/** Kills the sentinel at the first sign of its vote: the reply or the event, whatever comes first. */
async function crashAfterVote(
  deployment: Deployment,
  sentinel: SentinelProcess,
  epoch: number,
  candidate: string,
): Promise<VoteReply> {
  const { position } = deployment.timeline
  const event = deployment.timeline.waitFor({ event: '+vote-for-leader', text: `${candidate} ${epoch}`, after: position })
    .then((): VoteReply => ({ down: false, leader: candidate, epoch }))
  const vote = await Promise.race([askForVote(sentinel, deployment.node(0).address, epoch, candidate), event])
  await sentinel.kill()
  return vote
}

/** Kills the sentinel so long after the question was sent. @returns the vote, if it was heard */
async function crashDuringVote(
  deployment: Deployment,
  sentinel: SentinelProcess,
  { epoch, candidate, afterMs }: { readonly epoch: number, readonly candidate: string, readonly afterMs: number },
): Promise<VoteReply | undefined> {
  let heard: VoteReply | undefined
  const asked = askForVote(sentinel, deployment.node(0).address, epoch, candidate)
    .then((vote) => { heard = vote }, () => undefined)
  await delay(afterMs)
  await sentinel.kill()
  await asked
  return heard
}
