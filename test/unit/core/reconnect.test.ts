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

  it('to a master whose data are known is repeated every 100 ms, but not in the half second in which a failover begins', () => {
    const info = `run_id:${'c'.repeat(40)}\r\nrole:master\r\nmaster_replid:${'d'.repeat(40)}\r\nmaster_repl_offset:9\r\n# Keyspace\r\ndb0:keys=1\r\n`
    play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }], {
      settings: { downAfterMs: 1000 },
      answer: (node, request) => (node === MASTER && request.kind === 'info' ? { kind: 'bulk', text: info } : undefined),
    })
    const diedAt = play.now
    play.dead.add(MASTER)
    play.lose(MASTER)
    play.run(7500)
    const downAt = (play.told('+sdown', 'm0') ?? NaN) - diedAt
    const attempts = play.attemptsTo(MASTER, diedAt)
    expect(attempts.slice(0, 10)).toEqual([0, 100, 200, 300, 400, 500, 600, 700, 800, 900])
    expect(attempts.filter((at) => at > downAt && at < downAt + 500)).toEqual([])
    expect(attempts.filter((at) => at >= downAt + 500).slice(0, 3)).toEqual([downAt + 500, downAt + 600, downAt + 700])
    // After five seconds it is tried at the usual pace.
    expect(attempts.filter((at) => at > 5100).length).toBeLessThan(4)
  })

  it('to the new master and its replicas happens 20 ms after a switch', () => {
    const switchedAt = play.now
    play.hello(REPLICA, `${PEER.replace(':', ',')},${PEER_ID},1,m0,${NEW_MASTER.replace(':', ',')},1`)
    expect(play.attempts).toEqual([])
    play.run(100)
    for (const node of [NEW_MASTER, REPLICA, MASTER]) expect(play.attemptsTo(node, switchedAt)).toEqual([20])
  })
})
