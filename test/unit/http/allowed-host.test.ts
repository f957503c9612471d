/** Names under which the sentinel may be asked: none that a page of another site could use. */
import { hostname } from 'node:os'
import { describe, expect, it } from 'vitest'

import { httpRigs } from './http-world.ts'

const STATE = ['/masters', '/masters/mymaster', '/masters/mymaster/explain', '/masters/mymaster/failovers', '/events', '/nothing']
const BROWSER = { 'accept-language': 'en' }

const start = httpRigs()

describe('the Host header', () => {
  it('must not be the name of another host for requests that show the state', async () => {
    const { get } = await start()
    for (const path of STATE) {
      for (const host of ['evil.example', 'evil.example:26380', 'localhost.evil.example', '127.0.0.1.evil.example', 'constructor', '__proto__']) {
        const refused = await get(path, { headers: { host } })
        expect([path, host, refused.status]).toEqual([path, host, 421])
        expect(refused.text).toContain('allowed-hosts')
        expect(refused.text).not.toContain('127.0.0.1')
      }
    }
  })

  it('may be any address, localhost, or the name of this machine', async () => {
    const { get } = await start()
    for (const host of ['10.1.2.3', '10.1.2.3:26380', '[::1]:26380', '[fe80::1]', 'localhost', 'LOCALHOST:1', 'a.localhost', `${hostname()}:1`]) {
      expect([host, (await get('/masters', { headers: { host, ...BROWSER } })).status]).toEqual([host, 200])
    }
  })

  it('may be a name of allowed-hosts', async () => {
    const { get } = await start({ allowedHosts: ['Sentinel.example.com.', '*.internal.example.com'] })
    const status = async (host: string) => (await get('/masters', { headers: { host } })).status
    for (const host of ['sentinel.example.com', 'SENTINEL.example.com.:80', 'a.internal.example.com', 'b.a.internal.example.com:1']) {
      expect([host, await status(host)]).toEqual([host, 200])
    }
    for (const host of ['x.sentinel.example.com', 'internal.example.com', 'xinternal.example.com']) {
      expect([host, await status(host)]).toEqual([host, 421])
    }
  })

  it('may be any name with allowed-hosts = *', async () => {
    const { get } = await start({ allowedHosts: ['*'] })
    expect((await get('/masters', { headers: { host: 'any.example' } })).status).toBe(200)
  })

  it('may be any name in probes, and for metrics and load balancers unless a browser sends the request', async () => {
    const { get } = await start()
    const status = async (path: string, headers = {}) => (await get(path, { headers: { host: 'sentinel-1:26380', ...headers } })).status
    for (const path of ['/livez', '/readyz', '/']) expect([path, await status(path, BROWSER)]).toEqual([path, 200])
    for (const path of ['/metrics', '/masters/mymaster/primary']) {
      expect([path, await status(path)]).toEqual([path, 200])
      for (const header of ['accept-language', 'origin', 'referer', 'sec-fetch-mode', 'sec-fetch-site']) {
        expect([path, header, await status(path, { [header]: '' })]).toEqual([path, header, 421])
      }
    }
  })

  it('is checked after the token', async () => {
    const { get } = await start({ token: 'open sesame' })
    expect((await get('/masters', { headers: { host: 'evil.example' } })).status).toBe(401)
  })
})
