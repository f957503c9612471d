/** Voters that a sentinel was made to forget: docs/decisions/0011-forgotten-peers-still-count.md. */
import { describe, expect, it } from 'vitest'
import { countAsVoters, loadVoters, votersToKeep } from '../../../src/core/election/voters.ts'
import {
  initialDurable, initialSettings, NO_OWN_STATE, Sentinel, type Effect, type Operation, type OperationId, type OwnState,
} from '../../../src/core/index.ts'
import { majorityOfAll } from '../../../src/core/state/majority.ts'
import { later, masterIn, NOW, peerOf, turnAt } from './records.ts'

const MINUTE = 60_000
const DAY = 24 * 60 * MINUTE
const idOf = (letter: string) => letter.repeat(40)

/** A sentinel that has started, with the peers b, c, … in its file. */
function started(letters: string, given: { ownState?: OwnState, wall?: number } = {}) {
  const { ownState = NO_OWN_STATE, wall = NOW } = given
  const durable = {
    ...initialDurable(idOf('a')),
    masters: [{
      name: 'mymaster', host: '10.0.1.1', port: 6379, settings: initialSettings(2), configEpoch: 0n, leaderEpoch: 0n, replicas: [],
      sentinels: [...letters].map((letter, at) => ({ host: `10.0.0.${at + 2}`, port: 26_379, runId: idOf(letter) })),
    }],
  }
  const sentinel = new Sentinel({ durable, ownState, seed: 1, announcePort: 26_379 })
  const now = { mono: NOW, wall }
  const effects = sentinel.step({ type: 'start' }, now)
  const operate = (operation: Operation): readonly Effect[] => (
    sentinel.step({ type: 'operation', id: 1 as OperationId, operation }, now)
  )
  const majority = (atMs = NOW) => {
    const { state } = sentinel.memory
    const master = state.masters.get('mymaster')
    return master === undefined ? undefined : majorityOfAll(state, master, atMs)
  }
  return { sentinel, effects, operate, majority }
}

const RESET = { kind: 'reset', pattern: '*' } as const
const REMOVE = { kind: 'remove', name: 'mymaster' } as const
const MONITOR = { kind: 'monitor', name: 'mymaster', host: '10.0.1.1', port: 6379, quorum: 2 } as const
const FORGET = { kind: 'forget', name: 'mymaster', target: { kind: 'sentinel', id: idOf('e') }, forMs: 1, isForced: true } as const
const writesFirst: Effect = { type: 'keep', isBeforeSave: true }

describe('peers that a sentinel was made to forget', () => {
  it.each<[string, Operation, string, string, number]>([
    ['RESET', RESET, 'bcde', '', 1], ['REMOVE and MONITOR', REMOVE, 'bcde', '', 1], ['FORGET with FORCE', FORGET, 'bce', 'bc', 2],
  ])('count after %s and a restart, and are written before a configuration without them', (_title, operation, before, left, later) => {
    const { sentinel, operate } = started(before)
    expect(operate(operation)).toContainEqual(writesFirst)
    const again = started(left, { ownState: sentinel.ownState() })
    expect([again.majority(), again.majority(NOW + 10 * MINUTE)]).toEqual([3, later])
  })

  it('count when the master is monitored again after the restart', () => {
    const { sentinel, operate } = started('bcde')
    operate(REMOVE)
    const { operate: operateAgain, majority } = started('', { ownState: sentinel.ownState() })
    operateAgain(REMOVE)
    operateAgain(MONITOR)
    expect(majority()).toBe(3)
  })

  it.each<[string, number, boolean]>([
    ['was set back by an hour', -60 * MINUTE, true], ['was set forward by an hour', 60 * MINUTE, true],
    ['says that they ended more than a day ago', DAY + 11 * MINUTE, false],
  ])('may or may not count after a restart when the wall clock %s', (_title, byMs, count) => {
    const { sentinel, operate } = started('bcde')
    operate(RESET)
    const { majority } = started('', { ownState: sentinel.ownState(), wall: NOW + byMs })
    expect([majority(), majority(NOW + 10 * MINUTE - 1)]).toEqual(count ? [3, 3] : [1, 1])
    expect(majority(NOW + 71 * MINUTE)).toBe(1)
  })

  it('count beside peers that were found since', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    countAsVoters(turn, master, { ids: [idOf('b'), idOf('c')], least: 3, ms: 1000 })
    peerOf(turn, master, 'd')
    peerOf(turn, master, 'e')
    expect(majorityOfAll(turn.state, master, NOW)).toBe(3)
    expect(majorityOfAll(turn.state, master, NOW + 1000)).toBe(2)
  })

  it('are not kept when their time has ended', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    peerOf(turn, master, 'b')
    countAsVoters(turn, master, { ids: [idOf('b')], least: 2, ms: 1000 })
    turn.state.previousStep = { mono: NOW + 999, wall: NOW }
    expect(votersToKeep(turn.state).size).toBe(1)
    turn.state.previousStep = { mono: NOW + 1000, wall: NOW }
    expect(votersToKeep(turn.state).size).toBe(0)
  })

  it('count by their number where they are too many to be named', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    const ids = Array.from({ length: 200 }, (_, at) => String(at).padStart(40, '0'))
    countAsVoters(turn, master, { ids, least: 1, ms: MINUTE })
    const voters = votersToKeep(turn.state)
    expect(voters.get('mymaster')?.ids).toEqual(ids.slice(72))
    const again = later(turnAt(), MINUTE)
    const loaded = masterIn(again)
    loadVoters(again, { ...NO_OWN_STATE, voters })
    expect([turn, again].map(({ state }) => majorityOfAll(state, loaded, NOW + MINUTE - 1))).toEqual([101, 101])
  })
})

describe('what is kept of masters that are not monitored', () => {
  const pauses = new Map([['gone', { since: NOW, until: NOW + DAY, reason: undefined }]])

  it('is removed from the file before the configuration is saved', () => {
    const { sentinel, effects } = started('', { ownState: { ...NO_OWN_STATE, pauses } })
    expect([effects.includes(writesFirst), sentinel.ownState().pauses.size]).toEqual([false, 0])
    expect(effects).toContainEqual(writesFirst)
  })

  it('needs no write when there is none', () => {
    const voters = new Map([['gone', { ids: [idOf('b')], least: 2, until: NOW + MINUTE }]])
    expect(started('', { ownState: { ...NO_OWN_STATE, voters } }).effects).not.toContainEqual(writesFirst)
  })
})
