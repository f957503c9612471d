/** The phases of a failover and the moves between them (behaviour.md 9). */
import { describe, expect, it } from 'vitest'

import { enter, WIRE_PHASE } from '../../../src/core/failover/phases.ts'
import { confirmedReplica, promotedReplica, type Failover, type Phase } from '../../../src/core/state/failover.ts'
import { masterIn, NOW, replicaOf, turnAt } from './records.ts'

const turn = turnAt()
const master = masterIn(turn)
const promoted = replicaOf(turn, master, 1)
const running = { epoch: 1n, forced: false, since: NOW }

const IN_PHASE: Readonly<Record<Phase, Failover>> = {
  'none': { phase: 'none', since: NOW },
  'wait-start': { phase: 'wait-start', ...running, freshSince: NOW, votesUntil: undefined, isAlone: false },
  'select-replica': { phase: 'select-replica', ...running, freshSince: NOW },
  'send-replicaof-no-one': { phase: 'send-replicaof-no-one', ...running, promoted },
  'wait-promotion': { phase: 'wait-promotion', ...running, promoted, orderedAt: NOW },
  'reconf-replicas': { phase: 'reconf-replicas', ...running, promoted, oldOrderedAt: undefined },
}

const PHASES = Object.keys(IN_PHASE) as Phase[]

function canFollow(from: Phase, to: Phase): boolean {
  Object.assign(master, { failover: IN_PHASE[from] })
  try {
    enter(master, IN_PHASE[to])
    return true
  } catch (error) {
    expect(String(error)).toBe(`InvariantError: failover of mymaster: ${from} cannot become ${to}`)
    expect(master.failover.phase).toBe(from)
    return false
  }
}

describe('the phase of a failover', () => {
  it.each<[Phase, readonly Phase[]]>([
    ['none', ['none', 'wait-start']],
    ['wait-start', ['none', 'wait-start', 'select-replica']],
    ['select-replica', ['none', 'send-replicaof-no-one']],
    ['send-replicaof-no-one', ['none', 'wait-promotion']],
    ['wait-promotion', ['none', 'wait-promotion', 'reconf-replicas']],
    ['reconf-replicas', ['none', 'reconf-replicas']],
  ])('%s is followed by %j and by no other one', (from, next) => {
    expect(PHASES.filter((to) => canFollow(from, to))).toEqual(next)
  })

  it('names the promoted replica once it is chosen, and confirms it once its promotion was seen', () => {
    const seen = PHASES.map((phase) => {
      Object.assign(master, { failover: IN_PHASE[phase] })
      return [phase, promotedReplica(master) === promoted, confirmedReplica(master) === promoted]
    })
    expect(seen).toEqual([
      ['none', false, false],
      ['wait-start', false, false],
      ['select-replica', false, false],
      ['send-replicaof-no-one', true, false],
      ['wait-promotion', true, false],
      ['reconf-replicas', true, true],
    ])
  })

  it('has the name of the original in replies', () => {
    expect(PHASES.map((phase) => WIRE_PHASE[phase])).toEqual([
      'none', 'wait_start', 'select_slave', 'send_slaveof_noone', 'wait_promotion', 'reconf_slaves',
    ])
  })
})
