/** What the dashboard does with answers of a sentinel. */
import { afterEach, describe, expect, it, vi } from 'vitest'

import {
  askDetails, askOverview, EventStream, openEvents, order, TokenRefused, UnknownName,
} from '../../../../src/http/dashboard/browser/client.ts'
import type { EventJson } from '../../../../src/http/json.ts'
import { eventJson } from './json-samples.ts'

afterEach(() => { vi.unstubAllGlobals() })

/** The next requests get this answer. Returns the arguments of each. */
function answering(reply: () => Response, token: string | null = null): Parameters<typeof fetch>[] {
  const asked: Parameters<typeof fetch>[] = []
  vi.stubGlobal('sessionStorage', { getItem: () => token })
  vi.stubGlobal('fetch', (...request: Parameters<typeof fetch>) => {
    asked.push(request)
    return Promise.resolve(reply())
  })
  return asked
}

/** A stream of pieces with so many characters. */
function inPieces(text: string, size: number): ReadableStream<string> {
  return new ReadableStream({
    start: (controller) => {
      for (let at = 0; at < text.length; at += size) controller.enqueue(text.slice(at, at + size))
      controller.close()
    },
  })
}

describe('a request of the dashboard', () => {
  it('carries the token of this tab and the encoded name of the master', async () => {
    const asked = answering(() => Response.json({ name: 'a b/c' }), 'secret')
    expect(await askDetails('a b/c')).toEqual({ name: 'a b/c' })
    expect(asked).toMatchObject([['masters/a%20b%2Fc', { headers: { Authorization: 'Bearer secret' } }]])
  })

  it('fails with a distinct error when the token or the name of the sentinel is refused', async () => {
    answering(() => Response.json({ error: 'A token is required.' }, { status: 401 }))
    await expect(askOverview()).rejects.toBeInstanceOf(TokenRefused)
    await expect(openEvents('0')).rejects.toBeInstanceOf(TokenRefused)
    answering(() => Response.json({ error: 'Add the name to allowed-hosts.' }, { status: 421 }))
    const refusal: unknown = await askOverview().catch((error: unknown) => error)
    expect(refusal).toBeInstanceOf(UnknownName)
    expect(refusal).toMatchObject({ message: 'Add the name to allowed-hosts.' })
  })

  it('returns nothing for a master that is not monitored, and an error for other failures', async () => {
    answering(() => new Response('', { status: 404 }))
    expect(await askDetails('gone')).toBeUndefined()
    answering(() => new Response('', { status: 503 }))
    await expect(askDetails('mymaster')).rejects.toThrow('masters/mymaster: 503')
  })

  it('for events begins after the last one that was read', async () => {
    const asked = answering(() => new Response(': beat\n\n'))
    await openEvents('s-7')
    expect(asked).toMatchObject([['events', { headers: { 'Last-Event-ID': 's-7' } }]])
  })
})

describe('an order of the dashboard', () => {
  it('is a POST request with the token, and returns what was answered', async () => {
    const asked = answering(() => Response.json({ schemaVersion: 1, master: 'a/b', action: 'pause', answer: 'OK' }), 'secret')
    expect(await order({ master: 'a/b', action: 'pause', body: { durationMs: 5 }, token: undefined })).toBe('OK')
    const headers = { 'Authorization': 'Bearer secret', 'Content-Type': 'application/json' }
    expect(asked).toMatchObject([['masters/a%2Fb/pause', { method: 'POST', body: '{"durationMs":5}', headers }]])
  })

  it('that is refused fails with the reason', async () => {
    answering(() => Response.json({ schemaVersion: 1, error: 'NOGOODSLAVE No suitable replica to promote' }, { status: 409 }))
    await expect(order({ master: 'mymaster', action: 'failover', body: {}, token: undefined })).rejects.toThrow('NOGOODSLAVE No suitable replica to promote')
  })
})

describe('the stream of events', () => {
  it('is read in whole events, however the bytes come, without what only keeps it open', async () => {
    const events = [eventJson({ id: 's-1' }), eventJson({ id: 's-2', event: '-sdown' })]
    const text = `:\n\n${events.map((event) => `id: ${event.id}\ndata: ${JSON.stringify(event)}\n\n`).join(':\n\n')}id: s-3\ndata: {`
    for (const size of [1, 7, 1_000]) {
      const read: EventJson[] = []
      await new EventStream(inPieces(text, size)).read((event) => { read.push(event) })
      expect(read).toEqual(events)
    }
  })
})
