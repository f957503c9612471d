import { describe, expect, it } from 'vitest'

import { drillDocument } from '../../../../src/cli/drill/drill-document.ts'
import { htmlPage } from '../../../../src/cli/drill/html-page.ts'
import { junitXml } from '../../../../src/cli/drill/junit.ts'
import type { Limits } from '../../../../src/cli/drill/limits.ts'
import { hasFailed, headLines, reportOf, type DrillReport } from '../../../../src/cli/drill/report.ts'
import { resultTable } from '../../../../src/cli/drill/result-table.ts'
import {
  NO_TIMES, NO_WRITES, type ScenarioProxy, type ScenarioResult, type ScenarioSetup,
} from '../../../../src/harness/index.ts'
import { readDocument } from '../../../documents/read-document.ts'

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
const SETUP: ScenarioSetup = {
  redisVersion: 'redis-server 7.0.15', sentinels: 3, replicas: 2, quorum: 2, downAfterMs: 1_000, failoverTimeoutMs: 10_000,
}
const LOSSY: ScenarioResult = {
  ...PASSED, scenario: 'partition',
  setup: SETUP,
  writes: { ...PASSED.writes, lost: 128, losses: [{ from: 1_200, to: 2_000, lost: 128 }] },
}

function report(results: readonly ScenarioResult[], limits: Partial<Limits> = {}): DrillReport {
  return reportOf({
    startedAt: Date.UTC(2026, 11, 1, 6, 20, 12), elapsedMs: 24_690, versions: { tsSentinel: '0.1.0', node: '20.20.2' },
    limits: { maxLost: 0, maxOutageMs: undefined, ...limits }, downAfterMs: 1_000, results,
  })
}

const REPORT = report([PASSED, FAILED, SKIPPED])

it('the JSON document fits its schema, and has null for what does not exist', () => {
  const text = JSON.stringify(drillDocument(report([PASSED, FAILED, SKIPPED, LOSSY])))
  const { started, results: [passed, failed, skipped, lossy] } = readDocument('drill', text)
  expect([started, passed?.fault, passed?.setup]).toEqual(['2026-12-01T06:20:12.000Z', '1970-01-01T00:00:01.100Z', null])
  expect([failed?.writes.lost, failed?.times.sdownMs]).toEqual([null, null])
  expect([skipped?.problem, skipped?.fault]).toEqual(['not here', null])
  expect(lossy?.writes.losses).toEqual([{ from: '1970-01-01T00:00:01.200Z', to: '1970-01-01T00:00:02.000Z', lost: 128 }])
})

describe('the table', () => {
  it('has a line for each scenario, and below it the problems', () => {
    const [, table] = resultTable(REPORT).split(/\n\n(.*)/s)
    expect(table).toBe([
      'scenario     verdict  detected  switched  failovers   outage  tried  acked  lost  READONLY  agree    took',
      'kill-master  passed    1004 ms   1050 ms          1  1100 ms    400    390     0         2    yes  12.3 s',
      'partition    failed          -         -          1  1100 ms    400    390     -         2     no  12.3 s',
      'cold-start   skipped         -         -          -        -      -      -     -         -      -       -',
      '',
      'partition: waited <60000 ms> for "it"\u0007',
      'cold-start: not here',
      '',
    ].join('\n'))
  })
})

describe('a drill that lost acknowledged writes', () => {
  it('has failed in the table, in JUnit, on the page and by its exit status, and each names the number', () => {
    const lossy = report([LOSSY])
    expect(hasFailed(lossy)).toBe(true)
    const table = resultTable(lossy)
    expect(table).toMatch(/^partition +failed .* 128 /m)
    expect(table).toContain('partition: 128 acknowledged writes are lost, and --max-lost is 0: Redis replicates asynchronously')
    const xml = junitXml(lossy)
    expect(xml).toContain('failures="1"')
    expect(xml).toContain('<failure message="128 acknowledged writes are lost, and --max-lost is 0')
    const page = htmlPage(lossy)
    expect(page).toContain('<span class="lost">128 acknowledged writes lost</span>')
    expect(page).toContain('<td class="figure lost">128</td>')
    expect(page).toContain('<span class="failed">failed</span>')
    expect(page).not.toContain('>passed<')
    expect(page).toMatch(/<rect class="lost-writes"[^>]*><title>128 acknowledged writes lost<\/title>/)
  })

  it('has passed within --max-lost, with the losses in red', () => {
    const allowed = report([LOSSY], { maxLost: 128 })
    expect(hasFailed(allowed)).toBe(false)
    expect(resultTable(allowed)).toContain('partition: 128 acknowledged writes lost, within --max-lost 128')
    expect(junitXml(allowed)).toContain('failures="0"')
    const page = htmlPage(allowed)
    expect(page).toContain('<span class="with-loss">passed, 128 lost</span>')
    expect(page).toContain('<td class="figure lost">128</td>')
    expect(page).not.toContain('>passed<')
    expect(hasFailed(report([LOSSY], { maxLost: 127 }))).toBe(true)
  })

  it('keeps the problem of a scenario that failed anyway', () => {
    const [result] = report([{ ...LOSSY, verdict: 'failed', problem: 'two failovers' }]).results
    expect(result?.problem).toMatch(/^two failovers; 128 acknowledged writes are lost/)
  })
})

describe('an outage', () => {
  it('fails the drill when it is longer than --max-outage, by default 10 s more than down-after-milliseconds', () => {
    expect(report([PASSED], { maxOutageMs: 1_000 }).results[0]).toMatchObject({
      verdict: 'failed', problem: 'clients could not write for 1100 ms, and --max-outage is 1000 ms',
    })
    const long = (outageMs: number) => hasFailed(report([{ ...PASSED, writes: { ...PASSED.writes, outageMs } }]))
    expect([long(11_000), long(11_001)]).toEqual([false, true])
  })
})

describe('the head of a report', () => {
  it('has the date, the versions, the settings, the limits and the time that it took, in all forms', () => {
    const lossy = report([LOSSY])
    const lines = headLines(lossy)
    expect(lines[0]).toMatch(/^2026-1[12]-\d\d \d\d:\d\d:12 [+-]\d\d:\d\d, took 24\.7 s$/)
    expect(lines.slice(1)).toEqual([
      'ts-sentinel 0.1.0, Node 20.20.2, redis-server 7.0.15',
      'down-after-milliseconds 1000, failover-timeout 10000, quorum 2, 3 sentinels, 2 replicas',
      'limits: 0 lost writes (--max-lost), 11000 ms without writes (--max-outage)',
    ])
    for (const line of lines) {
      expect(resultTable(lossy)).toContain(line)
      expect(htmlPage(lossy)).toContain(line)
    }
    const xml = junitXml(lossy)
    expect(xml).toContain('timestamp="2026-12-01T06:20:12"')
    for (const [name, value] of [['redisVersion', 'redis-server 7.0.15'], ['quorum', '2'], ['maxOutageMs', '11000'], ['node', '20.20.2']] as const) {
      expect(xml).toContain(`<property name="${name}" value="${value}"/>`)
    }
  })

  it('colours verdicts on a terminal, a loss within the limit unlike a success without', () => {
    const text = resultTable(report([{ ...PASSED, scenario: 'a' }, LOSSY], { maxLost: 200 }), { isColoured: true })
    expect(text).toMatch(/\u001b\[32ma .*\u001b\[0m\n\u001b\[33mpartition/)
    expect(resultTable(report([LOSSY]), { isColoured: true })).toContain('\u001b[31mpartition')
    expect(resultTable(REPORT)).not.toContain('\u001b')
  })
})

describe('a drill through a proxy', () => {
  const proxied = (proxy: ScenarioProxy) => report([{ ...LOSSY, setup: { ...SETUP, proxy } }], { maxOutageMs: 1_000 })
  const own = proxied({ address: { host: '127.0.0.1', port: 7_777 }, mode: 'route' })

  it('has it in the head of the table and the page, in problems and in the drawing', () => {
    const line = 'clients without Sentinel support, through a proxy in mode route'
    const problems = [
      '128 acknowledged writes through the proxy are lost, and --max-lost is 0',
      'clients could not write through the proxy for 1100 ms, and --max-outage is 1000 ms',
    ]
    const page = htmlPage(own)
    for (const text of [line, ...problems]) for (const form of [resultTable(own), page]) expect(form).toContain(text)
    expect(page).toContain('<title>no acknowledged write through the proxy for 1100 ms</title>')
    expect(page).toContain('<title>128 acknowledged writes through the proxy lost</title>')
    for (const form of [resultTable(REPORT), htmlPage(REPORT)]) expect(form).not.toContain('proxy')
  })

  it('has the address of one that was not started here, and both in JUnit and JSON', () => {
    const running = proxied({ address: { host: '::1', port: 7_777 } })
    expect(headLines(running)).toContain('clients without Sentinel support, through the proxy at [::1]:7777')
    const proxyOf = (one: DrillReport) => readDocument('drill', JSON.stringify(drillDocument(one))).results[0]?.setup?.proxy
    expect([proxyOf(own), proxyOf(running), proxyOf(report([LOSSY]))]).toEqual([
      { address: '127.0.0.1:7777', mode: 'route' }, { address: '[::1]:7777', mode: null }, null,
    ])
    expect(junitXml(own)).toMatch(/name="proxy" value="127\.0\.0\.1:7777"\/>\s+<property name="proxyMode" value="route"/)
    expect(junitXml(running)).not.toContain('proxyMode')
  })
})

describe('the JUnit file', () => {
  it('counts the scenarios, and is well-formed XML', () => {
    const xml = junitXml(REPORT)
    expect(xml).toContain('tests="3" failures="1" errors="0" skipped="1"')
    expect(xml).toContain('<failure message="waited &lt;60000 ms&gt; for &quot;it&quot;"/>')
    expect(xml).toContain('<skipped message="not here"/>')
    expect(xml).not.toContain('\u0007')
  })
})

describe('the HTML page', () => {
  const page = htmlPage(REPORT)

  it('shows each scenario that ran with a line for each process, the outage and every event', () => {
    const [, passed = ''] = page.split('<section id="kill-master">')
    expect(passed).toContain('>application</text>')
    expect(passed).toMatch(/<rect class="down"[^>]*><title>down for \d+ ms</)
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
