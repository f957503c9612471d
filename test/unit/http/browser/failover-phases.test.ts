/** The phases of a failover as the dashboard shows them. */
import { describe, expect, it } from 'vitest'

import { phasesOf, reasonText } from '../../../../src/http/dashboard/browser/failover-phases.ts'

const ENDED = { outcome: 'switched', role: 'leader', reason: null } as const
const RUNNING = { ...ENDED, outcome: 'running' } as const

describe('a failover on the dashboard', () => {
  it.each([
    [[], 'leader', 'agreement', 900],
    [[{ name: '+odown', sinceStartMs: 100 }], 'leader', 'election', 800],
    [[{ name: '+odown', sinceStartMs: 100 }], 'follower', 'work of the leader', 800],
    [[{ name: '+elected-leader', sinceStartMs: 300 }], 'leader', 'promotion', 600],
    [[{ name: '+promoted-slave', sinceStartMs: 400 }], 'leader', 'reconfiguration', 500],
  ] as const)('that runs and has had %j as %s is in the phase of %s', (phases, role, name, ms) => {
    expect(phasesOf({ ...RUNNING, phases, role }, 900).at(-1)).toMatchObject({ name, ms, isRunning: true })
  })

  it('is divided at the events that end its phases', () => {
    const phases = [
      { name: '+sdown', sinceStartMs: 0 }, { name: '+odown', sinceStartMs: 100 }, { name: '+try-failover', sinceStartMs: 101 },
      { name: '+elected-leader', sinceStartMs: 130 }, { name: '+selected-slave', sinceStartMs: 131 },
      { name: '+promoted-slave', sinceStartMs: 200 }, { name: '+switch-master', sinceStartMs: 450 },
    ]
    expect(phasesOf({ ...ENDED, phases })).toEqual([
      { name: 'agreement', colour: 'p1', ms: 100, isRunning: false },
      { name: 'election', colour: 'p2', ms: 30, isRunning: false },
      { name: 'promotion', colour: 'p3', ms: 70, isRunning: false },
      { name: 'reconfiguration', colour: 'p4', ms: 250, isRunning: false },
    ])
  })

  it('has no phase of reconfiguration when the switch takes no time', () => {
    const phases = [{ name: '+config-update-from', sinceStartMs: 300 }, { name: '+switch-master', sinceStartMs: 300 }]
    expect(phasesOf({ ...ENDED, phases })).toEqual([{ name: 'work of the leader', colour: 'p3', ms: 300, isRunning: false }])
  })

  it('that ended because the master answered differs from one without a replica to promote', () => {
    const phases = [{ name: '-failover-abort-no-good-slave', sinceStartMs: 40 }]
    expect(phasesOf({ ...ENDED, phases, reason: 'master-answers' })).toMatchObject([{ name: 'master answers' }])
    expect(phasesOf({ ...ENDED, phases, reason: 'no-good-slave' })).toMatchObject([{ name: 'no replica' }])
    expect(reasonText('master-answers')).toBe('the master answers again')
    expect(reasonText('no-good-slave')).toBe('no replica can be promoted')
  })

  it('shows a reason of a later release as it is', () => {
    expect(reasonText('constructor')).toBe('constructor')
  })
})
