/** When a peer that announces another master is reported (docs/decisions/0056-sentinels-that-disagree.md). */
import { describe, expect, it } from 'vitest'
import { absorbHello } from '../../../src/core/configuration/hello-exchange.ts'
import { viewPeer } from '../../../src/core/view/instance-view.ts'
import type { Hello } from '../../../src/core/state/hello.ts'
import { eventsOf, later, masterIn, NOW, peerOf, turnAt } from './records.ts'

const OTHER = '10.0.9.9'
const OURS = '10.0.1.1'

/** A fleet of two; `hear` takes one hello of the other sentinel so many milliseconds after the start. */
function stage(configEpoch = 3n) {
  const turn = turnAt()
  const master = masterIn(turn)
  Object.assign(turn.state, { currentEpoch: 5n })
  master.configEpoch = configEpoch
  const peer = peerOf(turn, master, 'b')
  const hear = (atMs: number, hello: Partial<Hello> = {}) => {
    const at = later(turn, atMs)
    absorbHello(at, {
      host: peer.address.host, port: peer.address.port, runId: peer.runId, currentEpoch: 5n, masterName: 'mymaster',
      masterHost: OTHER, masterPort: 6379, configEpoch: 2n, ...hello,
    })
    return eventsOf(at)
  }
  const hearUntil = (toMs: number, fromMs = 0, hello: Partial<Hello> = {}) => {
    const events = []
    for (let at = fromMs; at <= toMs; at += 2000) events.push(...hear(at, hello))
    return events
  }
  return { turn, master, peer, hear, hearUntil }
}

describe('a peer that announces another master', () => {
  it('is reported once, when it has done so for 10 s, and again when that has ended', () => {
    const { turn, peer, hear, hearUntil } = stage()
    expect(hearUntil(8000)).toEqual([])
    expect(hear(10_000)).toEqual(['+peer-disagrees'])
    expect(hearUntil(30_000, 12_000)).toEqual([])
    expect(viewPeer(turn.state, peer, NOW + 30_000).disagreesMs).toBe(30_000)
    expect(hear(31_000, { masterHost: OURS })).toEqual(['-peer-disagrees'])
    expect(viewPeer(turn.state, peer, NOW + 31_000).disagreesMs).toBeUndefined()
    expect(hearUntil(40_000, 32_000, { masterHost: OURS })).toEqual([])
  })

  it('is reported under an equal config-epoch of 0, which no election has settled', () => {
    const { hearUntil } = stage(0n)
    expect(hearUntil(10_000, 0, { configEpoch: 0n })).toEqual(['+peer-disagrees'])
  })

  it('is not reported when one of its hellos names our master meanwhile', () => {
    const { hear, hearUntil } = stage()
    hearUntil(6000)
    hear(7000, { masterHost: OURS })
    expect(hearUntil(16_000, 8000)).toEqual([])
    expect(hear(18_000)).toEqual(['+peer-disagrees'])
  })

  it('is not reported when it was not heard meanwhile: it was cut off and learns of the switch now', () => {
    const { hear, hearUntil } = stage()
    hear(0)
    expect(hear(15_000)).toEqual([])
    expect(hearUntil(24_000, 17_000)).toEqual([])
    expect(hear(25_000)).toEqual(['+peer-disagrees'])
  })

  it('has 10 s from each change of our master', () => {
    const { master, hear, hearUntil } = stage()
    hearUntil(8000)
    master.address = { host: '10.0.1.2', ip: '10.0.1.2', port: 6379 }
    expect(hearUntil(18_000, 10_000)).toEqual([])
    expect(hear(20_000)).toEqual(['+peer-disagrees'])
    master.address = { host: OTHER, ip: OTHER, port: 6379 }
    expect(hear(21_000)).toEqual(['-peer-disagrees'])
  })

  it('is not reported for a newer configuration, which is adopted', () => {
    const { master, hear } = stage()
    expect(hear(0, { configEpoch: 4n })).toContain('+switch-master')
    expect(master.address.host).toBe(OTHER)
    expect(hear(11_000, { configEpoch: 4n })).toEqual([])
  })

  it('is not reported by a clock that has jumped', () => {
    const { turn, hear, hearUntil } = stage()
    hearUntil(4000)
    turn.state.tiltSince = NOW
    expect(hearUntil(14_000, 6000)).toEqual([])
    turn.state.tiltSince = undefined
    expect(hearUntil(22_000, 16_000)).toEqual([])
    expect(hear(24_000)).toEqual(['+peer-disagrees'])
  })
})
