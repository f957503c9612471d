/** Votes: one for each epoch, also over crashes; durable before anybody hears of them (behaviour.md 8.2, 11.4). */
import { describe, expect, it } from 'vitest'
import type { Operation } from '../../src/core/index.ts'
import { isOwnEpoch, ownEpoch } from '../../src/core/election/own-epoch.ts'
import { Random } from '../../src/core/random.ts'
import { playOn, scenario, type Stage } from './support/stage.ts'

const STRANGER = 'f'.repeat(40)
const OTHER = 'e'.repeat(40)

function request(epoch: bigint, candidate: string): Operation {
  return { kind: 'is-master-down', host: '10.0.1.1', port: 6379, epoch, candidate }
}

async function ask(stage: Stage, epoch: bigint, candidate: string) {
  return stage.cluster.operate('s1', request(epoch, candidate))
}

describe('a vote', () => {
  scenario('is given once for each epoch, and the next candidate gets the same answer', { seed: 21 }, async (stage) => {
    expect(await ask(stage, 5n, STRANGER)).toMatchObject({ down: false, leader: STRANGER, epoch: 5n })
    expect(await ask(stage, 5n, OTHER)).toMatchObject({ leader: STRANGER, epoch: 5n })
    expect(await ask(stage, 4n, OTHER)).toMatchObject({ leader: STRANGER, epoch: 5n })
    expect(await ask(stage, 6n, OTHER)).toMatchObject({ leader: OTHER, epoch: 6n })
    expect(stage.names('s1')).toEqual(['+new-epoch', '+vote-for-leader', '+new-epoch', '+vote-for-leader'])
  })

  scenario('is not given twice after a crash right behind it', { seed: 22 }, async (stage) => {
    await ask(stage, 5n, STRANGER)
    stage.cluster.sentinel('s1').kill()
    stage.cluster.sentinel('s1').start()
    // The epoch is durable, the candidate is not (behaviour.md 8.2).
    expect(await ask(stage, 5n, OTHER)).toMatchObject({ leader: undefined, epoch: 5n })
  })

  scenario('is sent after the save, and other replies do not wait', { seed: 23 }, async (stage) => {
    stage.cluster.sentinel('s1').disk.writeMin = 1_000_000
    const askedAt = stage.cluster.nowMs
    await ask(stage, 5n, STRANGER)
    expect(stage.cluster.nowMs - askedAt).toBeGreaterThanOrEqual(1000)
    expect(stage.cluster.sentinel('s1').disk.content.masters[0]?.leaderEpoch).toBe(5n)
    await stage.run(5000)
    expect(stage.count('+sdown')).toBe(0)
    expect(stage.count('+tilt')).toBe(0)
  })

  scenario('is not given to a question without a candidate', { seed: 24 }, async (stage) => {
    expect(await ask(stage, 9n, '*')).toMatchObject({ down: false, leader: undefined, epoch: 0n })
    expect(stage.cluster.sentinel('s1').view?.currentEpoch).toBe(0n)
  })

  scenario('keeps the voter from becoming a candidate for 2x failover-timeout', { seed: 25, groups: [{ failoverTimeoutMs: 5000 }] }, async (stage) => {
    for (const name of ['s1', 's2', 's3']) await stage.cluster.operate(name, request(5n, STRANGER))
    const votedAt = stage.cluster.nowMs
    stage.cluster.node('m').kill()
    await stage.hears('+try-failover', 20_000)
    expect(stage.cluster.nowMs - votedAt).toBeGreaterThanOrEqual(10_000)
    await stage.hears('+failover-end', 5000)
  })
})

describe('a voter that crashes after its vote and comes back within 100 ms', () => {
  for (let seed = 1; seed <= 20; seed += 1) {
    scenario(`does not vote twice in an epoch (${seed})`, { seed }, async (stage) => {
      stage.cluster.node('m').kill()
      await stage.hears('+vote-for-leader', 5000)
      const voter = stage.lines().find(({ event }) => event?.name === '+vote-for-leader')?.who ?? ''
      stage.do({ kind: 'kill-sentinel', sentinel: voter, ms: 1 + seed * 5 })
      await stage.run(30_000)
      stage.cluster.node('m').start()
      await stage.rests(60_000)
    })
  }
})

describe('a slow disk', () => {
  const slow = { seed: 26, disk: { writeMin: 1_000_000, writeJitter: 0 } }
  scenario('of 1 s per write causes neither SDOWN nor TILT', slow, async (stage) => {
    await stage.run(20_000)
    expect(stage.log()).toEqual([])
    stage.cluster.node('m').kill()
    await stage.hears('+promoted-slave', 30_000)
    expect(stage.count('+tilt')).toBe(0)
    expect(stage.log().filter((text) => /^\+sdown sentinel/.test(text))).toEqual([])
    expect(stage.agreedMaster).not.toBe('m')
  })

  // Nothing was saved before, so the first round may be lost; the second knows how long a save takes.
  it.each([30, 100, 200])('of %i ms per write costs one round of the election at most', async (writeMs) => {
    for (let seed = 1; seed <= 15; seed += 1) {
      await playOn({ seed, disk: { writeMin: writeMs * 1000, writeJitter: 0 } }, async (stage) => {
        stage.cluster.node('m').kill()
        await stage.hears('+elected-leader', 10_000)
        const lost = stage.lines().filter(({ event }) => event?.name === '-failover-abort-not-elected')
        expect(new Set(lost.map(({ who }) => who)).size, stage.tail()).toBe(lost.length)
      })
    }
  })
})

describe('a vote that could not be saved', () => {
  const own = ownEpoch(0n, STRANGER, new Random(1))

  scenario('is not sent to a candidate whose epoch others may use, until a save succeeds', { seed: 29 }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's1', ms: 3000 })
    expect(await ask(stage, 5n, STRANGER)).toMatchObject({ leader: undefined, epoch: 5n })
    expect(await ask(stage, 5n, STRANGER)).toMatchObject({ leader: undefined, epoch: 5n })
    expect(await ask(stage, 5n, OTHER)).toMatchObject({ leader: undefined, epoch: 5n })
    expect(stage.cluster.trace.text().split('does not get the vote')).toHaveLength(2)
    await stage.run(10_000)
    expect(await ask(stage, 5n, OTHER)).toMatchObject({ leader: STRANGER, epoch: 5n })
  })

  scenario('is sent in an epoch that belongs to the candidate, and in no other', { seed: 30 }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's1', ms: 3000 })
    expect(await ask(stage, own, STRANGER)).toMatchObject({ leader: STRANGER, epoch: own })
    expect(await ask(stage, own + 2n ** 24n, OTHER)).toMatchObject({ leader: undefined })
  })

  scenario('cannot be given again to another candidate after a crash', { seed: 31 }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's1', ms: 1000 })
    expect(await ask(stage, 5n, STRANGER)).toMatchObject({ leader: undefined })
    stage.cluster.sentinel('s1').kill()
    stage.cluster.sentinel('s1').start()
    await stage.run(2000)
    expect(await ask(stage, 5n, OTHER)).toMatchObject({ leader: OTHER, epoch: 5n })
  })

  // One of three is gone, and the disk of the second fails: the first needs the vote that it is not told at once.
  for (let seed = 1; seed <= 10; seed += 1) {
    scenario(`costs one round of the election (${seed})`, { seed }, async (stage) => {
      stage.do({ kind: 'kill-sentinel', sentinel: 's3', ms: 60_000 })
      stage.do({ kind: 'failing-disk', sentinel: 's2', ms: 60_000 })
      stage.cluster.node('m').kill()
      await stage.hears('+odown', 10_000)
      await stage.hears('+elected-leader', 1500)
      await stage.hears('+failover-end', 20_000)
      const epoch = stage.cluster.sentinel('s2').view?.currentEpoch ?? 0n
      expect(stage.cluster.sentinels.some(({ id }) => isOwnEpoch(epoch, id))).toBe(true)
    })
  }
})

describe('a disk that fails', () => {
  scenario('does not stop a failover, and the state is saved when there is space again', { seed: 27 }, async (stage) => {
    for (const sentinel of ['s1', 's2', 's3']) stage.do({ kind: 'failing-disk', sentinel, ms: 20_000 })
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 20_000)
    const s1 = stage.cluster.sentinel('s1')
    expect(s1.isDurable).toBe(false)
    expect(s1.disk.content.masters[0]?.host).toBe('10.0.1.1')
    await stage.run(90_000)
    expect(s1.isDurable).toBe(true)
    expect(s1.disk.content.masters[0]?.host).not.toBe('10.0.1.1')
  })

  scenario('lets a sentinel that needs no other votes lead in an epoch that belongs to it', { seed: 29, sentinels: 1, groups: [{ quorum: 1 }] }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's1', ms: 20_000 })
    stage.cluster.node('m').kill()
    await stage.hears('+elected-leader', 20_000)
    const s1 = stage.cluster.sentinel('s1')
    expect(isOwnEpoch(s1.view?.currentEpoch ?? 0n, s1.id)).toBe(true)
    await stage.hears('+failover-end', 20_000)
  })

  scenario('lets it do so for an ordered failover, too', { seed: 32, sentinels: 1, groups: [{ quorum: 1 }] }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's1', ms: 20_000 })
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+elected-leader', 5000)
    const s1 = stage.cluster.sentinel('s1')
    expect(isOwnEpoch(s1.view?.currentEpoch ?? 0n, s1.id)).toBe(true)
    await stage.hears('+failover-end', 20_000)
  })

  scenario('that hangs is not waited for after 10 s, and the failover continues', { seed: 28 }, async (stage) => {
    for (const sentinel of ['s1', 's2', 's3']) stage.do({ kind: 'stuck-disk', sentinel, ms: 60_000 })
    stage.cluster.node('m').kill()
    await stage.run(9000)
    expect(stage.count('+vote-for-leader')).toBe(0)
    await stage.hears('+elected-leader', 30_000)
    expect(stage.count('+tilt')).toBe(0)
  })
})
