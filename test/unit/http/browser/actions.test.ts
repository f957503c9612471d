/** The buttons of the dashboard that change something. */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'

import { forgetButton, masterActions } from '../../../../src/http/dashboard/browser/actions.ts'
import type { FakeElement } from '../fake-element.ts'
import { fakeDocument } from '../fake-page.ts'
import { detailsJson, peerJson, replicaJson } from './json-samples.ts'

let dialog: FakeElement
let asked: [path: string, body: unknown][]
let reply: () => Response
/** The session storage of the tab, and the tokens that were sent. */
let kept: Map<string, string>
let tokens: (string | undefined)[]
beforeEach(() => {
  const { document } = fakeDocument()
  dialog = document.getElementById('dialog')
  asked = []
  reply = () => Response.json({ schemaVersion: 1, master: 'mymaster', action: 'failover', answer: 'OK' })
  vi.stubGlobal('document', document)
  kept = new Map([['token', 'secret']])
  tokens = []
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => kept.get(key) ?? null, setItem: (key: string, value: string) => { kept.set(key, value) },
    removeItem: (key: string) => { kept.delete(key) },
  })
  vi.stubGlobal('fetch', (path: string, { body, headers }: { body: string, headers: Record<string, string> }) => {
    asked.push([path, JSON.parse(body)])
    tokens.push(headers['Authorization'])
    return Promise.resolve(reply())
  })
})
afterEach(() => { vi.unstubAllGlobals() })

type Changes = Parameters<typeof detailsJson>[0]

function button(label: string, done = () => undefined as void, changes: Changes = {}): FakeElement {
  const all = masterActions(detailsJson(changes), done) as unknown as FakeElement[]
  const found = all.find(({ textContent }) => textContent === `${label}\u2026`)
  if (found === undefined) throw new Error(`There is no button ${label}.`)
  return found
}

/** The field of the dialog for the token of actions, in this paragraph; its `hidden` is that of the paragraph. */
function tokenField(): { box: FakeElement | undefined, paragraph: FakeElement | undefined } {
  const paragraph = dialog.findAll('p').find((one) => one.textContent === 'Token for actions')
  return { box: paragraph?.find('input'), paragraph }
}

/** The button of the dialog that carries the action out. */
function confirmButton(): FakeElement | undefined {
  return dialog.findAll('button')[0]
}

describe('an action', () => {
  it('opens a dialog that names its effect, and orders nothing until it is confirmed', async () => {
    const done = vi.fn()
    button('Fail over', done).dispatch('click')
    expect(dialog.isOpen).toBe(true)
    expect(dialog.textContent).toContain('Replaces 10.0.0.1:6379 without waiting for its replicas. Writes that no replica has yet are lost.')
    expect(asked).toEqual([])
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(done).toHaveBeenCalledOnce() })
    expect(asked).toEqual([['masters/mymaster/failover', {}]])
    expect(dialog.textContent).toContain('Done: OK')
  })

  it('that is cancelled orders nothing', () => {
    button('Switch over').dispatch('click')
    dialog.findAll('button')[1]?.dispatch('click')
    expect([dialog.isOpen, asked]).toEqual([false, []])
  })

  it('that is refused shows the reason', async () => {
    reply = () => Response.json({ schemaVersion: 1, error: 'NOGOODSLAVE No suitable replica to promote' }, { status: 409 })
    button('Fail over').dispatch('click')
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(dialog.textContent).toContain('Not done: NOGOODSLAVE No suitable replica to promote') })
  })

  it('asks for the token of actions when that for reading is refused, and keeps the one that was accepted', async () => {
    const refuse = () => Response.json({ schemaVersion: 1, error: 'Actions need the actions-token' }, { status: 401 })
    const accept = reply
    reply = refuse
    const done = vi.fn()
    button('Fail over', done).dispatch('click')
    expect(tokenField().paragraph?.hidden).toBe(true)
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(dialog.textContent).toContain('Not done: the token of this page does not allow actions. Enter the actions-token of its [http] section.') })
    const { box, paragraph } = tokenField()
    expect([paragraph?.hidden, confirmButton()?.disabled]).toEqual([false, false])
    if (box !== undefined) box.value = ' wrong '
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(dialog.textContent).toContain('Not done: the sentinel refused this token.') })
    expect([kept.get('actions-token'), done.mock.calls]).toEqual([undefined, []])
    reply = accept
    if (box !== undefined) box.value = 'right'
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(dialog.textContent).toContain('Done: OK') })
    expect([...kept]).toEqual([['token', 'secret'], ['actions-token', 'right']])
    button('Switch over').dispatch('click')
    expect(tokenField().paragraph?.hidden).toBe(true)
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(tokens).toEqual(['secret', 'wrong', 'right', 'right'].map((token) => `Bearer ${token}`)) })
  })

  it('asks for the token of actions at once where reading needs none', async () => {
    kept.clear()
    button('Fail over').dispatch('click')
    expect(tokenField().paragraph?.hidden).toBe(false)
    reply = () => Response.json({ schemaVersion: 1, error: 'Actions need the actions-token' }, { status: 401 })
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(dialog.textContent).toContain('Not done: actions need a token.') })
    expect(tokens).toEqual([undefined])
  })

  it('carries its fields: the new master, the length of a pause and its reason', async () => {
    button('Switch over').dispatch('click')
    expect(dialog.findAll('option').map(({ textContent }) => textContent)).toEqual(['the best replica', '10.0.0.2:6379'])
    for (const box of dialog.findAll('select')) box.value = '10.0.0.2:6379'
    confirmButton()?.dispatch('click')
    button('Pause failovers').dispatch('click')
    for (const box of dialog.findAll('select')) box.value = '60'
    for (const box of dialog.findAll('input').slice(0, 1)) box.value = ' kernel upgrade '
    confirmButton()?.dispatch('click')
    await vi.waitFor(() => { expect(asked).toHaveLength(2) })
    expect(asked).toEqual([
      ['masters/mymaster/switchover', { to: '10.0.0.2:6379' }],
      ['masters/mymaster/pause', { durationMs: 3_600_000, reason: 'kernel upgrade' }],
    ])
  })

  it('ends a pause where there is one', () => {
    const paused = { until: '', leftMs: 1, reason: null, paused: 1, known: 3, needed: 2, effective: false }
    expect(() => button('Pause failovers', undefined, { paused })).toThrow()
    expect(button('Resume failovers', undefined, { paused }).textContent).toBe('Resume failovers\u2026')
  })

  it('forgets a replica by its address and a sentinel by its id', async () => {
    for (const node of [replicaJson(), peerJson()]) {
      (forgetButton('mymaster', node, () => undefined) as unknown as FakeElement).dispatch('click')
      confirmButton()?.dispatch('click')
    }
    await vi.waitFor(() => { expect(asked).toHaveLength(2) })
    expect(asked).toEqual([
      ['masters/mymaster/forget', { kind: 'replica', which: '10.0.0.2:6379' }],
      ['masters/mymaster/forget', { kind: 'sentinel', which: 'bbbbbbbbcccc' }],
    ])
  })
})
