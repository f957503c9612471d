/** Random pipelines of several clients through route mode get the replies of a single server, in order. */
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { alone, ownKeys, randomModels } from './random-pipelines.ts'
import { RouteModel, type ModelOptions } from './route-model.ts'

/** `ROUTE_PIPELINES=100000` runs so many (CONTRIBUTING.md). */
const RUNS = Number(process.env['ROUTE_PIPELINES'] ?? 100)
const TIMEOUT_MS = Math.max(20_000, RUNS * 10)

function run(model: Omit<ModelOptions, 'pipelines'>, pipelines: string[][][]): RouteModel {
  const found = new RouteModel({ ...model, pipelines })
  found.run()
  return found
}

describe('clients of route mode', () => {
  it('get the replies of a single server, in order, in both protocols and in pieces of every size', () => {
    fc.assert(fc.property(randomModels, ({ seed, isAuthPassedOn, pipelines }) => {
      const requests = ownKeys(pipelines)
      const { clients, heldBytes } = run({ seed, isAuthPassedOn, readAfterWriteMs: 1_000, hasFaults: false }, requests)
      expect(clients.map(({ received }) => received)).toEqual(requests.map((list, at) => alone(list, at + 1)))
      expect(heldBytes).toBe(0)
    }), { numRuns: RUNS })
  }, TIMEOUT_MS)

  it('get them in order also when reads need not see the writes before them', () => {
    fc.assert(fc.property(randomModels, ({ seed, isAuthPassedOn, pipelines }) => {
      const reads = pipelines.map((requests) => requests.map(([name = '', ...words], at) => name === 'GET' ? ['ECHO', String(at)] : [name, ...words]))
      const requests = ownKeys(reads).map((list) => list.filter(([name]) => name !== 'hgetall'))
      const { clients } = run({ seed, isAuthPassedOn, readAfterWriteMs: 0, hasFaults: false }, requests)
      expect(clients.map(({ received }) => received)).toEqual(requests.map((list, at) => alone(list, at + 1)))
    }), { numRuns: RUNS })
  }, TIMEOUT_MS)

  it('get no reply twice, none out of order and no write repeated when connections break and the master changes', () => {
    let closed = 0
    let whole = 0
    fc.assert(fc.property(randomModels, ({ seed, isAuthPassedOn, pipelines }) => {
      const requests = ownKeys(pipelines)
      const { clients } = run({ seed, isAuthPassedOn, readAfterWriteMs: 1_000, hasFaults: true }, requests)
      for (const [at, client] of clients.entries()) {
        const expected = alone(requests[at] ?? [], at + 1)
        if (client.isEnded) {
          closed += 1
          expect(expected.startsWith(client.received), `${client.received} begins ${expected}`).toBe(true)
        } else {
          whole += 1
          expect(client.received).toBe(expected)
        }
      }
    }), { numRuns: RUNS })
    expect(closed).toBeGreaterThan(0)
    expect(whole).toBeGreaterThan(closed)
  }, TIMEOUT_MS)
})
