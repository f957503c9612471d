/** `explain` names the true reason why no failover happens, staged in the simulator. */
import { afterAll, describe, expect } from 'vitest'
import type { MasterExplanation } from '../../src/core/index.ts'
import { explanationFields, failoverText } from '../../src/explain/index.ts'
import type { FailoverRecord } from '../../src/events/index.ts'
import { scenario, type Stage } from './support/stage.ts'

function explain(stage: Stage, sentinel = 's1'): MasterExplanation {
  const node = stage.cluster.sentinel(sentinel)
  const explanation = node.view?.explain('mymaster', node.now())
  if (explanation === undefined) throw new Error(`${sentinel} explains nothing`)
  return explanation
}

const reasons = (stage: Stage, sentinel?: string) => explain(stage, sentinel).reasons.map(({ kind }) => kind)

const exclusions = (stage: Stage) => explain(stage).replicas.map(({ standing }) => (
  standing.kind === 'excluded' ? standing.why : standing.kind
))

/** All fields as one text, as people read them. */
function words(stage: Stage, sentinel?: string): string {
  return explanationFields(explain(stage, sentinel), [], 0).map(([name, value]) => `${name}: ${value}`).join('\n')
}

const LOST: FailoverRecord = {
  master: 'mymaster', role: 'leader', outcome: 'aborted', reason: '-failover-abort-not-elected', epoch: 1n,
  startedWall: 0, durationMs: 100,
  isPlanned: false, attempt: 1, waitedMs: undefined, lastAnswerWall: undefined, outageMs: undefined,
  from: undefined, to: undefined, phases: [], isBeforeRestart: false,
}

const table: string[] = []

afterAll(() => {
  process.stdout.write(`\nE4 explain, simulated:\n  ${table.join('\n  ')}\n`)
})

/** What an operator reads first, for the table. */
function note(situation: string, stage: Stage, sentinel?: string): void {
  const fields = new Map(explanationFields(explain(stage, sentinel), [], 0))
  const ability = fields.get('if-master-died-reason-1')
  table.push(`${situation.padEnd(32)} ${ability === undefined ? fields.get('answer') : `If the master died: ${ability}`}`)
}

function nodes(...priorities: number[]) {
  return [{ replicas: priorities.map((priority) => ({ priority })) }]
}

describe('explain reports that no failover happens', () => {
  scenario('because the master is not down', { seed: 71, groups: nodes(100, 50) }, async (stage) => {
    await stage.run(1000)
    note('master is not down', stage)
    expect(explain(stage)).toMatchObject({ failover: 'no', ifMasterDied: [], reasons: [{ kind: 'master-up' }] })
    expect(words(stage)).toContain('yes, a failover to 10.0.1.3:6379 would follow')
    expect(words(stage)).toContain('would be promoted: it has the lowest priority number (priority 50')
    expect(words(stage)).toContain('its priority number is higher than that of the best replica (priority 100')
  })

  scenario('because there is no quorum', { seed: 72, groups: [{ quorum: 3 }] }, async (stage) => {
    stage.do({ kind: 'kill-sentinel', sentinel: 's3', ms: 600_000 })
    stage.cluster.node('m').kill()
    await stage.hears('+sdown', 40_000, 's1')
    await stage.run(40_000)
    note('no quorum', stage)
    expect(reasons(stage)).toEqual(['no-quorum', 'quorum-out-of-reach', 'no-majority'])
    expect(words(stage)).toContain('no quorum: 2 sentinels see the master down, and the quorum is 3; of the others, 1 cannot be reached')
  })

  scenario('because there is no majority', { seed: 73, groups: [{ quorum: 1 }] }, async (stage) => {
    stage.do({ kind: 'kill-sentinel', sentinel: 's2', ms: 600_000 })
    stage.do({ kind: 'kill-sentinel', sentinel: 's3', ms: 600_000 })
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-not-elected', 60_000, 's1')
    note('no majority', stage)
    expect(reasons(stage)).toContain('no-majority')
    expect(words(stage)).toContain('no majority: a leader needs 2 votes of 3 known sentinels, but only 1 can vote now')
    expect(explain(stage).lostElection).toMatchObject({ mine: 1, needed: 2 })
  })

  // s2 cannot save its vote, and s3 is gone.
  scenario('because a voter cannot save its vote', { seed: 1 }, async (stage) => {
    stage.do({ kind: 'kill-sentinel', sentinel: 's3', ms: 60_000 })
    stage.do({ kind: 'failing-disk', sentinel: 's2', ms: 60_000 })
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-not-elected', 20_000)
    const candidate = stage.lines().find(({ event }) => event?.name === '-failover-abort-not-elected')?.who
    const explanation = explain(stage, candidate)
    expect(explanation.lostElection).toMatchObject({ mine: 1, needed: 2, withheld: 1 })
    expect(failoverText(LOST, 1000, explanation)).toContain(
      'not elected: 1 vote of 2 needed, 1 sentinel could not be reached, 1 sentinel gave no vote (a sentinel does not vote '
      + 'while it is paused or cannot save its file)',
    )
  })

  scenario('because all replicas are down', { seed: 74, groups: nodes(100, 100) }, async (stage) => {
    for (const node of ['r1', 'r2']) stage.cluster.node(node).kill()
    await stage.run(100)
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 120_000)
    const leader = stage.lines().find(({ event }) => event?.name === '-failover-abort-no-good-slave')?.who
    note('all replicas down', stage, leader)
    expect(reasons(stage, leader)).toEqual(['no-good-replica', 'too-soon'])
    expect(words(stage, leader)).toContain('no replica can be promoted: 2 are down')
    expect(words(stage, leader)).toContain('excluded: down for')
  })

  scenario('because all replicas are disconnected', { seed: 75, groups: [{ replicas: 2, downAfterMs: 30_000 }] }, async (stage) => {
    for (const node of ['r1', 'r2']) stage.cluster.node(node).kill()
    await stage.until('they are excluded so', () => exclusions(stage).every((why) => why === 'disconnected'), 20_000)
    note('all replicas disconnected', stage)
    expect(explain(stage).ifMasterDied?.map(({ kind }) => kind)).toEqual(['no-good-replica'])
    expect(words(stage)).toContain('there is no connection to it; the connection failed')
  })

  scenario('because no replica answers PING', { seed: 76, groups: [{ replicas: 2, downAfterMs: 60_000 }] }, async (stage) => {
    for (const node of ['r1', 'r2']) stage.do({ kind: 'pause-node', node, ms: 15_000 })
    await stage.until('they are excluded so', () => exclusions(stage).every((why) => why === 'silent'), 14_000)
    note('no replica answers PING', stage)
    expect(explain(stage).ifMasterDied).toEqual([{ kind: 'no-good-replica', excluded: [{ why: 'silent', count: 2 }] }])
    expect(words(stage)).toContain('s old, at most 5.0 s is allowed')
  })

  scenario('because all replicas have priority 0', { seed: 77, groups: nodes(0, 0) }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 60_000)
    const leader = stage.lines().find(({ event }) => event?.name === '-failover-abort-no-good-slave')?.who
    note('all replicas priority 0', stage, leader)
    expect(reasons(stage, leader)).toEqual(['no-good-replica', 'too-soon'])
    expect(words(stage, leader)).toContain('its replica-priority is 0: it must never be promoted')
    expect(explain(stage, leader).lastSelection?.rejected.map(({ why }) => why)).toEqual(['priority-zero', 'priority-zero'])
  })

  scenario('because all replicas have been without the master for too long', { seed: 79, groups: [{ replicas: 2, downAfterMs: 1000 }] }, async (stage) => {
    for (const host of ['10.0.1.2', '10.0.1.3']) {
      stage.cluster.network.cut('10.0.1.1', host)
      stage.cluster.network.block('10.0.1.1', host)
    }
    await stage.run(25_000)
    note('replicas lost the master', stage)
    expect(exclusions(stage)).toEqual(['master-link-down-too-long', 'master-link-down-too-long'])
    expect(words(stage)).toContain('it has been disconnected from its master for 2')
    for (const host of ['10.0.1.2', '10.0.1.3']) stage.cluster.network.unblock('10.0.1.1', host)
  })

  scenario('because the sentinel is in TILT', { seed: 80 }, async (stage) => {
    stage.do({ kind: 'jump-wall-clock', sentinel: 's1', byMs: 60_000 })
    await stage.hears('+tilt', 5000, 's1')
    await stage.run(3000)
    note('TILT', stage)
    expect(reasons(stage)[0]).toBe('tilt')
    expect(words(stage)).toMatch(/this sentinel has been in TILT for .* s, .*it makes no decisions for another 2\d\.\d s/)
  })

  scenario('because an attempt has begun recently, by itself or by a candidate that it voted for', { seed: 81, groups: nodes(0, 0) }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 60_000)
    const leader = stage.lines().find(({ event }) => event?.name === '-failover-abort-no-good-slave')?.who ?? ''
    for (const node of ['r1', 'r2']) stage.do({ kind: 'change-priority', node, priority: 100 })
    await stage.until('INFO says so', () => exclusions(stage)[0] === 'best', 15_000)
    await stage.run(3000)
    note('too soon after an attempt', stage, leader)
    expect(reasons(stage, leader)).toEqual(['too-soon'])
    expect(words(stage, leader)).toContain('too soon after this sentinel\'s last attempt')
    const voter = ['s1', 's2', 's3'].find((name) => name !== leader && explain(stage, name).reasons[0]?.kind === 'too-soon')
    note('another sentinel may be at work', stage, voter)
    expect(words(stage, voter)).toContain('voted for')
    expect(explain(stage, leader).nextAttemptMs).toBeGreaterThan(0)
    await stage.hears('+switch-master', 400_000)
    await stage.run(2000)
  })

  scenario('because one is already running', { seed: 82, groups: [{ replicas: 2 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.hears('+failover-state-wait-promotion', 60_000)
    const leader = stage.lines().find(({ event }) => event?.name === '+failover-state-wait-promotion')?.who
    note('under way', stage, leader)
    expect(explain(stage, leader)).toMatchObject({ failover: 'running', reasons: [{ kind: 'in-progress', phase: 'wait-promotion' }] })
    expect(words(stage, leader)).toContain(', waiting for the chosen replica to become a master (')
    await stage.hears('+failover-end', 60_000)
    await stage.run(2000)
  })
})
