/** Pauses of failovers: what peers tell, what a restart makes of them, and clocks that are set. */
import { describe, expect, it } from 'vitest'
import {
  initialDurable, initialSettings, NO_OWN_STATE, Sentinel, type Effect, type KeptPause, type Now, type OperationId,
  type OperationResult, type Reply,
} from '../../../src/core/index.ts'
import { countPauses, handlePauseReply } from '../../../src/core/election/pause.ts'
import { forgetRecord } from '../../../src/core/operations/forget.ts'
import { masterIn, NOW, peerOf, turnAt } from './records.ts'
import { PEER_ID, Play, type PlayOptions } from './play.ts'

const NODES = { master: '10.0.0.1:6379', replica: '10.0.0.2:6379', peer: '10.0.0.3:26379' }
const PAUSE = { kind: 'pause', name: 'm0', forMs: 60_000, reason: undefined } as const
const HOUR = 3_600_000

function told(word: string, leftMs: number): Reply {
  return { kind: 'array', items: [{ kind: 'integer', value: 0n }, { kind: 'bulk', text: word }, { kind: 'integer', value: BigInt(leftMs) }] }
}

/** A sentinel with one peer, which answers the question for its pause so. */
function playWith(reply: Reply | undefined): Play {
  const answer: PlayOptions['answer'] = (_node, request) => request.kind === 'pause-question' ? reply : undefined
  return new Play([NODES], { answer })
}

/** The result of an operation, which may come later. */
function resultOf(play: Play, waitMs: number): OperationResult | undefined {
  const at = play.answers.length
  play.operate(PAUSE)
  play.run(waitMs)
  return play.answers[at]
}

describe('the answer to PAUSE', () => {
  it.each([
    ['a peer that is paused', told('paused', 5000), 2],
    ['a peer that is paused and has voted before', told('paused-voted', 0), 1],
    ['a peer that is not paused', told('not-paused', 0), 1],
    ['a genuine peer that never voted', told('*', 0), 1],
    ['a genuine peer, with the id of its last vote', told('c'.repeat(40), 7), 1],
    ['a peer that refuses the question', { kind: 'error', text: 'NOPERM this user has no permissions' } as const, 1],
    ['a peer that claims a pause of a year', told('paused', 365 * 24 * HOUR), 1],
  ])('counts %s', (_what, reply, paused) => {
    expect(resultOf(playWith(reply), 0)).toMatchObject({ kind: 'paused', until: 60_100, paused, known: 2, needed: 1, effective: true })
  })

  it('waits for a peer that does not answer for a second at most', () => {
    const play = playWith(undefined)
    expect(resultOf(play, 990)).toBeUndefined()
    play.run(20)
    expect(play.answers).toEqual([expect.objectContaining({ kind: 'paused', paused: 1 })])
  })

  it('waits for no peer that cannot be reached', () => {
    const play = playWith(undefined)
    play.dead.add(NODES.peer)
    play.lose(NODES.peer)
    expect(resultOf(play, 0)).toMatchObject({ paused: 1 })
  })

  it('is given at once when many operations wait already', () => {
    const play = playWith(undefined)
    for (let count = 0; count < 70; count += 1) play.operate(PAUSE)
    expect(play.answers).toHaveLength(6)
    play.run(1100)
    expect(play.answers).toHaveLength(70)
  })

  it('is a refusal when the master is removed meanwhile', () => {
    const play = playWith(undefined)
    play.operate(PAUSE)
    play.operate({ kind: 'remove', name: 'm0' })
    expect(play.answers).toEqual([{ kind: 'refused', error: 'no-such-master' }, { kind: 'ok' }])
  })
})

describe('a paused sentinel that is asked for its vote', () => {
  const EPOCH = 5n
  const vote = (play: Play) => {
    play.askForVote('10.0.0.1:6379', EPOCH)
    return play.answers.at(-1)
  }

  it('answers with its last one', () => {
    const play = playWith(undefined)
    play.operate(PAUSE)
    expect(vote(play)).toEqual({ kind: 'master-down', down: false, leader: undefined, epoch: 0n })
  })

  it.each([
    ['an order that was announced', { id: PEER_ID, epoch: EPOCH }, 1999, PEER_ID],
    ['no order, where the notice is too old', { id: PEER_ID, epoch: EPOCH }, 2000, undefined],
    ['no order, where it is that of another peer', { id: 'd'.repeat(40), epoch: EPOCH }, 0, undefined],
    ['no order, where it was for an earlier election', { id: PEER_ID, epoch: EPOCH - 1n }, 0, undefined],
  ])('votes for %s', (_what, order, waitMs, leader) => {
    const play = playWith(undefined)
    play.operate(PAUSE)
    play.operate({ kind: 'note-order', order: { ...order, name: 'm0' } })
    play.run(waitMs)
    expect(vote(play)).toMatchObject({ leader })
  })

  it('votes for one request after each notice, since a late one may arrive with the request of a later election', () => {
    const play = playWith(undefined)
    play.operate(PAUSE)
    play.operate({ kind: 'note-order', order: { id: PEER_ID, epoch: EPOCH - 1n, name: 'm0' } })
    play.askForVote('10.0.0.1:6379', EPOCH - 1n)
    expect(vote(play)).toMatchObject({ leader: PEER_ID, epoch: EPOCH - 1n })
  })
})

describe('the pause of a peer', () => {
  it('counts until its end', () => {
    const turn = turnAt()
    const master = masterIn(turn)
    handlePauseReply(turn, master, peerOf(turn, master, 'b'), NOW, told('paused', 100))
    expect([0, 99, 100].map((ms) => countPauses(turn.state, master, NOW + ms).paused)).toEqual([1, 1, 0])
  })
})

describe('the number of sentinels that must be paused', () => {
  /** Of a master whose peers were all alive at once and are down; some are forgotten, with FORCE where it is needed. */
  const counted = (letters: string, { quorum, forgotten }: { quorum: number, forgotten: string }) => {
    const turn = turnAt()
    const master = masterIn(turn, { quorum })
    for (const letter of letters) peerOf(turn, master, letter).sdown = true
    master.aliveAtOnce = master.peers.size + 1
    for (const letter of forgotten) {
      const target = { kind: 'sentinel', id: letter.repeat(40) } as const
      forgetRecord(turn, { kind: 'forget', name: 'mymaster', target, forMs: 1, isForced: true }, () => undefined)
    }
    return { ...countPauses(turn.state, master, NOW), peers: master.peers.size }
  }

  it('counts a sentinel that was forgotten, because it comes back if it lives', () => {
    expect(counted('bcde', { quorum: 2, forgotten: 'e' })).toMatchObject({ peers: 3, known: 5, needed: 3 })
  })

  it('counts all that there were before FORCE for as long as they may vote', () => {
    expect(counted('bcde', { quorum: 2, forgotten: 'de' })).toMatchObject({ peers: 2, known: 5, needed: 3 })
  })

  it('is one at least where the quorum is larger than the number of sentinels', () => {
    expect(counted('b', { quorum: 5, forgotten: '' })).toMatchObject({ paused: 0, known: 2, needed: 1, effective: false })
  })
})

const KEPT: KeptPause = { since: 10 * HOUR, until: 11 * HOUR, reason: 'kernel' }

/** A sentinel that was started at this time with a pause from before. */
class Restarted {
  readonly #sentinel: Sentinel
  #now: Now

  constructor(wall: number) {
    this.#now = { mono: 5000, wall }
    const master = { name: 'm', host: '10.0.0.1', port: 6379, settings: initialSettings(1), configEpoch: 0n, leaderEpoch: 0n, replicas: [], sentinels: [] }
    this.#sentinel = new Sentinel({
      durable: { ...initialDurable('a'.repeat(40)), masters: [master] }, ownState: { ...NO_OWN_STATE, pauses: new Map([['m', KEPT]]) },
      seed: 1, announcePort: 26_379,
    })
    this.effects = this.#sentinel.step({ type: 'start' }, this.#now)
  }

  readonly effects: readonly Effect[]

  /** Whether it is paused after these times on its two clocks. */
  isPausedAfter(ms: { mono: number, wall: number }): boolean {
    this.#now = { mono: this.#now.mono + ms.mono, wall: this.#now.wall + ms.wall }
    this.#sentinel.step({ type: 'tick' }, this.#now)
    return this.#sentinel.view.master('m', this.#now)?.pause !== undefined
  }

  get kept(): ReadonlyMap<string, KeptPause> {
    return this.#sentinel.ownState().pauses
  }

  operate(id: number): void {
    this.#sentinel.step({ type: 'operation', id: id as OperationId, operation: { kind: 'resume', name: 'm' } }, this.#now)
  }
}

describe('a pause from before a restart', () => {
  it('goes on until its time, and is reported', () => {
    const sentinel = new Restarted(10.5 * HOUR)
    const events = sentinel.effects.flatMap((effect) => effect.type === 'emit' ? [effect.event] : [])
    expect(events).toContainEqual(expect.objectContaining({ name: '+paused', until: KEPT.until, reason: 'kernel' }))
    expect(sentinel.kept).toEqual(new Map([['m', KEPT]]))
    expect(sentinel.isPausedAfter({ mono: HOUR / 2 - 1, wall: HOUR / 2 - 1 })).toBe(true)
    expect(sentinel.isPausedAfter({ mono: 1, wall: 1 })).toBe(false)
    expect(sentinel.kept.size).toBe(0)
  })

  it('is over when its time has passed meanwhile', () => {
    const sentinel = new Restarted(11 * HOUR)
    expect(sentinel.isPausedAfter({ mono: 0, wall: 0 })).toBe(false)
    expect(sentinel.effects).toContainEqual({ type: 'keep', isBeforeSave: false })
  })

  it('is not longer than it was ordered where the clock was set back', () => {
    const sentinel = new Restarted(2 * HOUR)
    expect(sentinel.isPausedAfter({ mono: HOUR - 1, wall: HOUR - 1 })).toBe(true)
    expect(sentinel.isPausedAfter({ mono: 1, wall: 1 })).toBe(false)
  })
})

describe('a clock that is set during a pause', () => {
  it('ends it where the clock shows the time of its end', () => {
    expect(new Restarted(10 * HOUR).isPausedAfter({ mono: 2000, wall: HOUR })).toBe(false)
  })

  it('does not prolong it', () => {
    const sentinel = new Restarted(10 * HOUR)
    expect(sentinel.isPausedAfter({ mono: 10, wall: -HOUR })).toBe(true)
    expect(sentinel.isPausedAfter({ mono: HOUR - 10, wall: 0 })).toBe(false)
  })
})

describe('a pause that is ended early', () => {
  it('is kept no longer', () => {
    const sentinel = new Restarted(10 * HOUR)
    sentinel.operate(1)
    expect(sentinel.kept.size).toBe(0)
  })
})
