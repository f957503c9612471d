/** The parts of the dashboard, over elements without a browser. */
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { el, type Content } from '../../../../src/http/dashboard/browser/elements.ts'
import { EventList, eventView } from '../../../../src/http/dashboard/browser/event-list.ts'
import { countsView, masterItem, matching } from '../../../../src/http/dashboard/browser/fleet-view.ts'
import { masterHealth } from '../../../../src/http/dashboard/browser/health.ts'
import { historyView } from '../../../../src/http/dashboard/browser/history-view.ts'
import { LagHistory } from '../../../../src/http/dashboard/browser/lag.ts'
import { diagnosisView, headView } from '../../../../src/http/dashboard/browser/master-views.ts'
import { Regions } from '../../../../src/http/dashboard/browser/regions.ts'
import { sentinelsView } from '../../../../src/http/dashboard/browser/sentinels-view.ts'
import { pageLink, topologyView } from '../../../../src/http/dashboard/browser/topology-view.ts'
import { FakeElement } from '../fake-element.ts'
import { fakeDocument } from '../fake-page.ts'
import {
  detailsJson, eventJson, explanationJson, failoverJson, findingJson, fleetMasterJson, fleetSentinelJson, fleetViewJson,
  masterJson, peerJson, replicaJson,
} from './json-samples.ts'

let elements: Map<string, FakeElement>
beforeEach(() => {
  const fakes = fakeDocument()
  elements = fakes.elements
  vi.stubGlobal('document', fakes.document)
  return () => { vi.unstubAllGlobals() }
})

/** The same element as the fake that it is here. */
function fake(node: Content): FakeElement {
  if (node instanceof FakeElement) return node
  throw new Error('The view is no element.')
}

function html(contents: readonly Content[]): string {
  return fake(el('div', {}, contents)).toHtml()
}

const HEALTHY = { kind: 'ok', word: 'Healthy' } as const

/** A master of the list with its state. */
function listed(changes: Parameters<typeof masterJson>[0]) {
  const master = masterJson(changes)
  return { name: master.name, master, health: masterHealth(master) }
}

describe('an element', () => {
  it('shows texts as they are, with visible characters instead of those that change the text around them', () => {
    expect(fake(el('p', {}, '<b>', 'a\u202eb\u001bc')).toHtml()).toBe('<p>&lt;b&gt;a\\u202eb\\x1bc</p>')
  })

  it('has the classes behind its tag, its attributes, and no undefined contents', () => {
    expect(fake(el('i.on.p1', { 'data-key': '"' }, undefined, [undefined])).toHtml()).toBe('<i class="on p1" data-key="&quot;"></i>')
  })
})

describe('a master in the list', () => {
  it('is one link to its page, with its state, the cause and what is missing', () => {
    const cause = findingJson({ code: 'replica-down', text: 'The replica 10.0.0.2:6379 is down.' })
    const item = fake(masterItem(listed({ name: 'a/b', replicas: { total: 2, ok: 1 }, findings: [cause] }), []))
    expect(item.textContent).toBe('a/b10.0.0.1:6379At riskThe replica 10.0.0.2:6379 is down.1 of 2 replicas3 sentinels')
    expect(item.find('a')?.getAttribute('href')).toBe('#/master/a%2Fb')
  })

  it('is found by name, address and state, also by several words', () => {
    // A master that is failed over is down as well.
    const down = { status: 'odown', failover: 'wait_start', address: '10.0.9.9:6379' } as const
    const all = [listed({ name: 'cache-1' }), listed({ name: 'cache-2', ...down }), listed({ name: 'jobs' })]
    const found = (find: string, group?: 'healthy') => matching(all, find, group).map(({ name }) => name)
    expect([found('down'), found('cache'), found('9.9'), found('CACHE healthy'), found('', 'healthy')]).toEqual([
      ['cache-2'], ['cache-1', 'cache-2'], ['cache-2'], ['cache-1'], ['cache-1', 'jobs'],
    ])
  })

  it('is counted by state, and each count is a filter that can be released', () => {
    const choose = vi.fn()
    const counts = { down: 1, failover: 0, risk: 0, healthy: 59 }
    const [down, , , healthy] = countsView(counts, 'down', choose).map(fake)
    expect([down?.textContent, healthy?.textContent]).toEqual(['1 down', '59 healthy'])
    expect(down?.getAttribute('aria-pressed')).toBe('true')
    down?.dispatch('click')
    healthy?.dispatch('click')
    expect(choose.mock.calls).toEqual([[undefined], ['healthy']])
  })
})

describe('the head of a master', () => {
  it('shows the address, the sentinels and the settings of a healthy master', () => {
    const text = fake(el('div', {}, headView(detailsJson(), HEALTHY))).textContent
    expect(text).toBe('mymasterHealthy' + 'Master10.0.0.1:6379answered 120 ms ago' + 'Sentinels3 of 3 reachablequorum 2, majority 2'
      + 'Down after5.0 sfailover timeout 3 min' + 'Configurationepoch 70 failovers recorded')
  })

  it('shows for how long a master has been down or has not answered', () => {
    expect(html(headView(detailsJson({ status: 'sdown', downMs: 15_700 }), HEALTHY))).toContain('down for 15 s')
    expect(html(headView(detailsJson({ lastPingReplyMs: 4_000 }), HEALTHY))).toContain('last answer 4 s ago')
  })

  it('fills one bar for each sentinel that can be reached', () => {
    const quorum = { usable: 1, quorum: 2, majority: 2, ok: false, message: '' }
    const view = html(headView(detailsJson({ quorum }), HEALTHY))
    expect(view).toContain('<div class="quorum short" aria-hidden="true"><i class="on"></i><i></i><i></i></div>')
  })
})

describe('the diagnosis', () => {
  it('of a healthy master shows no problem, and what happens if it dies', () => {
    const text = fake(el('div', {}, diagnosisView(detailsJson(), [], explanationJson()))).textContent
    expect(text).toBe('Diagnosis' + 'No problems found.' + 'No failover now: the master answers.'
      + 'If the master died now: yes, a failover to 10.0.0.2:6379 would follow.')
  })

  it('has the cause first with its remedy and the command, then the rest by severity', () => {
    const view = fake(el('div', {}, diagnosisView(detailsJson(), [
      findingJson({ code: 'a', severity: 'critical', text: 'Cause.', remedy: 'Remedy.', command: 'redis-cli PING' }),
      findingJson({ code: 'b', severity: 'notice', text: 'Notice.' }), findingJson({ code: 'c', text: 'Warning.' }),
    ], undefined)))
    expect(view.textContent).toBe('DiagnosisCause.Remedy.redis-cli PINGCopyWarning.Notice.')
    expect(view.toHtml()).toMatch(/class="headline bad" data-code="a".*mark warn.*Warning.*mark info.*Notice/)
  })

  it('of a master that does not answer yet counts to the failover', () => {
    const text = fake(el('div', {}, diagnosisView(detailsJson({ lastPingReplyMs: 3_000 }), [], explanationJson()))).textContent
    expect(text).toContain('Unreachable for 3 s, failover in 2 s.')
    expect(text).not.toContain('No problems found.')
  })
})

describe('the topology', () => {
  const context = { lag: new LagHistory(), sentinels: [], forgetButton: () => undefined }

  it('shows the master, each replica and each sentinel with its state', () => {
    const view = fake(el('div', {}, topologyView(detailsJson({
      replicaList: [replicaJson(), replicaJson({ address: '10.0.0.3:6379', status: 'sdown', downMs: 90_000, priority: 0 })],
      sentinelList: [{ isSelf: true, name: 'aaaaaaaadddd', status: 'ok', flags: [] }, peerJson({ disagrees: true })],
    }), context)))
    expect(view.textContent).toBe('Topology' + '10.0.0.1:6379Master, up' + '10.0.0.2:6379Replica, in syncpriority 100'
      + '10.0.0.3:6379Replica, down for 1 min 30 snever promoted (priority 0)' + 'Monitored by' + 'this sentinelupid aaaaaaaa '
      + '10.0.0.8:26379reports another masterid bbbbbbbb ')
    expect(view.toHtml().split('<li class="cut"').length - 1, 'lines that are cut').toBe(1)
  })

  it('shows that no replica is known', () => {
    const view = html(topologyView(detailsJson({ replicaList: [], failover: 'wait_start' }), context))
    expect(view).toMatch(/Master, failing over.*No replica is known\./)
  })

  it('links to the pages of the other sentinels, and never to anything that is not a page', () => {
    const sentinels = [
      fleetSentinelJson({ isSelf: true }),
      fleetSentinelJson({ address: '10.0.0.8:26379', page: 'http://10.0.0.8:26380/' }),
    ]
    expect(html(topologyView(detailsJson(), { ...context, sentinels }))).toContain('href="http://10.0.0.8:26380/#/master/mymaster"')
    for (const page of ['javascript:alert(1)', 'http://', 'data:text/html,x']) expect(pageLink(page)).toBeUndefined()
  })

  it('draws how far each replica is behind the master', () => {
    const lag = new LagHistory()
    const details = detailsJson({ replicaList: [replicaJson(), replicaJson({ address: '10.0.0.3:6379', lagBytes: 8_000_000 })] })
    for (let at = 0; at < 3; at += 1) lag.add(details)
    const view = fake(el('div', {}, topologyView(details, { ...context, lag })))
    expect(view.textContent).toMatch(/10\.0\.0\.2:6379Replica, in syncpriority 100lag 0 B.*lag 8\.0 MB/)
  })
})

describe('the failovers', () => {
  const now = Date.parse('2026-01-02T03:05:00.000Z')

  it('are listed with the latest first, and count from the last good answer of the master', () => {
    const failovers = [
      failoverJson(),
      failoverJson({ lastAnswer: null, planned: true, outageMs: null, durationMs: 120, started: '2026-01-02T03:04:30.000Z' }),
    ]
    const text = fake(el('div', {}, historyView(detailsJson({ failovers }), now))).textContent
    expect(text).toMatch(/^FailoversSwitched 10\.0\.0\.1:6379 \u2192 10\.0\.0\.2:6379 plannedtook 120 ms.*unplannedoutage of 5\.5 sno answer 5\.0 sagreement 100 ms/)
  })

  it('show the attempts of one outage together, and the waits between them', () => {
    const first = failoverJson({ outcome: 'aborted', from: null, to: null, reason: 'not-elected', durationMs: 10_000, outageMs: null })
    const second = failoverJson({
      attempt: 2, waitedMs: 20_000, started: '2026-01-02T03:04:35.000Z', outcome: 'running', from: null, to: null, durationMs: null,
      outageMs: null, phases: [{ name: '+try-failover', sinceStartMs: 0 }],
    })
    const text = fake(el('div', {}, historyView(detailsJson({ failovers: [first, second], status: 'odown' }), now))).textContent
    expect(text).toMatch(/^FailoversRunning +unplannedoutage for 1 min 0 s, 2 attemptsno answer 5\.0 s.*waiting for the next attempt 20 selection 25 s so far/)
    expect(text).toMatch(/Attempt 1: aborted: no majority elected this sentinel.*Attempt 2 after a wait of 20 s: running/)
  })

  it('go on while the master is down and no attempt runs', () => {
    const failovers = [failoverJson({ outcome: 'aborted', from: null, to: null, reason: 'not-elected', durationMs: 10_000, outageMs: null })]
    const text = fake(el('div', {}, historyView(detailsJson({ failovers, status: 'odown' }), now))).textContent
    expect(text).toContain('waiting for the next attempt 45 s so far')
  })

  it('are replaced by one sentence when there was none', () => {
    expect(html(historyView(detailsJson(), now))).toContain('No failover since this sentinel started.')
  })
})

describe('the topology', () => {
  it('has no node in green that a finding names as broken', () => {
    const findings = [
      findingJson({ code: 'master-is-replica', severity: 'critical', about: '10.0.0.1:6379' }),
      findingJson({ code: 'replica-down', severity: 'warning', about: '10.0.0.2:6379' }),
    ]
    const master = detailsJson({ findings, replicaList: [replicaJson()] })
    const view = topologyView(master, { lag: new LagHistory(), sentinels: [], forgetButton: () => undefined })
    expect(html(view)).toContain('Master, reports the role of a replica (read-only)')
    expect(html(view)).toContain('Replica, no answer')
    expect(html(view)).not.toMatch(/Master, up|in sync/)
  })
})

describe('the page of the sentinels', () => {
  const sentinels = [
    fleetSentinelJson({ isSelf: true }), fleetSentinelJson({ address: '10.0.0.8:26379', page: 'http://10.0.0.8:26380/' }),
    fleetSentinelJson({ address: '10.0.0.7:26379', answers: false, problem: 'connection refused', kind: null, version: null }),
  ]
  const answer = { schemaVersion: 1, time: '2026-01-02T03:04:05.000Z', sentinels } as const

  it('shows which sentinels answer, with links to their pages', () => {
    const view = fake(el('div', {}, sentinelsView({ ...answer, masters: [fleetMasterJson()] })))
    expect(view.textContent).toMatch(/10\.0\.0\.7:26379does not answerconnection refused/)
    expect(view.textContent).toContain('The 2 of 3 sentinels that answer say the same about the master.')
    expect(view.toHtml()).toContain('href="http://10.0.0.8:26380/"')
  })

  it('shows the view of each sentinel where they differ', () => {
    const views = [fleetViewJson(), fleetViewJson({ sentinel: '10.0.0.8:26379', address: '10.0.0.2:6379', status: 'sdown' })]
    const view = fake(el('div', {}, sentinelsView({ ...answer, masters: [fleetMasterJson({ agreed: false, views })] })))
    expect(view.textContent).toMatch(/different masters.*10\.0\.0\.9:2637910\.0\.0\.1:6379up.*10\.0\.0\.8:2637910\.0\.0\.2:6379down.*10\.0\.0\.7:26379does not answer/)
  })
})

describe('two sentinels that lead for a moment', () => {
  it('are shown with their epochs, of which the higher one is current', () => {
    const views = [5, 6].map((failoverEpoch) => fleetViewJson({
      sentinel: `10.0.0.${failoverEpoch}:26379`, status: 'odown', failover: 'wait_start', failoverEpoch,
    }))
    const document = { schemaVersion: 1, time: '2026-01-02T03:04:05.000Z', sentinels: [], masters: [fleetMasterJson({ views })] } as const
    const { textContent } = fake(el('div', {}, sentinelsView(document)))
    expect(textContent).toMatch(/10\.0\.0\.5:26379.*leads the failover of epoch 5.*10\.0\.0\.6:26379.*leads the failover of epoch 6/)
  })
})

describe('the events', () => {
  it('are listed with the newest first, and can be limited to the selected master', () => {
    const list = new EventList(() => 'mymaster')
    list.add(eventJson({ id: 's-1' }), false)
    list.add(eventJson({ id: 's-2', master: 'other', event: '-sdown' }), true)
    const { master: _master, ...ofNoMaster } = eventJson({ id: 's-3', event: '-tilt' })
    list.add(ofNoMaster, true)
    expect(list.lastId).toBe('s-3')
    const ids = () => [...elements.get('events')?.toHtml().matchAll(/data-id="([^"]+)"/g) ?? []].map(([, id]) => id)
    expect(ids()).toEqual(['s-3', 's-2', 's-1'])
    const only = elements.get('only')
    if (only !== undefined) only.checked = true
    list.redraw()
    expect(ids()).toEqual(['s-3', 's-1'])
  })

  it('can be limited to problems', () => {
    const list = new EventList(() => undefined)
    for (const event of ['+odown', '+switch-master', '+new-epoch']) list.add(eventJson({ id: event, event }), false)
    const shown = (choice: string) => {
      const box = elements.get('severe')
      if (box !== undefined) box.value = choice
      list.redraw()
      return [...elements.get('events')?.toHtml().matchAll(/data-id="([^"]+)"/g) ?? []].map(([, id]) => id)
    }
    expect([shown('all').length, shown('changes'), shown('problems')]).toEqual([3, ['+switch-master', '+odown'], ['+odown']])
  })

  it('show day, time and zone, and UTC while the pointer is on them', () => {
    expect(fake(eventView(eventJson())).toHtml()).toMatch(/<time datetime="[^"]+" title="2026-01-02 03:04:05 UTC">\d+ Jan( 2026)?, \d\d:04:05 [A-Z+:\d]+</)
  })

  it('are two hundred at most', () => {
    const list = new EventList(() => undefined)
    for (let at = 1; at <= 250; at += 1) list.add(eventJson({ id: `s-${at}` }), false)
    expect(elements.get('events')?.childElementCount).toBe(200)
    expect(elements.get('events')?.toHtml()).toMatch(/^<div><li data-id="s-250">/)
  })
})

describe('a region', () => {
  it('is drawn again only when what it shows has changed', () => {
    const regions = new Regions()
    const make = vi.fn(() => 'text')
    for (const state of [{ a: 1 }, { a: 1 }, { a: 2 }]) regions.draw('head', state, make)
    expect(make).toHaveBeenCalledTimes(2)
    expect(elements.get('head')?.toHtml()).toBe('<div>text</div>')
  })
})
