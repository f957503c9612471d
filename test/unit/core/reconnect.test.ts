/** When connections are made again (behaviour.md 3.2): what a failover waits for goes first. */
import { beforeEach, describe, expect, it } from 'vitest'

import { MASTER_DEFAULTS, Sentinel, type ConnectionId, type Effect, type Input } from '../../../src/core/index.ts'

const [MASTER, REPLICA, PEER, NEW_MASTER] = ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:26379', '10.0.0.4:6379']
const PEER_ID = 'b'.repeat(40)

/** One master with a replica and a peer, all of them reached unless they are dead. */
class Play {
  readonly #sentinel = new Sentinel({
    seed: 1,
    announcePort: 26379,
    durable: {
      myId: 'a'.repeat(40), currentEpoch: 0n, announceIp: undefined, announcePort: 0, resolveHostnames: false,
      announceHostnames: false, sentinelUser: undefined, sentinelPass: undefined, denyScriptsReconfig: true,
      masters: [{
        ...MASTER_DEFAULTS, name: 'm', ...address(MASTER), quorum: 2, configEpoch: 0n, leaderEpoch: 0n,
        notificationScript: undefined, clientReconfigScript: undefined, authPass: undefined, authUser: undefined,
        replicas: [address(REPLICA)], sentinels: [{ ...address(PEER), runId: PEER_ID }], renamedCommands: [],
      }],
    },
  })

  readonly dead = new Set<string>()
  readonly #open = new Map<ConnectionId, string>()
  /** Attempts to connect that were made, and when. */
  attempts: { readonly at: number, readonly to: string }[] = []
  now = 0

  constructor() {
    this.#step({ type: 'start' })
    this.run(100)
    this.attempts = []
  }

  /** Lets the time go on. */
  run(ms: number): void {
    for (const end = this.now + ms; this.now < end;) {
      this.now += 1
      const wakeAt = this.#sentinel.wakeAt()
      if (wakeAt !== undefined && wakeAt <= this.now) this.#step({ type: 'tick' })
    }
  }

  /** All connections to it are lost; new ones are refused while it is dead. */
  lose(to: string): void {
    for (const [connection, place] of this.#open) {
      if (place === to) this.#step({ type: 'disconnected', connection, reason: 'Connection reset by peer' })
    }
  }

  hello(text: string): void {
    const [connection] = [...this.#open].find(([, place]) => place === `${REPLICA} hello`) ?? []
    if (connection === undefined) throw new Error('no hello connection')
    this.#step({ type: 'message', connection, payload: text })
  }

  /** How long after `since` the attempts to reach this node came, each pair of connections once. */
  attemptsTo(node: string, since: number): number[] {
    return [...new Set(this.attempts.filter(({ to }) => to.startsWith(node)).map(({ at }) => at - since))]
  }

  #step(input: Input): void {
    const effects = this.#sentinel.step(input, { mono: this.now, wall: this.now })
    const answers = effects.flatMap((effect) => this.#answers(effect))
    if (input.type === 'disconnected') this.#open.delete(input.connection)
    for (const answer of answers) this.#step(answer)
  }

  #answers(effect: Effect): Input[] {
    if (effect.type === 'close') this.#open.delete(effect.connection)
    if (effect.type === 'send' && effect.request.kind === 'ping') {
      const { connection, request } = effect
      if (!this.#open.has(connection)) return []
      return [{ type: 'reply', connection, request, reply: { kind: 'status', text: 'PONG' } }]
    }
    if (effect.type !== 'connect') return []
    const { connection, purpose, host, port } = effect
    const node = `${host}:${port}`
    this.attempts.push({ at: this.now, to: `${node} ${purpose}` })
    if (this.dead.has(node)) return [{ type: 'disconnected', connection, reason: 'Connection refused' }]
    this.#open.set(connection, purpose === 'hello' ? `${node} hello` : node)
    return [{ type: 'connected', connection, localAddress: '10.0.0.9' }]
  }
}

function address(text: string): { host: string, port: number } {
  const [host = '', port] = text.split(':')
  return { host, port: Number(port) }
}

describe('a connection that is made again', () => {
  let play: Play
  beforeEach(() => { play = new Play() })

  it.each([['the master', MASTER], ['another sentinel', PEER]])('is to %s at once', (_name, node) => {
    const lostAt = play.now
    play.lose(node)
    play.run(100)
    expect(play.attemptsTo(node, lostAt)).toEqual([0])
  })

  it('is to a replica that no failover of ours needs 20 ms later', () => {
    const lostAt = play.now
    play.lose(REPLICA)
    play.run(100)
    expect(play.attemptsTo(REPLICA, lostAt)).toEqual([20])
  })

  it('is to one that refuses again after 1.1 ping periods, so that it never falls on the moment of SDOWN', () => {
    const diedAt = play.now
    play.dead.add(MASTER)
    play.lose(MASTER)
    play.run(3500)
    expect(play.attemptsTo(MASTER, diedAt)).toEqual([0, 1100, 2200, 3300])
  })

  it('is after a switch to the new master and the replicas 20 ms later', () => {
    const switchedAt = play.now
    play.hello(`${PEER.replace(':', ',')},${PEER_ID},1,m,${NEW_MASTER.replace(':', ',')},1`)
    expect(play.attempts).toEqual([])
    play.run(100)
    for (const node of [NEW_MASTER, REPLICA, MASTER]) expect(play.attemptsTo(node, switchedAt)).toEqual([20])
  })
})
