/** The main job: the master dies, one sentinel leads, the others follow (behaviour.md 15, protocol.md 3.3). */
import { readFileSync } from 'node:fs'
import { join } from 'node:path'
import { describe, expect, it } from 'vitest'
import { playOn, scenario, type Stage } from './support/stage.ts'

/** Event names of a recorded log. */
function recorded(file: string): string[] {
  const text = readFileSync(join(import.meta.dirname, '..', 'fixtures', 'failover', file), 'utf8')
  return [...text.matchAll(/ [#*] ([+-][a-z-]+)/g)].map(([, name]) => name ?? '')
}

/** The leader hears that its peers have switched only if the failover lasts longer than an ask period (Q31). */
const withoutLateNews = (names: readonly string[]) => names.filter((name) => name !== '-odown')

async function killMaster(stage: Stage): Promise<void> {
  stage.cluster.node('m').kill()
  await stage.until('the old master is down for everybody', () => stage.count('+sdown') === 6, 15_000)
}

describe('a master that dies', () => {
  scenario('is replaced, and the leader reports the events in the order of the original', { seed: 1 }, async (stage) => {
    await killMaster(stage)
    const names = stage.names(stage.leader)
    expect(withoutLateNews(names)).toEqual(withoutLateNews(recorded('leader-log.txt')))
  })

  scenario('is replaced, and followers report the events in the order of the original', { seed: 2 }, async (stage) => {
    await killMaster(stage)
    // Our followers switch before they have agreed themselves, and the vote may come before the own opinion.
    const order = recorded('follower-log.txt')
    const isOwn = (name: string) => ['+new-epoch', '+vote-for-leader', '+odown'].includes(name)
    for (const follower of stage.followers) {
      const names = stage.names(follower)
      expect(names.filter((name) => !isOwn(name))).toEqual(order.filter((name) => !isOwn(name)))
      expect(names.indexOf('+vote-for-leader')).toBe(names.indexOf('+new-epoch') + 1)
      expect(names.indexOf('+config-update-from')).toBeGreaterThan(names.indexOf('+vote-for-leader'))
    }
  })

  scenario('is replaced with payloads in the form of the original', { seed: 3 }, async (stage) => {
    await killMaster(stage)
    const { leader } = stage
    const [chosen, other] = stage.agreedMaster === 'r1' ? ['10.0.1.2', '10.0.1.3'] : ['10.0.1.3', '10.0.1.2']
    const master = 'master mymaster 10.0.1.1 6379'
    const slave = (ip: string, of = '10.0.1.1') => `slave ${ip}:6379 ${ip} 6379 @ mymaster ${of} 6379`
    expect(stage.log(leader)).toEqual([
      `+sdown ${master}`,
      `+odown ${master} #quorum 2/2`,
      '+new-epoch 1',
      `+try-failover ${master}`,
      `+vote-for-leader ${leader} 1`,
      `+elected-leader ${master}`,
      `+failover-state-select-slave ${master}`,
      `+selected-slave ${slave(chosen)}`,
      `+failover-state-send-slaveof-noone ${slave(chosen)}`,
      `+failover-state-wait-promotion ${slave(chosen)}`,
      `+promoted-slave ${slave(chosen)}`,
      `+failover-state-reconf-slaves ${master}`,
      `+slave-reconf-sent ${slave(other)}`,
      `+slave-reconf-inprog ${slave(other)}`,
      `+slave-reconf-done ${slave(other)}`,
      `+failover-end ${master}`,
      `+switch-master mymaster 10.0.1.1 6379 ${chosen} 6379`,
      `+slave ${slave(other, chosen)}`,
      `+slave ${slave('10.0.1.1', chosen)}`,
      `+sdown ${slave('10.0.1.1', chosen)}`,
    ])
  })

  scenario('is found down after down-after and replaced within a tenth of a second more', { seed: 4 }, async (stage) => {
    const killedAt = stage.cluster.nowMs
    await killMaster(stage)
    expect(stage.at('+sdown') - killedAt).toBeGreaterThanOrEqual(1999)
    expect(stage.at('+sdown') - killedAt).toBeLessThan(2050)
    expect(stage.at('+switch-master', stage.followers[0]) - stage.at('+sdown')).toBeLessThan(100)
    expect(stage.at('+failover-end') - stage.at('+sdown')).toBeLessThan(200)
  })

  scenario('is replaced for clients as soon as the new address is durable', { seed: 5 }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+promoted-slave', 5000)
    const { leader } = stage
    expect(stage.masterOf(leader)).not.toBe('m')
    expect(stage.cluster.sentinel(leader).disk.content.masters[0]?.host).not.toBe('10.0.1.1')
  })

  scenario('returns and is demoted at once', { seed: 6 }, async (stage) => {
    await killMaster(stage)
    stage.mark()
    const returnedAt = stage.cluster.nowMs
    stage.cluster.node('m').start()
    await stage.rests(30_000)
    expect(stage.at('+convert-to-slave') - returnedAt).toBeLessThan(200)
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('that is stopped (SIGSTOP) is replaced, and demoted when it continues', { seed: 7 }, async (stage) => {
    stage.do({ kind: 'pause-node', node: 'm', ms: 20_000 })
    await stage.hears('+switch-master', 5000)
    await stage.run(20_000)
    await stage.rests(30_000)
    expect(stage.agreedMaster).not.toBe('m')
    expect(stage.count('+convert-to-slave')).toBeGreaterThan(0)
  })

  scenario('whose machine loses power is replaced', { seed: 8 }, async (stage) => {
    stage.do({ kind: 'power-cut-node', node: 'm', ms: 20_000 })
    await stage.hears('+failover-end', 5000)
    await stage.run(20_000)
    await stage.rests(40_000)
    expect(stage.agreedMaster).not.toBe('m')
  })
})

describe('after an election without a winner', () => {
  const quick = { seed: 9, sentinels: 3, groups: [{ failoverTimeoutMs: 30_000, quorum: 1 }] }
  scenario('the next failover needs one attempt', quick, async (stage) => {
    // s1 alone takes the master for dead, stands, and is heard by nobody in time.
    const { network } = stage.cluster
    const silence = ['10.0.1.1', '10.0.0.2', '10.0.0.3']
    for (const ip of silence) network.block(ip, '10.0.0.1')
    await stage.hears('-failover-abort-not-elected', 40_000, 's1')
    for (const ip of silence) network.unblock(ip, '10.0.0.1')
    await stage.rests(60_000)
    // Whoever voted meanwhile keeps out of the way for 2x failover-timeout.
    await stage.run(62_000)
    stage.mark()
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 5000)
    expect(stage.count('+try-failover'), stage.tail()).toBe(1)
  })
})

describe('a master that is found down by all in the same moment', () => {
  it.each([
    { sentinels: 3, delay: { min: 100, jitter: 200 } },
    { sentinels: 5, delay: { min: 100, jitter: 200 } },
    { sentinels: 3, delay: { min: 20_000, jitter: 0 } },
    { sentinels: 5, delay: { min: 20_000, jitter: 2000 } },
  ])('is replaced without a split vote by $sentinels sentinels with a delay of $delay.min us', async ({ sentinels, delay }) => {
    for (let seed = 1; seed <= 25; seed += 1) {
      await playOn({ seed, sentinels, delay, clock: () => ({ monoStart: 1000 }) }, async (stage) => {
        stage.cluster.node('m').kill()
        await stage.hears('+failover-end', 8000)
        expect(stage.count('+elected-leader'), stage.tail()).toBe(1)
        expect(stage.count('-failover-abort-not-elected'), stage.tail()).toBe(0)
      })
    }
  })
})
