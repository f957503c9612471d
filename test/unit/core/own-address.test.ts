/** A peer that turns out to be this sentinel itself (a second id at our own address). */
import { describe, expect, it } from 'vitest'
import { initialDurable, initialSettings, Sentinel, type Effect } from '../../../src/core/index.ts'

const NOW = { mono: 0, wall: 0 }

function begin(): { sentinel: Sentinel, effects: readonly Effect[] } {
  const sentinel = new Sentinel({
    seed: 1,
    announcePort: 26_379,
    durable: {
      ...initialDurable('a'.repeat(40)),
      masters: [{
        name: 'm', host: '10.0.0.1', port: 6379, settings: initialSettings(2), configEpoch: 0n, leaderEpoch: 0n,
        replicas: [], sentinels: [{ host: '10.0.0.9', port: 26_379, runId: 'b'.repeat(40) }],
      }],
    },
  })
  return { sentinel, effects: sentinel.step({ type: 'start' }, NOW) }
}

describe('a peer of the file', () => {
  it.each([['10.0.0.9', 0], ['10.0.0.8', 1]])('that is connected from the address %s counts %i times', (localAddress, count) => {
    const { sentinel, effects } = begin()
    const connect = effects.find((effect) => effect.type === 'connect' && effect.nodeKind === 'sentinel')
    if (connect?.type !== 'connect') throw new Error('no connection to the peer')
    sentinel.step({ type: 'connected', connection: connect.connection, localAddress }, NOW)
    expect(sentinel.view.peers('m', NOW)).toHaveLength(count)
  })
})
