/** Pauses of failovers with real processes: the claim of the reply, expiry, restarts (docs/decisions/0052-pause.md). */
import { describe, expect, it } from 'vitest'

import { ownStatePath, readOwnState } from '../../src/own-state/index.ts'
import {
  eventually, killMaster, notYet, pairs, withDeployment, type Deployment, type SentinelProcess,
} from '../../src/harness/index.ts'

const OPTIONS = { replicas: 1, downAfterMs: 500, failoverTimeoutMs: 3000 } as const
const LONG_MS = 600_000

type Fields = Readonly<Record<string, string>>

async function pause(sentinel: SentinelProcess, forMs: number): Promise<Fields> {
  return pairs(await sentinel.call(['SENTINEL', 'PAUSE', 'mymaster', 'FOR', String(forMs), 'REASON', 'new', 'kernel']))
}

function pausedOn(deployment: Deployment, count: number): SentinelProcess[] {
  return [...deployment.sentinels].slice(0, count)
}

/** Waits until every sentinel has agreed that the master is down. */
async function allAgree(deployment: Deployment, after: number): Promise<void> {
  for (const { name } of deployment.sentinels) await deployment.timeline.waitFor({ event: '+odown', source: name, after })
}

/** How many of three sentinels are paused, the quorum, and whether that makes a failover impossible. */
const TABLE = [[1, 2, 'no'], [2, 2, 'yes'], [3, 2, 'yes'], [1, 3, 'yes'], [1, 1, 'no'], [2, 1, 'yes']] as const

describe('a pause on some of three sentinels', () => {
  it.each(TABLE)('(%i, quorum %i) prevents a failover if the reply contains it: %s', async (count, quorum, effective) => {
    await withDeployment({ ...OPTIONS, quorum }, async (deployment) => {
      const paused = pausedOn(deployment, count)
      let reply: Fields = {}
      for (const sentinel of paused) reply = await pause(sentinel, LONG_MS)
      const needed = String(3 - Math.max(2, quorum) + 1)
      expect(reply).toMatchObject({ paused: String(count), known: '3', needed, effective })

      const after = deployment.timeline.position
      const fault = await killMaster(deployment)
      if (effective === 'yes') {
        await allAgree(deployment, after)
        // One that is not paused tries in vain; the others may only vote for it.
        if (count < 3) await deployment.timeline.waitFor({ event: '-failover-abort-not-elected', after })
        expect(deployment.timeline.all({ event: '+elected-leader', after })).toEqual([])
        for (const sentinel of paused) await sentinel.call(['SENTINEL', 'RESUME', 'mymaster'])
      }
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      if (effective === 'yes') {
        const [resumed] = deployment.timeline.all({ event: '-paused', after })
        const [elected] = deployment.timeline.all({ event: '+elected-leader', after })
        expect(elected?.at).toBeGreaterThanOrEqual(resumed?.at ?? Infinity)
      }
    })
  }, 90_000)
})

describe('a pause', () => {
  it('that expires while the master is down is followed by the failover, also on sentinels that were restarted', async () => {
    await withDeployment(OPTIONS, async (deployment) => {
      const { timeline } = deployment
      const until = new Map<string, string | undefined>()
      for (const sentinel of deployment.sentinels) until.set(sentinel.name, (await pause(sentinel, 12_000))['until'])
      const first = deployment.sentinel(0)
      await eventually('the pause in the file', () => {
        const reading = readOwnState(ownStatePath(first.configFile))
        if (reading.kind !== 'good' || reading.content.pauses.size === 0) throw notYet(reading.kind)
      })
      const after = timeline.position
      await first.kill()
      await first.start()
      const restarted = await eventually('the restarted sentinel to find the others', async () => {
        const fields = pairs(await first.call(['SENTINEL', 'PAUSED', 'mymaster']))
        if (fields['paused'] !== '3') throw notYet(JSON.stringify(fields))
        return fields
      })
      expect(restarted).toEqual({ until: until.get(first.name), paused: '3', known: '3', needed: '2', effective: 'yes' })

      const fault = await killMaster(deployment)
      for (const { name } of deployment.sentinels) await timeline.waitFor({ event: '-paused', text: /#expired$/, source: name, after })
      await deployment.waitUntilSettled({ awayFrom: fault.node.address })
      const ends = timeline.all({ event: '-paused', after }).map(({ at }) => at)
      const [elected] = timeline.all({ event: '+elected-leader', after })
      // Two of three elect a leader.
      expect(elected?.at).toBeGreaterThanOrEqual(ends[1] ?? Infinity)
    })
  }, 90_000)

  it('does not prevent an ordered failover, and stays after it', async () => {
    await withDeployment(OPTIONS, async (deployment) => {
      for (const sentinel of deployment.sentinels) await pause(sentinel, LONG_MS)
      const before = await deployment.currentMaster()
      await deployment.sentinel(0).call(['SENTINEL', 'FAILOVER', 'mymaster'])
      await deployment.waitUntilSettled({ awayFrom: before.address })
      expect(pairs(await deployment.sentinel(1).call(['SENTINEL', 'PAUSED', 'mymaster']))).toMatchObject({ paused: '3', effective: 'yes' })
      expect(pairs(await deployment.sentinel(2).call(['SENTINEL', 'EXPLAIN', 'mymaster']))['paused']).toMatch(/the reason is "new kernel"; 3 of 3 sentinels/)
    })
  }, 90_000)
})
