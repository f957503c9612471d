/** When the dashboard asks for a token. */
import { afterEach, beforeEach, expect, it, vi } from 'vitest'

import { Dashboard } from '../../../../src/http/dashboard/browser/dashboard.ts'
import type { FakeElement } from '../fake-element.ts'
import { fakeDocument } from '../fake-page.ts'
import { detailsJson, explanationJson, masterJson } from './json-samples.ts'

const OVERVIEW = {
  schemaVersion: 1,
  sentinel: { id: 'a', version: '1', tilt: false, currentEpoch: 1, uptimeMs: 1, time: '', findings: [] },
  masters: [masterJson()],
}

const refusal = () => Response.json({ error: 'A token is required.' }, { status: 401 })

const { document, elements } = fakeDocument()
/** Gives the request for events with the wrong token its answer. */
let refuseEvents: () => void
beforeEach(() => {
  const stored = new Map<string, string>()
  vi.stubGlobal('document', document)
  vi.stubGlobal('location', { hash: '', host: '' })
  vi.stubGlobal('addEventListener', () => undefined)
  vi.stubGlobal('setInterval', () => undefined)
  vi.stubGlobal('sessionStorage', {
    getItem: (key: string) => stored.get(key) ?? null,
    setItem: (key: string, value: string) => { stored.set(key, value) },
  })
  vi.stubGlobal('fetch', (path: string) => answer(path, stored.get('token')))
})
afterEach(() => { vi.unstubAllGlobals() })

function answer(path: string, token: string | undefined): Promise<Response> {
  if (path === 'events' && token === 'wrong') {
    return new Promise((resolve) => {
      refuseEvents = () => { resolve(refusal()) }
    })
  }
  if (token !== 'right') return Promise.resolve(refusal())
  if (path === 'events') return Promise.resolve(new Response(new ReadableStream()))
  if (path === 'masters') return Promise.resolve(Response.json(OVERVIEW))
  return Promise.resolve(Response.json(path.endsWith('/explain') ? explanationJson() : detailsJson()))
}

function element(id: string): FakeElement {
  return document.getElementById(id)
}

function enter(token: string): void {
  element('token').value = token
  element('ask').dispatch('submit')
}

it('the page stays open when the refusal of an earlier token comes late', async () => {
  new Dashboard().start()
  await vi.waitFor(() => { expect(element('page').hidden).toBe(true) })
  expect(element('wrong').hidden, 'no token was entered yet').toBe(true)
  enter('wrong')
  await vi.waitFor(() => { expect(element('wrong').hidden).toBe(false) })
  enter('right')
  await vi.waitFor(() => { expect(elements.get('head')?.textContent).toContain('mymaster') })
  await vi.waitFor(() => { expect(element('livetext').textContent).toBe('Live') })
  refuseEvents()
  // The page has seen it when everything that waits for it has run.
  await new Promise((done) => { setImmediate(done) })
  expect([element('page').hidden, element('ask').hidden]).toEqual([false, true])
})
