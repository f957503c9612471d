/** Ten troubles: the first finding names the cause and the remedy, on every sentinel or where all are asked. */
import { afterAll, describe, expect } from 'vitest'

import type { MasterExplanation } from '../../src/core/index.ts'
import { diagnose, diagnoseFleet, type Finding, type MemberReport } from '../../src/explain/index.ts'
import { hostAndPort } from '../../src/text/index.ts'
import { scenario, type Stage } from './support/stage.ts'

const table: string[] = []

afterAll(() => { process.stdout.write(`\nThe first finding in ten troubles:\n${table.join('\n')}\n`) })

function explain(stage: Stage, name: string): MasterExplanation | undefined {
  const node = stage.cluster.sentinel(name)
  return node.isUp ? node.view?.explain('mymaster', node.now()) : undefined
}

const first = (stage: Stage, name: string): Finding | undefined => {
  const explanation = explain(stage, name)
  return explanation === undefined ? undefined : diagnose(explanation)[0]
}

const addressOf = (stage: Stage, name: string): string => hostAndPort(stage.cluster.ipOf(name), 26379)

function fleet(stage: Stage, self = 's1'): readonly Finding[] {
  return diagnoseFleet(stage.cluster.sentinels.map((node): MemberReport => {
    const explanation = explain(stage, node.name)
    const tilt = explanation?.reasons.find((reason) => reason.kind === 'tilt')
    return {
      address: addressOf(stage, node.name), isSelf: node.name === self, id: node.id, kind: 'ours',
      problem: explanation === undefined ? 'connection refused' : undefined,
      view: explanation === undefined ? undefined : {
        master: hostAndPort(explanation.host, explanation.port), configEpoch: undefined,
        flags: explanation.sdown ? ['s_down', 'master'] : ['master'], tiltLeftMs: tilt?.leftMs,
        isLeading: explanation.failover === 'running', findings: diagnose(explanation),
      },
    }
  }))
}

/** The table for people: what each sentinel and all of them together say first. */
function note(trouble: string, stage: Stage): void {
  const say = (who: string, finding: Finding | undefined) => {
    table.push(`  ${trouble.padEnd(26)} ${who.padEnd(6)} ${finding === undefined ? '-' : `[${finding.severity}] ${finding.code}: ${finding.text}`}`)
    if (finding?.command !== undefined) table.push(`  ${''.padEnd(33)} $ ${finding.command}`)
  }
  for (const { name, isUp } of stage.cluster.sentinels) if (isUp) say(name, first(stage, name))
  say('fleet', fleet(stage)[0])
}

const ALL = ['s1', 's2', 's3']

describe('the log of a failover that ends with -failover-abort-slave-timeout', () => {
  scenario('has the reason why the connection to the chosen replica failed', {
    seed: 512, groups: [{ replicas: [{ priority: 10 }, { priority: 100 }], downAfterMs: 2000 }],
  }, async (stage) => {
    stage.cluster.node('r1').denied.add('SLAVEOF')
    stage.cluster.node('m').kill()
    await stage.hears('+failover-state-wait-promotion', 20_000)
    const { leader } = stage
    stage.cluster.node('r1').denied.clear()
    stage.cluster.node('r1').kill()
    await stage.hears('-failover-abort-slave-timeout', 60_000, leader)
    expect(stage.lines(leader).at(-2)?.text ?? '').toContain('(the failover of mymaster ends: the connection to 10.0.1.2:6379 failed: Connection refused)')
    await stage.hears('+switch-master', 200_000)
    await stage.run(3000)
  })
})

describe('the first finding names the cause where', () => {
  scenario('SLAVEOF is denied, on the leader at once, on the others when all are asked', {
    seed: 501, groups: [{ replicas: [{ priority: 10 }, { priority: 100 }], downAfterMs: 2000 }],
  }, async (stage) => {
    stage.cluster.node('r1').denied.add('SLAVEOF')
    stage.cluster.node('m').kill()
    await stage.hears('+failover-state-wait-promotion', 20_000)
    const { leader, followers } = stage
    await stage.until('the refusal', () => first(stage, leader)?.code === 'promotion-refused', 10_000)
    await stage.run(3000)
    note('denied SLAVEOF', stage)
    const refused = { code: 'promotion-refused', severity: 'critical', about: '10.0.1.2:6379' }
    expect(first(stage, leader)).toMatchObject(refused)
    expect(first(stage, leader)?.command).toContain('redis-cli -h 10.0.1.2 -p 6379 ACL SETUSER default +multi +exec +slaveof')
    const address = addressOf(stage, leader)
    for (const follower of followers) {
      expect(first(stage, follower)).toMatchObject({ code: 'failover-elsewhere', about: address })
      expect(fleet(stage, follower)[0]).toMatchObject({ ...refused, text: expect.stringContaining(`${address} leads the failover: `) as string })
    }
    await stage.hears('-failover-abort-slave-timeout', 400_000)
    await stage.run(3000)
    note('denied SLAVEOF, given up', stage)
    expect(first(stage, leader)).toMatchObject(refused)
    for (const follower of followers) expect(fleet(stage, follower)[0]).toMatchObject(refused)
    stage.cluster.node('r1').denied.clear()
    await stage.hears('+switch-master', 900_000)
    await stage.run(3000)
    const refusals = stage.lines(leader).filter(({ text }) => text.includes('refused SLAVEOF NO ONE'))
    expect(refusals.map(({ text }) => text.split(':')[0])).toEqual(['(replica 10.0.1.2', '(the failover of mymaster ends'])
    for (const sentinel of ALL) expect(first(stage, sentinel)?.code).not.toBe('promotion-refused')
  })

  scenario('one replica has a wrong password', { seed: 502, groups: [{ authPass: 'right' }] }, async (stage) => {
    stage.cluster.node('r2').password = 'wrong'
    for (const sentinel of ALL) stage.do({ kind: 'cut-connections', one: sentinel, other: 'r2' })
    await stage.run(20_000)
    note('wrong password', stage)
    for (const sentinel of ALL) {
      expect(first(stage, sentinel)).toMatchObject({
        code: 'login-refused', about: '10.0.1.3:6379', text: expect.stringContaining('refuses the login of user default: "WRONGPASS') as string,
        command: 'redis-cli -h 10.0.1.3 -p 6379 ACL SETUSER default on \'>PASSWORD\'',
      })
    }
    expect(fleet(stage)[0]).toMatchObject({ code: 'login-refused', about: '10.0.1.3:6379' })
    stage.cluster.node('r2').password = 'right'
    await stage.rests(60_000)
  })

  scenario('two of three sentinels are down', { seed: 503, groups: [{ downAfterMs: 2000 }] }, async (stage) => {
    for (const sentinel of ['s2', 's3']) stage.do({ kind: 'kill-sentinel', sentinel, ms: 60_000 })
    stage.cluster.node('m').kill()
    await stage.hears('+sdown', 20_000, 's1')
    await stage.run(10_000)
    note('no quorum', stage)
    expect(first(stage, 's1')).toMatchObject({ code: 'no-quorum', severity: 'critical', about: '10.0.0.2:26379' })
    expect(fleet(stage)[0]).toMatchObject({ code: 'no-quorum', severity: 'critical' })
    await stage.hears('+switch-master', 200_000)
    await stage.run(3000)
  })

  scenario('all replicas have priority 0', {
    seed: 504, groups: [{ replicas: [{ priority: 0 }, { priority: 0 }], downAfterMs: 2000 }],
  }, async (stage) => {
    for (const sentinel of ALL) expect(first(stage, sentinel)).toMatchObject({ code: 'priority-zero', severity: 'warning' })
    stage.cluster.node('m').kill()
    await stage.hears('-failover-abort-no-good-slave', 60_000)
    await stage.run(3000)
    note('priority 0', stage)
    for (const sentinel of ALL) {
      expect(first(stage, sentinel)).toMatchObject({ code: 'priority-zero', severity: 'critical' })
      expect(first(stage, sentinel)?.command).toMatch(/^redis-cli -h 10\.0\.1\.[23] -p 6379 CONFIG SET replica-priority 100$/)
    }
    expect(fleet(stage)[0]).toMatchObject({ code: 'priority-zero', severity: 'critical' })
  })

  scenario('one sentinel is in TILT and the others can act', { seed: 505 }, async (stage) => {
    stage.do({ kind: 'pause-sentinel', sentinel: 's1', ms: 5000 })
    await stage.hears('+tilt', 20_000, 's1')
    await stage.run(3000)
    note('TILT', stage)
    expect(first(stage, 's1')).toMatchObject({ code: 'tilt', severity: 'warning' })
    expect(first(stage, 's1')?.text).toMatch(/This sentinel will not act for another 2\d\.\d s \(TILT: the process did not run for 5\.\d s\); 2 others can\./)
    expect(fleet(stage, 's2')[0]).toMatchObject({ code: 'tilt', about: '10.0.0.1:26379' })
    expect(fleet(stage, 's2')[0]?.text).toMatch(/^10\.0\.0\.1:26379 will not act for another/)
    await stage.run(30_000)
  })

  scenario('the disk is full', { seed: 506 }, async (stage) => {
    stage.do({ kind: 'failing-disk', sentinel: 's2', ms: 60_000 })
    stage.do({ kind: 'operator', sentinel: 's2', operation: { kind: 'save' } })
    await stage.run(5000)
    note('full disk', stage)
    expect(first(stage, 's2')).toMatchObject({ code: 'config-not-saved', severity: 'warning', command: expect.stringContaining('SENTINEL FLUSHCONFIG') as string })
    expect(fleet(stage)[0]).toMatchObject({ code: 'config-not-saved', about: '10.0.0.2:26379' })
    await stage.run(60_000)
  })

  scenario('the name service does not answer', { seed: 507, names: 'announced', hasHostNames: true, groups: [{ downAfterMs: 5000 }] }, async (stage) => {
    stage.cluster.network.areNamesDown = true
    for (const sentinel of ALL) for (const node of ['m', 'r1', 'r2']) stage.do({ kind: 'cut-connections', one: sentinel, other: node })
    await stage.run(15_000)
    note('names not resolved', stage)
    for (const sentinel of ALL) {
      expect(first(stage, sentinel)).toMatchObject({ code: 'name-not-resolved', text: expect.stringContaining('m.test') as string })
      expect(first(stage, sentinel)?.text).toContain('the name server does not answer')
    }
    expect(fleet(stage)[0]).toMatchObject({ code: 'name-not-resolved' })
    stage.cluster.network.areNamesDown = false
    await stage.run(60_000)
  })

  scenario('one sentinel does not reach the master', { seed: 508, groups: [{ downAfterMs: 2000 }] }, async (stage) => {
    stage.do({ kind: 'intercept', machine: 's1', to: 'm', how: 'refused', ms: 30_000 })
    await stage.hears('+sdown', 20_000, 's1')
    await stage.run(5000)
    note('unreachable from one', stage)
    expect(first(stage, 's1')).toMatchObject({ code: 'master-unreachable-here', severity: 'warning', about: '10.0.1.1:6379' })
    expect(first(stage, 's1')?.text).toContain('(connection refused): 2 other sentinels do')
    expect(first(stage, 's2')).toBeUndefined()
    expect(fleet(stage, 's2')[0]).toMatchObject({ code: 'master-unreachable-here', text: expect.stringContaining('10.0.0.1:26379') as string })
    await stage.run(60_000)
  })

  scenario('the clock of one sentinel jumps', { seed: 509 }, async (stage) => {
    stage.do({ kind: 'jump-wall-clock', sentinel: 's3', byMs: -3_600_000 })
    await stage.hears('+tilt', 5000, 's3')
    await stage.run(1000)
    note('clock jump', stage)
    expect(first(stage, 's3')?.text).toContain('(TILT: its clock went back by 1 h); 2 others can.')
    expect(fleet(stage)[0]).toMatchObject({ code: 'tilt', about: '10.0.0.3:26379' })
    await stage.run(40_000)
  })

  scenario('a node follows another deployment', {
    seed: 510, hasStrangers: true, groups: [{ downAfterMs: 2000, replicas: 2, nodes: { persistence: 'aof', fullSyncMs: 200 } }],
  }, async (stage) => {
    stage.do({ kind: 'misdirect-node', node: 'r1', to: 'x-m' })
    for (const sentinel of ALL) await stage.hears('+foreign-node', 30_000, sentinel)
    note('foreign node', stage)
    for (const sentinel of ALL) {
      expect(first(stage, sentinel)).toMatchObject({
        code: 'foreign-node', about: '10.0.1.2:6379', command: 'redis-cli -h 10.0.1.2 -p 6379 REPLICAOF 10.0.1.1 6379',
      })
    }
    expect(fleet(stage)[0]).toMatchObject({ code: 'foreign-node', about: '10.0.1.2:6379' })
  })

  scenario('the master does not answer and does not count as down yet', { seed: 511, groups: [{ downAfterMs: 30_000 }] }, async (stage) => {
    stage.cluster.node('m').kill()
    await stage.run(14_000)
    note('before down-after', stage)
    for (const sentinel of ALL) {
      expect(first(stage, sentinel)).toMatchObject({ code: 'master-unreachable', severity: 'warning', about: '10.0.1.1:6379' })
      expect(first(stage, sentinel)?.text).toMatch(/unreachable for 1[345]\.\d s \(connection refused\); .*failover in 1[56]\.\d s/)
    }
    await stage.hears('+switch-master', 60_000)
    await stage.run(3000)
  })
})
