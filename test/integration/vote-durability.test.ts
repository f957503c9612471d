import { randomBytes } from 'node:crypto'
import { setTimeout as delay } from 'node:timers/promises'

import { describe, expect, it } from 'vitest'

import { clock, withDeployment, type Deployment, type SentinelProcess } from '../../src/harness/index.ts'
import { askForVote, type VoteReply } from './scenarios/vote.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'

// behaviour.md 11.4, P3: a vote is on disk before anybody hears of it, so no crash leads to a second one.
describe('crash after a vote', () => {
  const count = rounds(12)

  it('a sentinel killed right after its vote never votes for another candidate in that epoch', async () => {
    await withDeployment({ sentinels: fleet(1), replicas: 0, downAfterMs: 60_000 }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      for (let round = 1; round <= count; round++) {
        const epoch = sentinel.fileFacts(deployment.group.name).currentEpoch + 1
        const first = randomBytes(20).toString('hex')
        const second = randomBytes(20).toString('hex')
        // Every third crash comes at a random moment of the vote instead of right after it.
        const vote = round % 3 === 0
          ? await crashDuringVote(deployment, sentinel, epoch, first)
          : await crashAfterVote(deployment, sentinel, epoch, first)
        const killedAt = clock()
        const started = sentinel.start()
        const restartMs = clock() - killedAt
        await started
        const again = await askForVote(sentinel, deployment.node(0).address, epoch, second)
        if (vote === undefined) {
          // Nobody heard of a vote, so whoever has it now must keep it.
          expect([second, first, '*']).toContain(again.leader)
        } else {
          expect(vote).toMatchObject({ leader: first, epoch })
          expect(again.epoch).toBeGreaterThanOrEqual(epoch)
          expect(again.leader, 'the vote of this epoch is given').not.toBe(second)
        }
        expect(restartMs).toBeLessThan(100)
        report({ scenario: 'crash after a vote', round, values: { heard: vote === undefined ? 'no' : 'yes', restartMs } })
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

/** Kills the sentinel at a random moment after the question was sent. @returns the vote, if it was heard */
async function crashDuringVote(
  deployment: Deployment,
  sentinel: SentinelProcess,
  epoch: number,
  candidate: string,
): Promise<VoteReply | undefined> {
  let heard: VoteReply | undefined
  const asked = askForVote(sentinel, deployment.node(0).address, epoch, candidate)
    .then((vote) => { heard = vote }, () => undefined)
  await delay(Math.random() * 4)
  await sentinel.kill()
  await asked
  return heard
}
