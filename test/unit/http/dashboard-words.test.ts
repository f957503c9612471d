/** The words of the dashboard, without a browser. */
import { runInNewContext } from 'node:vm'
import { describe, expect, it } from 'vitest'

import { SCRIPT_VIEWS } from '../../../src/http/dashboard/script-views.ts'

interface Words {
  readonly reasonText: (reason: string) => string
  readonly segments: (failover: object) => { readonly name: string }[]
}

describe('the dashboard', () => {
  it('tells a failover that a living master ended from one without a replica to promote', () => {
    const { reasonText, segments } = runInNewContext(`${SCRIPT_VIEWS}\n;({ reasonText, segments })`) as Words
    const phases = [{ name: '-failover-abort-no-good-slave', sinceStartMs: 40 }]
    expect(reasonText('master-answers')).toBe('the master answers again')
    expect(segments({ phases, reason: 'master-answers' })[0]?.name).toBe('master answers')
    expect(segments({ phases, reason: 'no-good-slave' })[0]?.name).toBe('no replica')
  })
})
