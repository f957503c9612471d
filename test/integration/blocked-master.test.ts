import { describe, expect, it } from 'vitest'

import { clock, eventually, notYet, withDeployment, type Deployment } from '../../src/harness/index.ts'
import { fleet } from './support/settings.ts'

const DOWN_AFTER_MS = 1_500
const ENDLESS = 'while true do end'

describe('a master that is blocked for a while', () => {
  it('stays the master during a script, a function and CLIENT PAUSE WRITE', async () => {
    const options = { sentinels: fleet(3), downAfterMs: DOWN_AFTER_MS, redisConfig: ['busy-reply-threshold 100'] }
    await withDeployment(options, async (deployment) => {
      const master = await deployment.currentMaster()
      const position = deployment.timeline.position
      await expect(master.call(['EVAL', ENDLESS, '0'], 20_000)).rejects.toThrow(/Script killed by user/)
      await isUpAgain(deployment)

      const library = `#!lua name=endless\nredis.register_function('endless', function() ${ENDLESS} end)`
      await master.call(['FUNCTION', 'LOAD', library])
      await expect(master.call(['FCALL', 'endless', '0'], 20_000)).rejects.toThrow(/Script killed by user/)
      await isUpAgain(deployment)

      const paused = deployment.timeline.position
      await master.call(['CLIENT', 'PAUSE', String(3 * DOWN_AFTER_MS), 'WRITE'])
      // The answer comes when the pause is over.
      await master.call(['SET', 'key', 'value'], 20_000)
      expect(deployment.timeline.all({ event: '+sdown', after: paused })).toEqual([])
      for (const event of ['+elected-leader', '+switch-master']) {
        expect(deployment.timeline.all({ event, after: position })).toEqual([])
      }
    })
  }, 120_000)
})

/** Every sentinel has had a good answer after the block, which has just ended. */
async function isUpAgain({ sentinels, group }: Deployment): Promise<void> {
  const since = clock()
  await eventually('every sentinel to have an answer of the master', async () => {
    for (const sentinel of sentinels) {
      const master = await sentinel.master(group.name)
      if (master['flags'] !== 'master' || Number(master['last-ok-ping-reply']) > clock() - since) throw notYet(`${sentinel.name}: ${master['flags']}`)
    }
  })
}
