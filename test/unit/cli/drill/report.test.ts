import { describe, expect, it } from 'vitest'

import { htmlPage } from '../../../../src/cli/drill/html-page.ts'
import { junitXml } from '../../../../src/cli/drill/junit.ts'
import { resultTable } from '../../../../src/cli/drill/result-table.ts'
import { NO_TIMES, NO_WRITES, type ScenarioResult } from '../../../../src/harness/index.ts'

const PASSED: ScenarioResult = {
  scenario: 'kill-master', title: 'the master is killed', verdict: 'passed', sentinels: 'ours, ours, ours',
  startedAt: 1_000, durationMs: 12_345, faultAt: 1_100,
  times: { ...NO_TIMES, sdownMs: 1_004.2, switchedMs: 1_050, switchedOnAllMs: 1_060 },
  failovers: 1,
  writes: {
    ...NO_WRITES, tried: 400, acknowledged: 390, lost: 0, failed: 10, readonlyErrors: 2, outageMs: 1_100.4,
    outages: [{ from: 1_100, to: 2_200 }],
  },
  agree: true,
  timeline: [
    { kind: 'mark', at: 1_100, source: 'redis-0', event: 'killed', text: '' },
    { kind: 'event', at: 2_104, source: 'sentinel-0', event: '+sdown', text: 'master <b> 127.0.0.1 6379' },
    { kind: 'event', at: 2_150, source: 'sentinel-0', event: '+switch-master', text: 'm 127.0.0.1 1 127.0.0.1 2' },
    { kind: 'event', at: 12_000, source: 'sentinel-0', event: '-sdown', text: 'slave' },
  ],
}
const FAILED: ScenarioResult = {
  ...PASSED, scenario: 'partition', verdict: 'failed', problem: 'waited <60000 ms> for "it"\u0007', times: NO_TIMES, agree: false,
  writes: { ...PASSED.writes, lost: undefined },
}
const SKIPPED: ScenarioResult = {
  scenario: 'cold-start', title: 'x', verdict: 'skipped', problem: 'not here', sentinels: '', startedAt: 0, durationMs: 0,
  times: NO_TIMES, failovers: 0, writes: NO_WRITES, agree: false, timeline: [],
}
const RESULTS = [PASSED, FAILED, SKIPPED]

describe('the table', () => {
  it('has a line for each scenario, and below it the problems', () => {
    expect(resultTable(RESULTS)).toBe([
      'scenario     verdict  detected  switched  failovers   outage  tried  acked  lost  READONLY  agree',
      'kill-master  passed    1004 ms   1050 ms          1  1100 ms    400    390     0         2    yes',
      'partition    failed          -         -          1  1100 ms    400    390     -         2     no',
      'cold-start   skipped         -         -          -        -      -      -     -         -      -',
      '',
      'partition: waited <60000 ms> for "it"\u0007',
      'cold-start: not here',
      '',
    ].join('\n'))
  })
})

describe('the JUnit file', () => {
  it('counts the scenarios, and is well-formed XML', () => {
    const xml = junitXml(RESULTS)
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"')
    expect(xml).toContain('<failure message="waited &lt;60000 ms&gt; for &quot;it&quot;"/>')
    expect(xml).toContain('<skipped message="not here"/>')
    expect(xml).not.toContain('\u0007')
  })
})

describe('the HTML page', () => {
  const page = htmlPage(RESULTS)

  it('shows each scenario that ran with a line for each process, the outage and every event', () => {
    const [, passed = ''] = page.split('<section id="kill-master">')
    expect(passed).toContain('>clients</text>')
    expect(passed).toContain('>sentinel-0</text>')
    expect(passed).toContain('no acknowledged write for 1100 ms')
    expect(passed.split('</section>')[0]?.match(/<svg/g)).toHaveLength(2)
    expect(page).not.toContain('NaN')
  })

  it('loads nothing, runs no script, and shows text as text', () => {
    expect(page).not.toMatch(/<script|https?:|url\(|@import/)
    expect(page).toContain('master &lt;b&gt;')
    expect(page).toContain('prefers-color-scheme: dark')
  })
})
