/** Which replica is promoted (behaviour.md 9.3). */
import { beforeEach, describe, expect, it } from 'vitest'

import { brokenRule, compareReplicas, selectionLimits, type Ineligible, type SelectionFacts } from '../../../src/core/index.ts'
import { precedence, rankReplicas, type Rankable } from '../../../src/core/failover/selection.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import type { Verdict } from '../../../src/core/state/verdict.ts'
import type { Turn } from '../../../src/core/turn.ts'
import { masterIn, NOW, replicaOf, turnAt } from './records.ts'

const PERIODS = { pingPeriodMs: 1000, infoPeriodMs: 10_000, downAfterMs: 30_000 }

describe('the limits of the selection', () => {
  it('are 5 PING periods for replies, 3 INFO periods for INFO and 10 times down-after for the link to the master', () => {
    expect(selectionLimits({ ...PERIODS, sdownMs: undefined })).toEqual({
      replyMs: 5000, infoMs: 30_000, masterLinkDownMs: 300_000, isLagStrict: false,
    })
  })

  it('ask for INFO of the last 5 PING periods while the master is down, and add the time for which it has been down', () => {
    expect(selectionLimits({ ...PERIODS, sdownMs: 4000 })).toEqual({
      replyMs: 5000, infoMs: 5000, masterLinkDownMs: 304_000, isLagStrict: false,
    })
  })
})

describe('a replica', () => {
  const limits = selectionLimits({ ...PERIODS, sdownMs: undefined, lagBytes: 100 })
  const good: SelectionFacts = {
    sdown: false, disconnected: false, replyAgeMs: 5000, priority: 1, infoAgeMs: 30_000, masterLinkDownMs: 300_000,
    neverSynchronised: false, isLoading: false, isEmpty: false, lacksLostData: false, isForeign: false,
    hasReturned: false, isInExcludedZone: false, lagBytes: 100,
  }

  it('that is at every limit and breaks none may be promoted', () => {
    expect(brokenRule(good, limits)).toBeUndefined()
  })

  it('that is empty but follows its master may be promoted', () => {
    expect(brokenRule({ ...good, isEmpty: true }, limits)).toBeUndefined()
  })

  it.each<[string, Partial<SelectionFacts>, Ineligible]>([
    ['that is down', { sdown: true }, 'down'],
    ['without a connection', { disconnected: true }, 'disconnected'],
    ['whose last valid reply is older than the limit', { replyAgeMs: 5001 }, 'silent'],
    ['with priority 0', { priority: 0 }, 'priority-zero'],
    ['in a zone of never-promote-in', { isInExcludedZone: true }, 'excluded-zone'],
    ['that never answered INFO', { infoAgeMs: undefined }, 'info-too-old'],
    ['whose INFO is older than the limit', { infoAgeMs: 30_001 }, 'info-too-old'],
    ['that lost its master longer ago than the limit', { masterLinkDownMs: 300_001 }, 'master-link-down-too-long'],
    ['that never synchronised', { neverSynchronised: true }, 'never-synchronised'],
    ['that never synchronised and is empty', { neverSynchronised: true, isEmpty: true }, 'no-data'],
    ['of another deployment', { isForeign: true }, 'foreign'],
    ['that was replaced and runs as a master again', { hasReturned: true }, 'returned-master'],
    ['that lacks the data that its master lost', { lacksLostData: true }, 'lost-data'],
    ['that loads its data', { isLoading: true }, 'loading'],
    ['that lacks more bytes than the limit', { lagBytes: 101 }, 'too-much-lag'],
    ['whose bytes cannot be compared', { lagBytes: undefined }, 'too-much-lag'],
    ['that loads its data and lacks more bytes than the limit', { isLoading: true, lagBytes: 101 }, 'loading'],
    ['that loads its data and never synchronised', { isLoading: true, neverSynchronised: true, isEmpty: true }, 'loading'],
  ])('%s is left out', (_title, facts, why) => {
    expect(brokenRule({ ...good, ...facts }, limits)).toBe(why)
  })

  it('that never synchronised is not judged by the time without its master', () => {
    expect(brokenRule({ ...good, neverSynchronised: true, masterLinkDownMs: 900_000 }, limits)).toBe('never-synchronised')
  })

  it('that breaks several rules is left out for the first of them', () => {
    const broken: SelectionFacts = {
      sdown: true, disconnected: true, replyAgeMs: 9_000_000, priority: 0, infoAgeMs: undefined,
      masterLinkDownMs: 9_000_000, neverSynchronised: false, isLoading: true, isEmpty: true, lacksLostData: true,
      isForeign: true, hasReturned: true, isInExcludedZone: true, lagBytes: undefined,
    }
    const repairs: readonly Partial<SelectionFacts>[] = [
      { sdown: false }, { disconnected: false }, { replyAgeMs: 0 }, { priority: 1 }, { isInExcludedZone: false },
      { infoAgeMs: 0 },
      { isForeign: false }, { hasReturned: false }, { lacksLostData: false }, { masterLinkDownMs: 0 },
      { isLoading: false }, { lagBytes: 0 },
    ]
    const repaired = (count: number): SelectionFacts => (
      repairs.slice(0, count).reduce<SelectionFacts>((facts, repair) => ({ ...facts, ...repair }), broken)
    )
    const reasons = repairs.map((_repair, at) => brokenRule(repaired(at), limits))
    expect(reasons).toEqual([
      'down', 'disconnected', 'silent', 'priority-zero', 'excluded-zone', 'info-too-old', 'foreign', 'returned-master',
      'lost-data', 'master-link-down-too-long', 'loading', 'too-much-lag',
    ])
  })
})

describe('of two replicas that may be promoted', () => {
  const one: Rankable = { priority: 100, offset: 500n, runId: 'b' }

  it.each<[string, Rankable, ReturnType<typeof precedence>]>([
    ['the one with the lower priority number comes first, whatever its offset', { priority: 99, offset: 0n, runId: 'c' }, 'priority'],
    ['the one with the higher offset comes first where priorities are equal', { priority: 100, offset: 501n, runId: 'c' }, 'offset'],
    ['the one with the smaller run id comes first where offsets are equal', { priority: 100, offset: 500n, runId: 'a' }, 'run-id'],
    ['run ids are compared without regard to case', { priority: 100, offset: 500n, runId: 'A' }, 'run-id'],
  ])('%s', (_title, better, decidedBy) => {
    expect(compareReplicas(better, one)).toBeLessThan(0)
    expect(compareReplicas(one, better)).toBeGreaterThan(0)
    expect(precedence(one, better)).toBe(decidedBy)
  })

  it('the one whose run id is not known comes last', () => {
    const unknown = { ...one, runId: undefined }
    expect(compareReplicas(one, unknown)).toBeLessThan(0)
    expect(compareReplicas(unknown, one)).toBeGreaterThan(0)
    expect(compareReplicas(unknown, unknown)).toBe(0)
  })

  it('offsets beyond 2^53 are compared exactly', () => {
    const [less, more] = [2n ** 53n, 2n ** 53n + 1n]
    expect(compareReplicas({ ...one, offset: more }, { ...one, offset: less })).toBeLessThan(0)
  })
})

describe('the selection', () => {
  let turn: Turn
  let master: Master
  let replicas: Replica[]
  const select = (): Verdict => rankReplicas(turn.state, master, NOW)
  const names = (ranked: readonly Replica[]) => ranked.map(({ runId }) => runId)

  beforeEach(() => {
    turn = turnAt()
    master = masterIn(turn)
    replicas = [1, 2, 3].map((number) => replicaOf(turn, master, number))
  })

  it('ranks those that may be promoted and names the reason of the others', () => {
    const [first, second] = replicas
    Object.assign(first ?? {}, { priority: 0 })
    Object.assign(second ?? {}, { offset: 99n })
    const verdict = select()
    expect(names(verdict.ranked)).toEqual(['r3', 'r2'])
    expect(verdict.best).toBe(verdict.ranked[0])
    expect(verdict.rejected).toEqual([{ replica: first, why: 'priority-zero' }])
    expect(verdict.lastResort).toBeUndefined()
  })

  it('prefers a replica that never synchronised to one that loads, where no other one may be promoted', () => {
    const [first, second, third] = replicas
    Object.assign(first ?? {}, { isLoading: true, masterLinkUp: false })
    Object.assign(second ?? {}, { neverSynchronised: true })
    Object.assign(third ?? {}, { sdown: true })
    expect(select()).toMatchObject({ best: second, lastResort: 'never-synchronised' })
    Object.assign(second ?? {}, { hasKeys: false })
    expect(select()).toMatchObject({ best: first, lastResort: 'loading' })
  })

  it('leaves out one that was started as a master and loads its data, although it had a link as a replica', () => {
    const [first] = replicas
    Object.assign(first ?? {}, { isLoading: true, masterLinkUp: true, roleReported: 'master' })
    expect(select().rejected).toEqual([{ replica: first, why: 'loading' }])
    Object.assign(first ?? {}, { roleReported: 'slave' })
    expect(select().rejected).toEqual([])
  })

  it('promotes none where each replica breaks a rule that has no exception', () => {
    for (const replica of replicas) Object.assign(replica, { neverSynchronised: true, hasKeys: false })
    expect(select()).toMatchObject({ best: undefined, ranked: [], lastResort: undefined })
    expect(select().rejected.map(({ why }) => why)).toEqual(['no-data', 'no-data', 'no-data'])
  })

  it('leaves out a replica whose subscription is missing', () => {
    const [first] = replicas
    if (first !== undefined) first.link.hello = undefined
    expect(select().rejected).toEqual([{ replica: first, why: 'disconnected' }])
  })
})
