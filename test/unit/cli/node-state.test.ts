/** The column STATE of `status`: plain words, never better than the findings. */
import { describe, expect, it } from 'vitest'

import { nodeStateWords, troublesByNode } from '../../../src/cli/sentinel-tools/node-state.ts'
import { FINDING_CODES } from '../../../src/explain/index.ts'
import { nodeTrouble } from '../../../src/text/index.ts'

/** Codes that say nothing about the state of the one node that they may name. */
const OF_NO_STATE = [
  'same-id', 'sentinels-disagree', 'tilt', 'quorum-too-high', 'no-quorum', 'no-majority', 'paused', 'lost-data', 'no-replica',
  'priority-zero', 'no-good-replica', 'config-not-saved', 'shared-address', 'failover-elsewhere', 'failover-running',
  'failover-waits', 'older-release', 'few-sentinels', 'no-spare-sentinel', 'same-server',
]

function words(fields: Readonly<Record<string, string>>, ...troubles: string[]): string {
  return nodeStateWords(new Map(Object.entries(fields)), troubles).join(', ') || 'ok'
}

describe('the state of a node', () => {
  it.each([
    [{ flags: 'master' }, 'ok'],
    [{ flags: 's_down,o_down,master,disconnected' }, 'down (quorum agrees), no connection'],
    [{ flags: 's_down,master' }, 'down (not agreed)'],
    [{ flags: 's_down,slave,disconnected' }, 'down, no connection'],
    [{ flags: 'slave,disconnected' }, 'no connection'],
    [{ flags: 's_down,sentinel,disconnected,master_down' }, 'down, no connection, sees the master down'],
    [{ 'flags': 's_down,o_down,master,failover_in_progress,force_failover', 'failover-state': 'wait_promotion' },
      'down (quorum agrees), failing over (waiting for the promotion), ordered by an operator'],
    [{ 'flags': 'master', 'failover-state': 'none' }, 'ok'],
    [{ 'flags': 'slave,promoted', 'role-reported': 'master' }, 'being promoted'],
    [{ flags: 'slave,reconf_sent' }, 'being reconfigured'],
    [{ flags: 'slave,reconf_done' }, 'ok'],
    [{ 'flags': 'master', 'role-reported': 'slave' }, 'reports the role of a replica (read-only)'],
    [{ 'flags': 'slave', 'role-reported': 'master' }, 'reports the role of a master'],
    [{ flags: 'master,a_later_flag' }, 'a_later_flag'],
  ])('of %o is %s', (fields, expected) => {
    expect(words(fields as Record<string, string>)).toBe(expected)
  })

  it.each(FINDING_CODES.filter((code) => !OF_NO_STATE.includes(code)))('is not ok while a finding %s names it', (code) => {
    const trouble = nodeTrouble(code) ?? 'none'
    expect(trouble).not.toBe('none')
    const troubles = troublesByNode([{ code, severity: 'warning', text: '', remedy: null, command: null, about: 'a:1' }])
    expect(words({ flags: 'slave' }, ...troubles.get('a:1') ?? [])).toBe(trouble)
  })

  it('has no words for codes that do not describe a node', () => {
    expect(OF_NO_STATE.map(nodeTrouble).filter((text) => text !== undefined)).toEqual([])
  })

  it('has the worst first and nothing twice', () => {
    expect(words({ flags: 's_down,o_down,master' }, 'down', 'no answer')).toBe('down (quorum agrees)')
    expect(words({ flags: 'master,disconnected' }, 'down', 'refuses the login')).toBe('down, refuses the login, no connection')
    expect(words({ 'flags': 's_down,master', 'role-reported': 'slave' }, 'reports the role of a replica (read-only)'))
      .toBe('down (not agreed), reports the role of a replica (read-only)')
  })
})
