import { describe, expect, it } from 'vitest'

import { eventually, killMaster, notYet, withDeployment, type Deployment } from '../../src/harness/index.ts'
import { report } from './support/figures.ts'
import { fleet, limitFor, rounds } from './support/settings.ts'

const DOWN_AFTER_MS = 1_000

// behaviour.md 16.1, invariant 13: fewer than the quorum never reach odown, fewer than a majority never elect.
describe('minority', () => {
  const count = rounds(1)

  it('one of three sentinels, below the quorum, does not replace a dead master until the others return', async () => {
    for (let round = 1; round <= count; round++) {
      const options = { sentinels: fleet(3), downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 3_000 }
      await withDeployment(options, async (deployment) => {
        const position = await loseMajorityAndMaster(deployment)
        await masterWatchedAsDown(deployment, 6 * DOWN_AFTER_MS)
        expect(deployment.timeline.all({ event: '+odown', after: position })).toEqual([])
        expectNoFailover(deployment, position)
        report({ scenario: 'below the quorum', round, values: { afterReturnMs: await failoverAfterReturn(deployment) } })
      })
    }
  }, limitFor(count, 60_000))

  it('one of three sentinels with the quorum but no majority asks for votes, is not elected, and succeeds later', async () => {
    for (let round = 1; round <= count; round++) {
      const options = { sentinels: fleet(3), quorum: 1, downAfterMs: DOWN_AFTER_MS, failoverTimeoutMs: 3_000 }
      await withDeployment(options, async (deployment) => {
        const position = await loseMajorityAndMaster(deployment)
        await deployment.timeline.waitFor({ event: '+try-failover', after: position })
        await deployment.timeline.waitFor({ event: '-failover-abort-not-elected', after: position })
        await masterWatchedAsDown(deployment, 6 * DOWN_AFTER_MS)
        expectNoFailover(deployment, position)
        report({ scenario: 'no majority', round, values: { afterReturnMs: await failoverAfterReturn(deployment) } })
      })
    }
  }, limitFor(count, 60_000))
})

async function loseMajorityAndMaster(deployment: Deployment): Promise<number> {
  await deployment.sentinel(1).kill()
  await deployment.sentinel(2).kill()
  const fault = await killMaster(deployment)
  await deployment.timeline.waitFor({ event: '+sdown', text: /^master /, after: fault.position })
  return fault.position
}

// "Nothing happens" needs a span of time; the sentinel's own account of it is waited for, not a clock of the test.
async function masterWatchedAsDown(deployment: Deployment, spanMs: number): Promise<void> {
  await eventually(`the sentinel to see the master down for ${spanMs} ms`, async () => {
    const master = await deployment.sentinel(0).master(deployment.group.name)
    if (!(Number(master['s-down-time']) >= spanMs)) throw notYet(`s-down-time is ${master['s-down-time']}`)
  }, { timeoutMs: spanMs + 10_000 })
}

function expectNoFailover(deployment: Deployment, position: number): void {
  expect(deployment.timeline.all({ event: '+elected-leader', after: position })).toEqual([])
  expect(deployment.timeline.all({ event: '+switch-master', after: position })).toEqual([])
}

/** Brings the two others back and waits for the failover. @returns milliseconds until the first switch */
async function failoverAfterReturn(deployment: Deployment): Promise<number> {
  const returned = deployment.timeline.mark('test', 'the others return')
  const after = deployment.timeline.position
  await Promise.all([deployment.sentinel(1).start(), deployment.sentinel(2).start()])
  const switched = await deployment.timeline.waitFor({ event: '+switch-master', after }, 60_000)
  await deployment.waitUntilSettled({ awayFrom: deployment.node(0).address })
  return switched.at - returned.at
}
