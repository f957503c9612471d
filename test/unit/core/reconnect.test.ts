/** When connections are made again (behaviour.md 3.2): what a failover waits for goes first. */
import { beforeEach, describe, expect, it } from 'vitest'

import { PEER_ID, Play } from './play.ts'

const [MASTER, REPLICA, PEER, NEW_MASTER] = ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:26379', '10.0.0.4:6379']

describe('a reconnection', () => {
  let play: Play
  beforeEach(() => { play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }]) })

  it.each([['the master', MASTER], ['another sentinel', PEER]])('to %s happens at once', (_name, node) => {
    const lostAt = play.now
    play.lose(node)
    play.run(100)
    expect(play.attemptsTo(node, lostAt)).toEqual([0])
  })

  it('to a replica that this sentinel does not fail over happens 20 ms later', () => {
    const lostAt = play.now
    play.lose(REPLICA)
    play.run(100)
    expect(play.attemptsTo(REPLICA, lostAt)).toEqual([20])
  })

  it('to a node that refuses is repeated after 1.1 ping periods, so that it never coincides with SDOWN', () => {
    const diedAt = play.now
    play.dead.add(MASTER)
    play.lose(MASTER)
    play.run(3500)
    expect(play.attemptsTo(MASTER, diedAt)).toEqual([0, 1100, 2200, 3300])
  })

  it('to the new master and its replicas happens 20 ms after a switch', () => {
    const switchedAt = play.now
    play.hello(REPLICA, `${PEER.replace(':', ',')},${PEER_ID},1,m0,${NEW_MASTER.replace(':', ',')},1`)
    expect(play.attempts).toEqual([])
    play.run(100)
    for (const node of [NEW_MASTER, REPLICA, MASTER]) expect(play.attemptsTo(node, switchedAt)).toEqual([20])
  })
})
