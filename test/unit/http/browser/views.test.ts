/** The parts of the dashboard, over elements without a browser. */
import { beforeEach, describe, expect, it, vi } from 'vitest'

import { el, type Content } from '../../../../src/http/dashboard/browser/elements.ts'
import { EventList } from '../../../../src/http/dashboard/browser/event-list.ts'
import { historyView } from '../../../../src/http/dashboard/browser/history-view.ts'
import { diagnosisView, headView, masterItem } from '../../../../src/http/dashboard/browser/master-views.ts'
import { Regions } from '../../../../src/http/dashboard/browser/regions.ts'
import { topologyView } from '../../../../src/http/dashboard/browser/topology-view.ts'
import { FakeElement } from '../fake-element.ts'
import { fakeDocument } from '../fake-page.ts'
import { detailsJson, eventJson, failoverJson, masterJson, peerJson, replicaJson } from './json-samples.ts'

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

describe('an element', () => {
  it('shows texts as they are, with visible characters instead of those that change the text around them', () => {
    expect(fake(el('p', {}, '<b>', 'a\u202eb\u001bc')).toHtml()).toBe('<p>&lt;b&gt;a\\u202eb\\x1bc</p>')
  })

  it('has the classes behind its tag, its attributes, and no undefined contents', () => {
    expect(fake(el('i.on.p1', { 'data-key': '"' }, undefined, [undefined])).toHtml()).toBe('<i class="on p1" data-key="&quot;"></i>')
  })
})

describe('a master in the list', () => {
  it('is one button with its state, and selects the master', () => {
    const select = vi.fn()
    const item = fake(masterItem(masterJson({ sentinels: { total: 3, ok: 2 } }), true, select))
    expect(item.textContent).toBe('mymasterHealthy \u00b7 1/1 replicas \u00b7 2/3 sentinels')
    expect(item.find('button')?.getAttribute('aria-current')).toBe('true')
    item.find('button')?.dispatch('click')
    expect(select).toHaveBeenCalledOnce()
  })
})

describe('the head of a master', () => {
  it('shows the address, the sentinels and the settings of a healthy master', () => {
    const text = fake(el('div', {}, headView(detailsJson()))).textContent
    expect(text).toBe('mymasterHealthy' + 'Master10.0.0.1:6379answered 120 ms ago' + 'Sentinels3 of 3 reachablequorum 2, majority 2'
      + 'Down after5.0 sfailover timeout 3 min' + 'Configurationepoch 70 failovers recorded')
  })

  it('shows for how long a master has been down', () => {
    expect(html(headView(detailsJson({ status: 'sdown', downMs: 15_700 })))).toContain('down for 16 s')
  })

  it('fills one bar for each sentinel that can be reached', () => {
    const view = html(headView(detailsJson({ quorum: { usable: 1, quorum: 2, majority: 2, ok: false, message: '' } })))
    expect(view).toContain('<div class="quorum short" aria-hidden="true"><i class="on"></i><i></i><i></i></div>')
  })
})

describe('the diagnosis', () => {
  it('of a healthy master shows no problem, and what happens if it dies', () => {
    const explanation = { 'answer': 'No failover now: the master answers.', 'if-master-died': 'yes, a failover to 10.0.0.2:6379 would follow' }
    const text = fake(el('div', {}, diagnosisView(detailsJson(), explanation))).textContent
    expect(text).toBe('Diagnosis' + 'No problems found.' + 'No failover now: the master answers.'
      + 'If the master died now: yes, a failover to 10.0.0.2:6379 would follow.')
  })

  it('marks the warnings of a master that is down as bad', () => {
    const warnings = ['The master is down.']
    expect(html(diagnosisView(detailsJson({ warnings }), undefined))).toContain('class="mark warn"')
    expect(html(diagnosisView(detailsJson({ warnings, status: 'odown' }), undefined))).toContain('class="mark bad"')
  })
})

describe('the topology', () => {
  it('shows the master, each replica and each sentinel with its state', () => {
    const view = fake(el('div', {}, topologyView(detailsJson({
      replicaList: [replicaJson(), replicaJson({ address: '10.0.0.3:6379', status: 'sdown', downMs: 90_000, priority: 0 })],
      sentinelList: [{ isSelf: true, name: 'aaaaaaaadddd', status: 'ok', flags: [] }, peerJson({ disagrees: true })],
    }))))
    expect(view.textContent).toBe('Topology' + '10.0.0.1:6379Master, up' + '10.0.0.2:6379Replica, in syncpriority 100'
      + '10.0.0.3:6379Replica, down for 1 minnever promoted (priority 0)' + 'Monitored by' + 'this sentinelup \u00b7 aaaaaaaa'
      + '10.0.0.8:26379reports another master \u00b7 bbbbbbbb')
    expect(view.toHtml().split('<li class="cut"').length - 1, 'lines that are cut').toBe(1)
  })

  it('shows that no replica is known', () => {
    expect(html(topologyView(detailsJson({ replicaList: [], failover: 'wait_start' })))).toMatch(/Master, failing over.*No replica is known\./)
  })
})

describe('the failovers', () => {
  it('are listed with the latest first', () => {
    const failovers = [
      failoverJson(),
      failoverJson({ outcome: 'aborted', from: null, to: null, reason: 'not-elected', durationMs: 2_000 }),
      failoverJson({ outcome: 'running', from: null, to: null, durationMs: null, phases: [] }),
    ]
    const text = fake(el('div', {}, historyView(detailsJson({ failovers })))).textContent
    expect(text).toMatch(/^FailoversRunning .*Aborted no majority elected this sentinel.* took 2\.0 s.*Switched 10\.0\.0\.1:6379 \u2192 10\.0\.0\.2:6379.* took 450 msagreement 100 ms$/)
  })

  it('are replaced by one sentence when there was none', () => {
    expect(html(historyView(detailsJson()))).toContain('No failover since this sentinel started.')
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
