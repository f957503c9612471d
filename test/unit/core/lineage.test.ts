/** The lineage of a master as part of our own state: src/core/lineage.ts. */
import { describe, expect, it } from 'vitest'

import {
  initialDurable, initialSettings, NO_OWN_STATE, protectionOfAll,
  Sentinel, type Effect, type OperationId, type OwnState,
} from '../../../src/core/index.ts'
import { addToLineage, forgetLineage, lineageOf } from '../../../src/core/lineage.ts'
import { Random } from '../../../src/core/random.ts'
import { newState } from '../../../src/core/state/sentinel-state.ts'
import { Turn } from '../../../src/core/turn.ts'

const id = (number: number) => number.toString(16).padStart(40, '0')
const NOW = { mono: 0, wall: 0 }
const durable = {
  ...initialDurable('a'.repeat(40)),
  masters: [{
    name: 'mymaster', host: '10.0.0.1', port: 6379, settings: initialSettings(1), configEpoch: 0n, leaderEpoch: 0n,
    replicas: [], sentinels: [],
  }],
}

function sentinel(lineage?: readonly (readonly [string, readonly string[]])[]): Sentinel {
  const ownState = lineage === undefined ? {} : { ownState: { ...NO_OWN_STATE, lineage: new Map(lineage) } }
  return new Sentinel({ durable, seed: 1, announcePort: 26379, ...ownState })
}

function turn(): Turn {
  const { myId, currentEpoch, masters: _masters, ...globals } = durable
  const state = newState({
    myId, ownPort: 26379, requirepass: undefined, currentEpoch, globals, protection: protectionOfAll(),
  })
  return new Turn(state, NOW, new Random(1))
}

describe('the lineage', () => {
  it('has the newest id first, each once, and a bounded number of them', () => {
    const now = turn()
    for (let at = 1; at <= 20; at += 1) addToLineage(now, 'mymaster', id(at))
    expect(lineageOf(now.state, 'mymaster')).toEqual(Array.from({ length: 16 }, (_, at) => id(20 - at)))
    addToLineage(now, 'mymaster', id(7))
    expect(lineageOf(now.state, 'mymaster').slice(0, 3)).toEqual([id(7), id(20), id(19)])
    expect(lineageOf(now.state, 'mymaster')).toHaveLength(16)
  })

  it('asks for a write once per step, and only when it changed', () => {
    const now = turn()
    addToLineage(now, 'mymaster', id(1))
    addToLineage(now, 'mymaster', id(2))
    expect(now.effects).toEqual([{ type: 'keep', isBeforeSave: false }])
    const later = new Turn(now.state, NOW, new Random(1))
    addToLineage(later, 'mymaster', id(2))
    forgetLineage(later, 'unknown')
    expect(later.effects).toEqual([])
    forgetLineage(later, 'mymaster')
    expect(later.effects).toEqual([{ type: 'keep', isBeforeSave: false }])
  })

  it('takes no id that is none: zeros, other lengths, other characters', () => {
    const now = turn()
    for (const text of ['', '0'.repeat(40), 'g'.repeat(40), 'A'.repeat(40), 'a'.repeat(39), `${'a'.repeat(40)}\n`]) {
      addToLineage(now, 'mymaster', text)
    }
    expect(lineageOf(now.state, 'mymaster')).toEqual([])
  })

  it('is loaded at the start for monitored masters, without what is no id', () => {
    const loaded = sentinel([['mymaster', [id(2), 'nonsense', id(1), id(2)]], ['gone', [id(3)]]])
    const before = loaded.ownState()
    expect(before.lineage.size).toBe(2)
    loaded.step({ type: 'start' }, NOW)
    expect(loaded.ownState()).toEqual({ ...NO_OWN_STATE, lineage: new Map([['mymaster', [id(2), id(1)]]]) })
  })

  it('is empty without a loaded one', () => {
    expect(sentinel().ownState()).toBe(NO_OWN_STATE)
  })

  it('is kept by SENTINEL RESET and removed by SENTINEL REMOVE', () => {
    const loaded = sentinel([['mymaster', [id(1)]]])
    loaded.step({ type: 'start' }, NOW)
    const kept = (effects: readonly Effect[]) => effects.filter(({ type }) => type === 'keep').length
    const reset = loaded.step({ type: 'operation', id: 1 as OperationId, operation: { kind: 'reset', pattern: '*' } }, NOW)
    expect([kept(reset), loaded.ownState().lineage.get('mymaster')]).toEqual([0, [id(1)]])
    const remove = { kind: 'remove', name: 'mymaster' } as const
    const removed = loaded.step({ type: 'operation', id: 2 as OperationId, operation: remove }, NOW)
    const nothing: OwnState = { ...NO_OWN_STATE, lineage: new Map() }
    expect([kept(removed), loaded.ownState()]).toEqual([1, nothing])
  })
})
