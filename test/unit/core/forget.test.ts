/** SENTINEL FORGET and its tombstones: docs/decisions/0054-forgetting.md. */
import { describe, expect, it } from 'vitest'
import { absorbHello } from '../../../src/core/configuration/hello-exchange.ts'
import { forgetDead } from '../../../src/core/configuration/dead-records.ts'
import { NO_OWN_STATE, type ForgetTarget, type OperationResult, type Protection } from '../../../src/core/index.ts'
import { switchMaster } from '../../../src/core/failover/conclude.ts'
import { parseInfo } from '../../../src/core/monitoring/info-parser.ts'
import { pingAnswered } from '../../../src/core/monitoring/heartbeat.ts'
import { absorbInfo } from '../../../src/core/monitoring/info-refresh.ts'
import { forgetRecord } from '../../../src/core/operations/forget.ts'
import { majorityOfAll } from '../../../src/core/state/majority.ts'
import type { Master } from '../../../src/core/state/master.ts'
import type { Peer } from '../../../src/core/state/peer.ts'
import { protectionOfAll } from '../../../src/core/state/protection.ts'
import type { Replica } from '../../../src/core/state/replica.ts'
import { forgottenToKeep, loadForgotten } from '../../../src/core/tombstones.ts'
import { Turn } from '../../../src/core/turn.ts'
import { eventsOf, later, masterIn, NOW, peerOf, replicaOf, turnAt } from './records.ts'

const HOUR = 3_600_000

interface Fleet {
  readonly turn: Turn
  readonly master: Master
}

/** A master with two replicas and the peers `b`, `c`, … */
function fleet(letters: string): Fleet {
  const turn = turnAt()
  const master = masterIn(turn)
  for (const number of [1, 2]) replicaOf(turn, master, number)
  for (const letter of letters) peerOf(turn, master, letter)
  master.aliveAtOnce = master.peers.size + 1
  return { turn, master }
}

function kill(record: Replica | Peer | undefined, since = NOW): void {
  if (record === undefined) throw new Error('no such record')
  Object.assign(record, { sdown: true, sdownSince: since })
}

function peer(master: Master, letter: string): Peer | undefined {
  return master.peers.get(letter.repeat(40))
}

function forget(
  turn: Turn, target: ForgetTarget, { forMs = HOUR, isForced = false } = {},
): OperationResult | undefined {
  let result: OperationResult | undefined
  forgetRecord(turn, { kind: 'forget', name: 'mymaster', target, forMs, isForced }, (given) => { result = given })
  return result
}

const REPLICA = { kind: 'replica', host: '10.0.1.2', port: 6379 } as const
const idOf = (letter: string): ForgetTarget => ({ kind: 'sentinel', id: letter.repeat(40) })

/** INFO of the master that lists these replicas, each with the seconds since its last acknowledgement. */
function list(turn: Turn, master: Master, lags: Readonly<Record<string, number>>): void {
  const text = [
    'run_id:m', 'role:master',
    ...Object.entries(lags).map(([ip, lag], at) => `slave${at}:ip=${ip},port=6379,state=online,offset=100,lag=${lag}`),
  ].join('\r\n')
  absorbInfo(turn, master, { text, facts: parseInfo(text), askedAt: turn.now.mono })
}

function hello(turn: Turn, letter: string, { isDirect = false, configEpoch = 0n } = {}): void {
  absorbHello(turn, {
    host: `10.0.0.${letter.charCodeAt(0) - 96}`, port: 26_379, runId: letter.repeat(40), currentEpoch: configEpoch, masterName: 'mymaster',
    masterHost: '10.0.1.1', masterPort: 6379, configEpoch,
  }, { isDirect })
}

const names = (master: Master) => [...master.replicas.keys()]

describe('SENTINEL FORGET of a replica', () => {
  it('removes a dead one until a time that the reply has, and INFO of the master does not bring it back', () => {
    const { turn, master } = fleet('bc')
    list(turn, master, { '10.0.1.2': 0, '10.0.1.3': 0 })
    kill(master.replicas.get('10.0.1.2:6379'))
    expect(forget(turn, REPLICA)).toEqual({ kind: 'forgotten', record: '10.0.1.2:6379', untilWall: NOW + HOUR, voters: undefined })
    expect(eventsOf(turn)).toContain('+forgotten')
    list(later(turn, 10_000), master, { '10.0.1.2': 5, '10.0.1.3': 0 })
    expect(names(master)).toEqual(['10.0.1.3:6379'])
  })

  it('ends with its time, and the master names the replica again', () => {
    const { turn, master } = fleet('bc')
    list(turn, master, { '10.0.1.2': 0, '10.0.1.3': 0 })
    kill(master.replicas.get('10.0.1.2:6379'))
    forget(turn, REPLICA, { forMs: 20_000 })
    list(later(turn, 19_999), master, { '10.0.1.2': 0 })
    expect(names(master)).toEqual(['10.0.1.3:6379'])
    list(later(turn, 20_000), master, { '10.0.1.2': 0 })
    expect(names(master)).toEqual(['10.0.1.3:6379', '10.0.1.2:6379'])
  })

  it.each([
    ['was not listed any more', {}], ['was listed with an old acknowledgement', { '10.0.1.2': 10 }],
  ])('ends early when the replica %s and the master lists it again', (_title, missing) => {
    const { turn, master } = fleet('bc')
    list(turn, master, { '10.0.1.2': 0 })
    kill(master.replicas.get('10.0.1.2:6379'))
    forget(turn, REPLICA)
    list(later(turn, 10_000), master, missing)
    expect(names(master)).toEqual(['10.0.1.3:6379'])
    list(later(turn, 20_000), master, { '10.0.1.2': 0 })
    expect(names(master)).toContain('10.0.1.2:6379')
    expect(master.forgotten).toEqual([])
  })

  it('is refused for one that answers, for the master, and while the master cannot list it', () => {
    const { turn, master } = fleet('bc')
    const refusal = (target: ForgetTarget) => forget(turn, target)
    expect(refusal(REPLICA)).toMatchObject({ kind: 'not-forgotten', refusal: { why: 'replica-answers', downAfterMs: 30_000 } })
    expect(refusal({ ...REPLICA, host: '10.0.1.1' })).toMatchObject({ refusal: { why: 'is-master' } })
    expect(refusal({ ...REPLICA, host: '10.9.9.9' })).toMatchObject({ refusal: { why: 'unknown-replica' } })
    kill(master.replicas.get('10.0.1.2:6379'))
    master.sdown = true
    expect(refusal(REPLICA)).toMatchObject({ refusal: { why: 'master-unreachable' } })
    expect(master.replicas.size).toBe(2)
  })

  it('is renewed when it is asked for again', () => {
    const { turn, master } = fleet('bc')
    kill(master.replicas.get('10.0.1.2:6379'))
    forget(turn, REPLICA)
    expect(forget(later(turn, 1000), REPLICA)).toMatchObject({ kind: 'forgotten', untilWall: NOW + 1000 + HOUR })
    expect(master.forgotten).toHaveLength(1)
  })
})

describe('SENTINEL FORGET of a sentinel', () => {
  it('removes a dead one, and the reply has the majority before and after', () => {
    const { turn, master } = fleet('bcd')
    master.aliveAtOnce = 3
    kill(peer(master, 'd'))
    expect(forget(turn, { kind: 'sentinel', host: '10.0.0.4', port: 26_379 })).toEqual({
      kind: 'forgotten', record: 'd'.repeat(40), untilWall: NOW + HOUR,
      voters: { before: { known: 4, majority: 3 }, after: { known: 3, majority: 2 } },
    })
    expect([...master.peers.keys()]).toEqual(['b'.repeat(40), 'c'.repeat(40)])
  })

  it('is refused for a live one without FORCE, whose hello messages are ignored then', () => {
    const { turn, master } = fleet('bc')
    expect(forget(turn, idOf('c'))).toMatchObject({ refusal: { why: 'sentinel-answers' } })
    expect(forget(turn, idOf('c'), { isForced: true })).toMatchObject({ kind: 'forgotten' })
    for (let ms = 0; ms < HOUR; ms += 2000) hello(later(turn, ms), 'c', { isDirect: true })
    expect(master.peers.size).toBe(1)
    hello(later(turn, HOUR), 'c')
    expect(master.peers.size).toBe(2)
  })

  it('ends with its time, although the wall clock was set back meanwhile', () => {
    const { turn, master } = fleet('bc')
    forget(turn, idOf('c'), { forMs: 2000, isForced: true })
    const { state, now: { mono, wall }, random } = turn
    hello(new Turn(state, { mono: mono + 2000, wall: wall - HOUR }, random), 'c')
    expect(master.peers.size).toBe(2)
  })

  it('never makes the majority smaller than that of the sentinels that were alive at once', () => {
    const { turn, master } = fleet('bcde')
    for (const letter of 'de') kill(peer(master, letter))
    expect(forget(turn, idOf('d'))).toMatchObject({ kind: 'forgotten' })
    expect(forget(turn, idOf('e'))).toMatchObject({
      refusal: { why: 'smaller-majority', before: { known: 4, majority: 3 }, after: { known: 3, majority: 2 }, aliveAtOnce: 5 },
    })
  })

  it('does so with FORCE, and the forgotten one still counts where an epoch is shared', () => {
    const { turn, master } = fleet('bcde')
    for (const letter of 'de') kill(peer(master, letter))
    forget(turn, idOf('d'))
    expect(forget(turn, idOf('e'), { isForced: true })).toMatchObject({ voters: { after: { known: 3, majority: 2 } } })
    expect(majorityOfAll(turn.state, master, NOW)).toBe(3)
    expect(majorityOfAll(turn.state, master, NOW + HOUR)).toBe(2)
    expect(master.aliveAtOnce).toBe(3)
  })

  it('ends early by a hello that the sentinel itself sends, and by one with a newer configuration', () => {
    for (const proof of [{ isDirect: true }, { configEpoch: 1n }]) {
      const { turn, master } = fleet('bc')
      kill(peer(master, 'c'))
      forget(turn, idOf('c'))
      hello(turn, 'c')
      expect(master.peers.size).toBe(1)
      hello(turn, 'c', proof)
      expect(master.peers.size).toBe(2)
    }
  })

  it('is not ended by late hello messages over data nodes, but by those that keep coming', () => {
    const { turn, master } = fleet('bc')
    kill(peer(master, 'c'))
    forget(turn, idOf('c'))
    for (const ms of [0, 1, 9000, 70_001, 70_002]) hello(later(turn, ms), 'c')
    expect(master.peers.size).toBe(1)
    hello(later(turn, 80_001), 'c')
    expect(master.peers.size).toBe(2)
  })
})

describe('records that have been dead for long', () => {
  function expire({ turn, master }: Fleet, ms: number, changes: Partial<Protection>): Turn {
    Object.assign(turn.state, { protection: protectionOfAll(changes) })
    const now = later(turn, ms)
    forgetDead(now, master)
    return now
  }

  it('are kept by default', () => {
    const given = fleet('bcd')
    kill(peer(given.master, 'd'))
    kill(given.master.replicas.get('10.0.1.2:6379'))
    expire(given, 100 * HOUR, {})
    expect([given.master.peers.size, given.master.replicas.size]).toEqual([3, 2])
  })

  it('are forgotten when a replica was down for the time and the master does not list it', () => {
    const given = fleet('bc')
    kill(given.master.replicas.get('10.0.1.2:6379'))
    expire(given, 59_999, { forgetDeadReplicasMs: 60_000 })
    list(later(given.turn, 60_000), given.master, { '10.0.1.2': 30 })
    expire(given, 60_000, { forgetDeadReplicasMs: 60_000 })
    expect(given.master.replicas.size).toBe(2)
    expect(eventsOf(expire(given, 70_000, { forgetDeadReplicasMs: 60_000 }))).toEqual(['+forgotten'])
    expect(names(given.master)).toEqual(['10.0.1.3:6379'])
  })

  it('are kept when a replica would not come back by itself: a replaced master, and one that follows another node', () => {
    const given = fleet('bc')
    const [one, other] = [...given.master.replicas.values()]
    for (const replica of [one, other]) kill(replica)
    Object.assign(one ?? {}, { deposedAt: NOW })
    Object.assign(other ?? {}, { reportedMaster: { host: '10.0.1.2', port: 6379 } })
    expire(given, HOUR, { forgetDeadReplicasMs: 60_000 })
    expect(given.master.replicas.size).toBe(2)
  })

  it('are known again when the master is replaced, unless an operator has forgotten them', () => {
    for (const isByHand of [false, true]) {
      const given = fleet('bc')
      const { turn, master } = given
      kill(master.replicas.get('10.0.1.2:6379'))
      if (isByHand) forget(turn, REPLICA)
      else expire(given, HOUR, { forgetDeadReplicasMs: 60_000 })
      expect(names(master)).toEqual(['10.0.1.3:6379'])
      const next = master.replicas.get('10.0.1.3:6379')
      if (next !== undefined) switchMaster(later(turn, HOUR - 1), master, next.address, 'observer')
      expect(names(master)).toEqual(isByHand ? ['10.0.1.1:6379'] : ['10.0.1.1:6379', '10.0.1.2:6379'])
    }
  })

  it('are forgotten when another sentinel has taken the place of a dead one, and never below the number that was alive at once', () => {
    const given = fleet('bcde')
    for (const letter of 'bde') kill(peer(given.master, letter))
    given.master.aliveAtOnce = 3
    for (let ms = 0; ms <= 120_000; ms += 60_000) expire(given, ms, { forgetDeadSentinelsMs: 60_000 })
    expect(given.master.peers.size).toBe(2)
  })

  it('are kept while no majority is alive, while the master is down, and during a failover', () => {
    const given = fleet('bcd')
    given.master.aliveAtOnce = 3
    kill(peer(given.master, 'd'))
    for (const letter of 'bc') kill(peer(given.master, letter))
    expire(given, HOUR, { forgetDeadSentinelsMs: 60_000 })
    for (const letter of 'bc') Object.assign(peer(given.master, letter) ?? {}, { sdown: false })
    given.master.sdown = true
    expire(given, HOUR, { forgetDeadSentinelsMs: 60_000 })
    expect(given.master.peers.size).toBe(3)
    given.master.sdown = false
    expire(given, HOUR, { forgetDeadSentinelsMs: 60_000 })
    expect(given.master.peers.size).toBe(2)
  })
})

describe('the number of sentinels that were alive at once', () => {
  /** Its connection works. */
  function answers(turn: Turn, master: Master, letter: string): void {
    const link = peer(master, letter)?.link
    if (link !== undefined) pingAnswered(turn, link, turn.now.mono, { kind: 'status', text: 'PONG' })
  }

  function breaks({ now }: Turn, master: Master, letter: string): void {
    const link = peer(master, letter)?.link
    if (link !== undefined) link.lastFailure = { purpose: 'command', reason: 'Connection reset by peer', at: now.mono }
  }

  /** This sentinel and `b` and `c`. */
  function three(): Fleet {
    const given = fleet('')
    for (const letter of 'bc') {
      hello(given.turn, letter)
      answers(given.turn, given.master, letter)
    }
    return given
  }

  it('grows with those that are heard together and answer, not with one that was replaced', () => {
    const { turn, master } = three()
    expect(master.aliveAtOnce).toBe(3)
    hello(later(turn, 3001), 'b')
    hello(later(turn, 3001), 'd')
    answers(later(turn, 3001), master, 'd')
    expect([master.peers.size, master.aliveAtOnce]).toEqual([3, 3])
    hello(later(turn, 3002), 'c')
    expect(master.aliveAtOnce).toBe(4)
  })

  it('does not count a sentinel whose connection is broken, whenever its last hello arrives', () => {
    const { turn, master } = three()
    breaks(turn, master, 'c')
    hello(later(turn, 100), 'd')
    answers(later(turn, 101), master, 'd')
    hello(later(turn, 900), 'c')
    expect([master.peers.size, master.aliveAtOnce]).toEqual([3, 3])
  })

  it('does not count a sentinel of which a replica replays one hello', () => {
    const { turn, master } = three()
    hello(later(turn, 100), 'd')
    for (const letter of 'bc') hello(later(turn, 200), letter)
    expect([master.peers.size, master.aliveAtOnce]).toEqual([3, 3])
  })

  it('counts one that cannot be connected to when its hello messages go on for 10 s', () => {
    const { turn, master } = three()
    for (let ms = 0; ms < 10_000; ms += 2000) for (const letter of 'bcd') hello(later(turn, ms), letter)
    breaks(turn, master, 'd')
    expect(master.aliveAtOnce).toBe(3)
    for (const letter of 'bcd') hello(later(turn, 10_000), letter)
    expect(master.aliveAtOnce).toBe(4)
  })
})

describe('what is kept over a restart', () => {
  it('has the tombstones, and the number of sentinels where it is not that of the file', () => {
    const { turn, master } = fleet('bcd')
    expect(forgottenToKeep(turn.state).size).toBe(0)
    master.aliveAtOnce = 3
    kill(peer(master, 'd'))
    forget(turn, idOf('d'))
    const kept = forgottenToKeep(turn.state)
    expect(kept.get('mymaster')).toMatchObject({ aliveAtOnce: undefined, tombstones: [{ name: 'd'.repeat(40) }] })
    const { turn: again, master: loaded } = fleet('bc')
    loadForgotten(again, { ...NO_OWN_STATE, forgotten: kept })
    hello(again, 'd')
    expect(loaded.peers.size).toBe(2)
  })

  it('does not hide a record that the configuration file names', () => {
    const { turn, master } = fleet('bcd')
    kill(peer(master, 'd'))
    forget(turn, idOf('d'), { isForced: true })
    const { turn: again, master: loaded } = fleet('bcd')
    loadForgotten(again, { ...NO_OWN_STATE, forgotten: forgottenToKeep(turn.state) })
    expect([loaded.forgotten, loaded.peers.size]).toEqual([[], 3])
  })
})
