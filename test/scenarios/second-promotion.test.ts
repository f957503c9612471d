/** A replaced master that is promoted again, and a sentinel that saw nothing of the time between. */
import { describe, expect } from 'vitest'
import { scenario, type Stage } from './support/stage.ts'

interface Given {
  readonly isVoter: boolean
  readonly seesMaster?: boolean
}

/** Until the leader of the second failover has reported its promotion. */
async function playSecondPromotion(stage: Stage, { isVoter, seesMaster = false }: Given): Promise<void> {
  stage.do({ kind: 'second-promotion', group: 'mymaster', blind: 's3', isVoter, seesMaster, ms: 60_000 })
  await stage.until('m has been promoted again', () => (
    stage.lines().filter(({ event }) => event?.name === '+promoted-slave').length === 2
  ), 30_000)
  stage.mark()
}

async function expectNoDemotion(stage: Stage): Promise<void> {
  await stage.until('s3 sees it', () => stage.flags('s3', 'm') === 'slave', 10_000)
  await stage.run(1000)
  expect(stage.cluster.node('m').isMaster).toBe(true)
  expect(stage.count('+convert-to-slave')).toBe(0)
}

describe('a master that was replaced and is promoted again', () => {
  scenario('is not demoted by a sentinel that missed the vote', { seed: 4510 }, async (stage) => {
    await playSecondPromotion(stage, { isVoter: false })
    await expectNoDemotion(stage)
  })

  scenario('is not demoted by one that missed the vote and still sees the master before', { seed: 4512 }, async (stage) => {
    await playSecondPromotion(stage, { isVoter: false, seesMaster: true })
    await expectNoDemotion(stage)
  })

  scenario('is not demoted by a sentinel that voted for it and heard no more', { seed: 4511 }, async (stage) => {
    await playSecondPromotion(stage, { isVoter: true })
    await expectNoDemotion(stage)
  })

  scenario('is not demoted by one that voted and still sees the master before', { seed: 4513 }, async (stage) => {
    await playSecondPromotion(stage, { isVoter: true, seesMaster: true })
    await expectNoDemotion(stage)
  })
})
