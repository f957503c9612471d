/** What counts as down, and what only looks like it (behaviour.md 2.4, 4). */
import { describe, expect } from 'vitest'
import { errorReply } from '../simulator/wire.ts'
import { scenario } from './support/stage.ts'

describe('TILT', () => {
  scenario('follows a stall of 3 s, and delays SDOWN for 30 s', { seed: 71 }, async (stage) => {
    stage.do({ kind: 'pause-sentinel', sentinel: 's1', ms: 3000 })
    await stage.run(5000)
    expect(stage.log('s1')).toEqual(['+tilt #tilt mode entered'])
    stage.cluster.node('r1').kill()
    await stage.run(20_000)
    expect(stage.count('+sdown', 's1')).toBe(0)
    expect(stage.count('+sdown', 's2')).toBeGreaterThan(0)
    await stage.hears('-tilt', 10_000, 's1')
    await stage.hears('+sdown', 100, 's1')
  })

  scenario('does not follow a stall of 1.5 s', { seed: 72 }, async (stage) => {
    stage.do({ kind: 'pause-sentinel', sentinel: 's1', ms: 1500 })
    await stage.run(10_000)
    expect(stage.log('s1')).toEqual([])
  })

  for (const byMs of [-500, 3_600_000]) {
    scenario(`follows a jump of the wall clock by ${byMs} ms, and no SDOWN is reported`, { seed: 73 }, async (stage) => {
      stage.do({ kind: 'jump-wall-clock', sentinel: 's1', byMs })
      await stage.run(60_000)
      expect(stage.log()).toEqual(['+tilt #tilt mode entered', '-tilt #tilt mode exited'])
    })
  }

  scenario('ends with fresh replies, so that a replica that returned meanwhile can be chosen', { seed: 90, groups: [{ replicas: [{ priority: 10 }, {}] }] }, async (stage) => {
    stage.cluster.node('r1').kill()
    await stage.hears('+sdown', 5000, 's1')
    stage.do({ kind: 'jump-wall-clock', sentinel: 's1', byMs: 60_000 })
    await stage.hears('+tilt', 1000, 's1')
    stage.cluster.node('r1').start()
    // Ordered in TILT, it begins with the end of TILT; r1 has been up long before.
    await stage.cluster.operate('s1', { kind: 'failover', name: 'mymaster' })
    await stage.hears('+selected-slave', 40_000, 's1')
    expect(stage.lines('s1').find(({ event }) => event?.name === '+selected-slave')?.text).toContain('10.0.1.2:6379')
    await stage.rests(60_000)
  })

  scenario('lets a sentinel vote and follow others, but report no SDOWN', { seed: 74 }, async (stage) => {
    stage.do({ kind: 'jump-wall-clock', sentinel: 's1', byMs: 60_000 })
    await stage.run(500)
    stage.cluster.node('m').kill()
    await stage.hears('+failover-end', 10_000)
    expect(stage.leader).not.toBe('s1')
    expect(stage.names('s1')).toEqual([
      '+tilt', '+new-epoch', '+vote-for-leader', '+config-update-from', '+switch-master', '+slave', '+slave',
    ])
  })

  // Longer down-after than the rest: replicas that lost their master for 10x down-after would be too old.
  scenario('of all sentinels delays the failover until it ends', { seed: 75, groups: [{ downAfterMs: 5000 }] }, async (stage) => {
    for (const sentinel of ['s1', 's2', 's3']) stage.do({ kind: 'jump-wall-clock', sentinel, byMs: 60_000 })
    await stage.run(500)
    stage.cluster.node('m').kill()
    await stage.run(25_000)
    expect(stage.count('+sdown')).toBe(0)
    await stage.hears('+failover-end', 10_000)
  })
})

describe('a master that is LOADING', () => {
  const quick = { downAfterMs: 2000, nodes: { loadMs: 20_000 } }
  scenario('is up until it has loaded', { seed: 76, groups: [quick] }, async (stage) => {
    stage.cluster.node('m').kill()
    stage.cluster.node('m').start()
    await stage.run(18_000)
    expect(stage.names().filter((name) => name !== '+reboot')).toEqual([])
    await stage.rests(20_000)
    expect(stage.agreedMaster).toBe('m')
  })

  scenario('is replaced when master-reboot-down-after-period is over', { seed: 77, groups: [{ ...quick, rebootDownAfterMs: 3000 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    stage.cluster.node('m').start()
    await stage.hears('+failover-end', 15_000)
    expect(stage.count('+reboot')).toBeGreaterThan(0)
    await stage.rests(60_000)
    expect(stage.agreedMaster).not.toBe('m')
  })
})

describe('a data node that answers with an error', () => {
  scenario('and is a busy replica is down after down-after, and up after SCRIPT KILL', { seed: 78 }, async (stage) => {
    stage.do({ kind: 'busy-node', node: 'r1', isKillable: true, isFunction: false, ms: 60_000 })
    await stage.hears('+sdown', 5000)
    await stage.run(3000)
    expect(stage.cluster.node('r1').busyWith).toBe(undefined)
    await stage.rests(5000)
    // The first sentinel to find it down helps the others, too.
    expect(new Set(stage.names())).toEqual(new Set(['+sdown', '-sdown']))
  })

  for (const isFunction of [false, true]) {
    scenario(`and is a busy master is not replaced, because its ${isFunction ? 'function' : 'script'} is killed`, { seed: 92 }, async (stage) => {
      stage.do({ kind: 'busy-node', node: 'm', isKillable: true, isFunction, ms: 60_000 })
      await stage.hears('+sdown', 5000)
      await stage.rests(1000)
      expect(stage.count('+try-failover')).toBe(0)
      expect(stage.agreedMaster).toBe('m')
    })
  }

  scenario('and is a master with a script that has written is replaced', { seed: 93 }, async (stage) => {
    stage.do({ kind: 'busy-node', node: 'm', isKillable: false, isFunction: false, ms: 60_000 })
    await stage.hears('+odown', 5000)
    const odownAt = stage.at('+odown')
    await stage.hears('+switch-master', 5000)
    expect(stage.at('+try-failover') - odownAt).toBeLessThan(150)
  })

  scenario('and is a busy master on a slow network ends a running failover when it answers', { seed: 94 }, async (stage) => {
    // The answer to SCRIPT KILL comes when the wait for it is over.
    stage.do({ kind: 'busy-node', node: 'm', isKillable: false, isFunction: false, ms: 5200 })
    for (const node of ['r1', 'r2']) stage.do({ kind: 'slow-network', machine: node, delayMs: 600, jitterMs: 1, ms: 20_000 })
    await stage.hears('+elected-leader', 8000)
    const { leader } = stage
    stage.cluster.node('m').busyWith = undefined
    await stage.hears('-failover-abort-no-good-slave', 3000, leader)
    expect(stage.log(leader).at(-1)).toMatch(/ #the master answers again$/)
    await stage.run(20_000)
    expect(stage.agreedMaster).toBe('m')
    // Its own attempt does not keep it from the next one.
    stage.mark()
    stage.cluster.node('m').kill()
    await stage.hears('+switch-master', 5000, leader)
  })

  scenario('and is a replica with -MISCONF (failed snapshots) is down until it is repaired', { seed: 79 }, async (stage) => {
    stage.do({ kind: 'failing-snapshots', node: 'r1', ms: 6000 })
    await stage.hears('+sdown', 5000, 's1')
    expect(stage.flags('s1', 'r1')).toBe('s_down,slave')
    await stage.run(6000)
    await stage.rests(5000)
  })

  scenario('and is a master with -MISCONF is replaced', { seed: 80 }, async (stage) => {
    stage.do({ kind: 'failing-snapshots', node: 'm', ms: 15_000 })
    await stage.hears('+failover-end', 10_000)
    await stage.run(15_000)
    await stage.rests(30_000)
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('is up when the error is -MASTERDOWN', { seed: 81 }, async (stage) => {
    stage.cluster.node('r1').pingReply = errorReply('MASTERDOWN Link with MASTER is down and replica-serve-stale-data is set to \'no\'.')
    await stage.run(20_000)
    expect(stage.log()).toEqual([])
  })

  scenario('is down when PONG comes as a bulk string', { seed: 82 }, async (stage) => {
    stage.cluster.node('r1').pingReply = { kind: 'bulk', text: 'PONG' }
    await stage.hears('+sdown', 5000)
  })
})

describe('a master in CLIENT PAUSE WRITE', () => {
  for (const [downAfterMs, seed] of [[150, 95], [600, 96], [2000, 97], [5000, 98]] as const) {
    scenario(`stays up although PUBLISH is not answered (down-after ${downAfterMs})`, { seed, groups: [{ downAfterMs }] }, async (stage) => {
      stage.do({ kind: 'pause-writes', node: 'm', ms: 120_000 })
      await stage.run(125_000)
      expect(stage.log()).toEqual([])
    })
  }

  scenario('is replaced when it dies', { seed: 99 }, async (stage) => {
    stage.do({ kind: 'pause-writes', node: 'm', ms: 120_000 })
    await stage.run(10_000)
    stage.cluster.node('m').pause()
    await stage.hears('+switch-master', 6000)
  })
})

describe('the password of data nodes', () => {
  scenario('causes no events when it is right', { seed: 83, groups: [{ authPass: 'secret' }] }, async (stage) => {
    await stage.run(10_000)
    expect(stage.log()).toEqual([])
  })

  scenario('makes them disconnected and down when it is wrong, until SET auth-pass', { seed: 84, groups: [{ authPass: 'old' }] }, async (stage) => {
    for (const node of stage.cluster.nodes) node.password = 'new'
    // Connections that were authenticated stay so; new ones are not.
    for (const { ip } of stage.cluster.nodes) stage.cluster.network.cut('10.0.0.1', ip)
    await stage.hears('+sdown', 6000, 's1')
    // The subscription is refused and tried again once a second.
    await stage.run(100)
    expect(stage.flags('s1', 'm')).toContain('disconnected')
    expect(stage.count('+odown')).toBe(0)
    stage.mark()
    const answer = await stage.cluster.operate('s1', {
      kind: 'set', name: 'mymaster', changes: [{ option: 'auth-pass', kind: 'text', setting: 'authPass', value: 'new' }],
    })
    expect(answer).toEqual({ kind: 'ok' })
    await stage.rests(5000)
    expect(stage.log('s1')[0]).toBe('+set master mymaster 10.0.1.1 6379 auth-pass ******')
  })
})

describe('a slow or broken network', () => {
  // Beyond half of down-after an old connection is given up while its answer is under way (behaviour.md 3.5).
  scenario('does not make a master down whose replies come within half of down-after', { seed: 85, groups: [{ downAfterMs: 2000 }] }, async (stage) => {
    stage.do({ kind: 'slow-network', machine: 'm', delayMs: 400, jitterMs: 50, ms: 30_000 })
    await stage.run(30_000)
    expect(stage.log().filter((text) => /^\+sdown master/.test(text))).toEqual([])
  })

  scenario('around one sentinel causes no ODOWN and no failover', { seed: 86 }, async (stage) => {
    stage.do({ kind: 'partition', side: ['s1'], isOneWay: false, ms: 30_000 })
    await stage.hears('+sdown', 10_000, 's1')
    await stage.run(30_000)
    expect(stage.count('+odown')).toBe(0)
    await stage.rests(60_000)
    expect(stage.agreedMaster).toBe('m')
  })

  scenario('that carries no replies of the master makes the others replace it', { seed: 87 }, async (stage) => {
    stage.do({ kind: 'partition', side: ['m'], isOneWay: true, ms: 20_000 })
    await stage.hears('+failover-end', 10_000)
    await stage.run(20_000)
    await stage.rests(60_000)
    expect(stage.agreedMaster).not.toBe('m')
  })

  scenario('that cuts connections once causes no events', { seed: 88 }, async (stage) => {
    for (const { ip } of stage.cluster.machines) stage.cluster.network.cut('10.0.0.1', ip)
    await stage.run(10_000)
    expect(stage.log()).toEqual([])
    await stage.rests(1000)
  })
})
