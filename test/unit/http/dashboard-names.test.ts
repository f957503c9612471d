/** Names from outside on the dashboard. */
import { afterEach, expect, it, vi } from 'vitest'

import { fakeMaster, masterView, peerView, replicaView } from '../commands/fake-core.ts'
import { at } from '../events/samples.ts'
import { openPage, type OpenPage } from './fake-page.ts'
import { httpRigs } from './http-world.ts'

const MASTER_NAME = '<img src=x onerror=alert(1)>'
const HOST = '"><script>alert(2)</script>'

const start = httpRigs()
let page: OpenPage | undefined
afterEach(() => { page?.close() })

it('names of masters and hosts that hold HTML are shown as text, and never become elements', async () => {
  const { get, port, view, bus } = await start()
  view.fakes = [fakeMaster({
    view: masterView({ name: MASTER_NAME, host: HOST, roleReported: 'slave' }),
    replicas: [replicaView({ name: `${HOST}:6380`, host: HOST, masterHost: HOST, flags: ['slave', 's_down'] })],
    peers: [peerView({ name: HOST, host: HOST })],
  })]
  bus.event({ name: '+sdown', master: MASTER_NAME, subject: { kind: 'master', name: MASTER_NAME, host: HOST, port: 6379 } }, at(1))
  const answer = await get('/')
  expect(answer.text).not.toContain('onerror')
  const opened = page = openPage(answer.text, `http://127.0.0.1:${port}/`)
  // Once in the list of masters, once above its details, once in the list of events.
  await vi.waitFor(() => { expect(opened.html().split('&lt;img src=x onerror=alert(1)&gt;</').length).toBeGreaterThanOrEqual(3) })
  await vi.waitFor(() => { expect(opened.html()).toMatch(/<code>\+sdown<\/code>.*&lt;img src=x/) })
  await vi.waitFor(() => { expect(opened.html()).toContain('&quot;&gt;&lt;script&gt;alert(2)&lt;/script&gt;:6380') })
  const withoutValues = opened.html().replaceAll(/"[^"]*"/g, '""')
  expect(withoutValues).not.toMatch(/<(?:img|script)|<[^>]* (?:on\w+|src)=/)
  const links = [...opened.html().matchAll(/ href="([^"]*)"/g)].map(([, href = '']) => href)
  expect(links.filter((href) => !/^(?:#\/[\w%/-]*|data:image\/svg\+xml,[\w%.-]+)$/.test(href.replaceAll(/[!'()*~]/g, '-')))).toEqual([])
  expect(opened.title).toContain(MASTER_NAME)
})

it('JSON that holds such names is never taken for a page', async () => {
  const { get, view } = await start()
  view.fakes = [fakeMaster({ view: masterView({ name: MASTER_NAME }) })]
  for (const path of ['/masters', `/masters/${encodeURIComponent(MASTER_NAME)}`, `/masters/${encodeURIComponent(HOST)}`]) {
    const { headers } = await get(path)
    expect([headers['content-type'], headers['x-content-type-options']]).toEqual(['application/json', 'nosniff'])
  }
})
