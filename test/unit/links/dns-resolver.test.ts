/** Name lookup that never blocks: limits of time and number (behaviour.md 18.6). */
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { createDnsResolver } from '../../../src/links/index.ts'
import type { Resolver } from '../../../src/ports/index.ts'

type Done = (address: string | undefined) => void

/** A platform whose lookups end when the test says so. */
let lookups: { readonly host: string, readonly end: Done }[]
let answers: string[]
let now: number
let resolver: Resolver

beforeEach(() => {
  vi.useFakeTimers()
  lookups = []
  answers = []
  now = 0
  resolver = createDnsResolver({
    limitMs: 2000,
    now: () => now,
    lookup: (host, end) => { lookups.push({ host, end }) },
  })
})

afterEach(() => { vi.useRealTimers() })

function ask(host: string, as = host): void {
  resolver.resolve(host, (address) => { answers.push(`${as}=${String(address)}`) })
}

function pass(ms: number): void {
  now += ms
  vi.advanceTimersByTime(ms)
}

const running = () => lookups.map(({ host }) => host)

describe('the resolver', () => {
  it('answers with what the platform found', () => {
    ask('a')
    ask('b')
    lookups[1]?.end('::1')
    lookups[0]?.end(undefined)
    expect(answers).toEqual(['b=::1', 'a=undefined'])
    pass(10_000)
    expect(answers).toHaveLength(2)
  })

  it('asks once for equal names', () => {
    ask('a', 'first')
    ask('a', 'second')
    expect(running()).toEqual(['a'])
    lookups[0]?.end('10.0.0.1')
    expect(answers).toEqual(['first=10.0.0.1', 'second=10.0.0.1'])
    ask('a', 'third')
    expect(running()).toEqual(['a', 'a'])
  })

  it('runs at most two lookups at once', () => {
    for (const host of ['a', 'b', 'c', 'd']) ask(host)
    expect(running()).toEqual(['a', 'b'])
    lookups[0]?.end('10.0.0.1')
    expect(running()).toEqual(['a', 'b', 'c'])
  })

  it('answers within the limit when lookups hang, also the names that wait behind them', () => {
    for (const host of ['a', 'b', 'c']) ask(host)
    pass(1999)
    expect(answers).toEqual([])
    pass(1)
    expect(answers).toEqual(['a=undefined', 'b=undefined', 'c=undefined'])
  })

  it('starts no second lookup of a name that hangs, and gives later questions a limit of their own', () => {
    ask('a', 'first')
    pass(1500)
    ask('a', 'second')
    pass(500)
    expect(answers).toEqual(['first=undefined'])
    pass(1000)
    ask('a', 'third')
    pass(500)
    expect(answers).toEqual(['first=undefined', 'second=undefined'])
    expect(running()).toEqual(['a'])
    lookups[0]?.end('10.0.0.1')
    expect(answers.at(-1)).toBe('third=10.0.0.1')
  })

  it('does not look up names that no link waits for any more', () => {
    for (const host of ['a', 'b', 'c']) ask(host)
    pass(2000)
    ask('d')
    lookups[0]?.end('10.0.0.1')
    expect(running()).toEqual(['a', 'b', 'd'])
  })

  it('keeps an answer that came too late for the next question, but not for long', () => {
    ask('a')
    pass(2500)
    lookups[0]?.end('10.0.0.1')
    expect(answers).toEqual(['a=undefined'])
    pass(1000)
    ask('a')
    expect(answers).toHaveLength(1)
    vi.runAllTimers()
    expect(answers).toEqual(['a=undefined', 'a=10.0.0.1'])
    expect(running()).toEqual(['a'])
    ask('a')
    pass(2500)
    lookups[1]?.end('10.0.0.2')
    pass(30_001)
    ask('a')
    expect(running()).toEqual(['a', 'a', 'a'])
  })

  it('refuses more names than its limit, asynchronously', () => {
    for (let name = 0; name < 4096; name++) ask(`name${name}`)
    ask('one-more')
    expect(answers).toEqual([])
    vi.advanceTimersByTime(0)
    expect(answers).toEqual(['one-more=undefined'])
  })

  it('answers once when the platform answers twice', () => {
    ask('a')
    lookups[0]?.end('10.0.0.1')
    lookups[0]?.end('10.0.0.2')
    expect(answers).toEqual(['a=10.0.0.1'])
    for (const host of ['b', 'c', 'd']) ask(host)
    expect(running()).toEqual(['a', 'b', 'c'])
  })

  it('reports a name that the platform refuses to look up as unresolvable', () => {
    resolver = createDnsResolver({ lookup: () => { throw new Error('not a name') } })
    ask('a')
    expect(answers).toEqual([])
    vi.advanceTimersByTime(0)
    expect(answers).toEqual(['a=undefined'])
  })
})

describe('the resolver of the platform', () => {
  beforeEach(() => { vi.useRealTimers() })

  const address = (host: string) => new Promise((resolve) => {
    createDnsResolver().resolve(host, resolve)
  })

  it('resolves localhost to a loopback address', async () => {
    expect(await address('localhost')).toMatch(/^(127\.0\.0\.1|::1)$/)
  })

  it('returns literal addresses unchanged', async () => {
    expect(await address('::1')).toBe('::1')
    expect(await address('10.1.2.3')).toBe('10.1.2.3')
  })

  it.each(['', 'no-such-host.invalid', 'with blank', 'nul\0byte', 'x'.repeat(70_000)])('has no address for %j', async (host) => {
    expect(await address(host)).toBeUndefined()
  })
})
