/** A scheduled coordinated failover with real processes (docs/decisions/0053-schedule.md). */
import { describe, expect, it } from 'vitest'

import { ownStatePath, readOwnState } from '../../src/own-state/index.ts'
import { eventually, notYet, pairs, withDeployment } from '../../src/harness/index.ts'

describe('a scheduled failover', () => {
  it('is carried out once, at its time, although one sentinel was restarted and another one is down', async () => {
    await withDeployment({ replicas: 2, downAfterMs: 1000, failoverTimeoutMs: 10_000 }, async (deployment) => {
      const { timeline } = deployment
      const [first, second, third] = [0, 1, 2].map((at) => deployment.sentinel(at))
      if (first === undefined || second === undefined || third === undefined) throw new Error('three sentinels')
      const before = await deployment.currentMaster()
      const after = timeline.position
      const due = Date.now() + 12_000
      for (const sentinel of deployment.sentinels) {
        expect(await sentinel.call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED', 'AT', String(due)])).toBe('OK')
      }
      await eventually('the schedule in the file', () => {
        const reading = readOwnState(ownStatePath(first.configFile))
        if (reading.kind !== 'good' || reading.content.schedules.size === 0) throw notYet(reading.kind)
      })
      await first.kill()
      await first.start()
      await third.kill()
      expect(pairs(await first.call(['SENTINEL', 'EXPLAIN', 'mymaster']))['scheduled'])
        .toMatch(new RegExp(`^A coordinated failover to the best replica is scheduled at ${new Date(due).toISOString()}`))

      const begun = await timeline.waitFor({ event: '-scheduled', text: /#started$/, after }, 40_000)
      expect(begun.at).toBeGreaterThanOrEqual(due)
      await timeline.waitFor({ event: '+promoted-slave', after })
      await third.start()
      await deployment.waitUntilSettled({ awayFrom: before.address })
      expect(timeline.all({ event: '+promoted-slave', after })).toHaveLength(1)
      await timeline.waitFor({ event: '-scheduled', text: /#(?:another sentinel begins it|the master was replaced)$/, after })
    })
  }, 120_000)

  it('does not happen once it is cancelled', async () => {
    await withDeployment({ sentinels: 1, replicas: 1, quorum: 1 }, async (deployment) => {
      const sentinel = deployment.sentinel(0)
      const due = Date.now() + 2000
      await sentinel.call(['SENTINEL', 'FAILOVER', 'mymaster', 'COORDINATED', 'AT', String(due)])
      expect(await sentinel.call(['SENTINEL', 'FAILOVER', 'mymaster', 'CANCEL'])).toBe('OK')
      await expect(sentinel.call(['SENTINEL', 'FAILOVER', 'mymaster', 'CANCEL'])).rejects.toThrow('No failover of this master is scheduled')
      // A pause that ends after the time shows that the sentinel has passed it.
      const after = deployment.timeline.position
      await sentinel.call(['SENTINEL', 'PAUSE', 'mymaster', 'FOR', '3000'])
      const passed = await deployment.timeline.waitFor({ event: '-paused', after })
      expect(passed.at).toBeGreaterThan(due)
      expect(deployment.timeline.all({ event: '+try-failover', after })).toEqual([])
    })
  }, 60_000)
})
