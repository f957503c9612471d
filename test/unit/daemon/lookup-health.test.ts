import { describe, expect, it } from 'vitest'

import { LookupHealth } from '../../../src/daemon/lookup-health.ts'
import type { Resolver } from '../../../src/ports/index.ts'

describe('the health of lookups', () => {
  it('counts names whose last lookup failed, until one succeeds or the name is not needed any more', () => {
    const answers = new Map<string, string>([['good', '10.0.0.1']])
    let now = 0
    const resolver: Resolver = {
      resolve: (host, done) => { done(answers.get(host)) },
    }
    const health = new LookupHealth(resolver, () => now)
    const results: (string | undefined)[] = []
    const ask = (host: string): void => {
      health.resolve(host, (address) => { results.push(address) })
    }
    for (const host of ['good', 'db-1', 'db-2', 'db-1']) ask(host)
    expect(results).toEqual(['10.0.0.1', undefined, undefined, undefined])
    expect(health).toMatchObject({ failing: 2, lookupsTotal: 4, failuresTotal: 3 })
    answers.set('db-1', '10.0.0.2')
    ask('db-1')
    expect(health.failing).toBe(1)
    now = 61_000
    expect(health.failing).toBe(0)
    expect(health.failuresTotal).toBe(3)
  })
})
