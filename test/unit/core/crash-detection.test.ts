/** The moments of crash detection: src/core/monitoring/outage.ts and src/core/detection/crash.ts. */
import { describe, expect, it } from 'vitest'

import type { Reply, Request } from '../../../src/core/index.ts'
import { explanationFields } from '../../../src/explain/index.ts'
import { Play } from './play.ts'

const [MASTER, REPLICA, PEER] = ['10.0.0.1:6379', '10.0.0.2:6379', '10.0.0.3:26379']

/** INFO of the replica. */
interface Report {
  readonly link: 'up' | 'down'
  readonly of?: string
}

interface World {
  readonly play: Play
  /** Requests for INFO that reached the replica, in milliseconds since the loss. */
  readonly asked: number[]
  /** What the replica reports from now on. */
  report: Report
  lostAt: number
}

function world(report: Report, crashDetection: number | 'off' = 200, downAfterMs = 30_000): World {
  const made: { report: Report, lostAt: number, asked: number[] } = { report, lostAt: 0, asked: [] }
  const answer = (node: string, request: Request): Reply | undefined => {
    if (node !== REPLICA || request.kind !== 'info') return undefined
    made.asked.push(play.now - made.lostAt)
    const { link, of = '10.0.0.1' } = made.report
    return { kind: 'bulk', text: `role:slave\r\nmaster_host:${of}\r\nmaster_port:6379\r\nmaster_link_status:${link}\r\n` }
  }
  // The replica is asked while the game is made, before it has its name.
  let play: Play = { now: 0 } as Play
  play = new Play([{ master: MASTER, replica: REPLICA, peer: PEER }], {
    answer, settings: { downAfterMs },
    protection: crashDetection === 'off' ? {} : { crashDetectionMs: crashDetection },
  })
  return Object.assign(made, { play })
}

/** The process of the master ends. */
function end(given: World): void {
  const { play } = given
  given.lostAt = play.now
  given.asked.length = 0
  play.dead.add(MASTER)
  play.lose(MASTER)
  play.lose(`${MASTER} hello`)
}

const downAfter = ({ play, lostAt }: World): number | undefined => {
  const at = play.told('+sdown', 'm0')
  return at === undefined ? undefined : at - lostAt
}

describe('crash detection', () => {
  it('takes a master for down after its time, with attempts a quarter of it apart', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(1000)
    expect(downAfter(given)).toBe(200)
    expect(given.play.attemptsTo(MASTER, given.lostAt).slice(0, 5)).toEqual([0, 50, 100, 150, 200])
    expect(given.play.notes).toContainEqual({
      kind: 'crash-detected', master: 'm0', host: '10.0.0.1', port: 6379, downAfterMs: 30_000, refusals: 5, forMs: 200,
      reachable: 1, lost: 1,
    })
  })

  it('decides at the end of its time, although the attempts before were made late', () => {
    const given = world({ link: 'down' })
    end(given)
    for (let late = 1; late <= 3; late++) {
      given.play.now += 54
      given.play.run(1)
    }
    given.play.run(100)
    expect(given.play.attemptsTo(MASTER, given.lostAt)).toEqual([0, 55, 110, 165, 200])
    expect(downAfter(given)).toBe(200)
  })

  it('is in no hurry any more when the master is down for its silence', () => {
    const given = world({ link: 'up' }, 800, 1000)
    end(given)
    given.play.run(5000)
    expect(downAfter(given)).toBeGreaterThanOrEqual(1000)
    expect(given.play.attemptsTo(MASTER, given.lostAt).slice(0, 7)).toEqual([0, 200, 400, 600, 800, 1000, 2100])
  })

  it('needs three attempts however short its time is', () => {
    const given = world({ link: 'down' }, 50)
    end(given)
    given.play.run(1000)
    expect(downAfter(given)).toBeGreaterThanOrEqual(50)
    const attempts = given.play.attemptsTo(MASTER, given.lostAt).filter((at) => at <= (downAfter(given) ?? 0))
    expect(attempts.length).toBeGreaterThanOrEqual(3)
  })

  it('tries once per ping period again after it has decided', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(5000)
    expect(given.play.attemptsTo(MASTER, given.lostAt).filter((at) => at > 200)).toHaveLength(4)
  })

  it('reads INFO of the replica after each refusal from the last one on until that shows a broken link to the master', () => {
    const given = world({ link: 'up' })
    end(given)
    given.play.run(330)
    expect(downAfter(given)).toBeUndefined()
    expect([...new Set(given.asked)]).toEqual([200, 250, 300])
    given.report = { link: 'down' }
    given.play.run(100)
    expect(downAfter(given)).toBe(350)
  })

  it('does not count what the replica reported before the last refusal, when the master may run again', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(180)
    given.report = { link: 'up' }
    given.play.run(10_000)
    expect(downAfter(given)).toBeUndefined()
  })

  it.each([['does not count', 'up', undefined], ['asks anew after', 'down', 12_330]] as const)(
    '%s what the replica reported during an attempt that got no answer for long: its link is %s now', (_title, link, expected) => {
      const given = world({ link: 'up' })
      end(given)
      given.play.run(330)
      given.play.silent.add(MASTER)
      given.report = { link: 'down' }
      given.play.run(12_000)
      given.report = { link }
      given.asked.length = 0
      given.play.refusePending()
      given.play.run(5000)
      expect(given.asked).toContain(12_330)
      expect(downAfter(given)).toBe(expected)
    },
  )

  it('is in no hurry any more when the replica keeps hearing the master, and waits for down-after', () => {
    const given = world({ link: 'up' })
    end(given)
    given.play.run(29_000)
    expect(downAfter(given)).toBeUndefined()
    expect(given.play.attemptsTo(MASTER, given.lostAt).length).toBeLessThan(50)
    given.play.run(2000)
    expect(downAfter(given)).toBeGreaterThanOrEqual(30_000)
    expect(given.play.notes.filter(({ kind }) => kind === 'crash-detected')).toEqual([])
  })

  it('does not count a replica that follows another master', () => {
    const given = world({ link: 'down', of: '10.0.0.7' })
    end(given)
    given.play.run(5000)
    expect(downAfter(given)).toBeUndefined()
  })

  it('decides by the refusals alone when no replica can be reached', () => {
    const given = world({ link: 'up' })
    given.play.dead.add(REPLICA)
    given.play.lose(REPLICA)
    given.play.run(5)
    end(given)
    given.play.run(1000)
    expect(downAfter(given)).toBe(200)
  })

  it.each([['is unreachable', 'No route to host'], ['resets', 'Connection reset by peer'], ['does not answer', 'Connection timed out']])(
    'does not begin when the node %s instead of refusing', (_what, reason) => {
      const given = world({ link: 'down' })
      given.play.failure = { cause: 'other', reason }
      end(given)
      given.play.run(10_000)
      expect(downAfter(given)).toBeUndefined()
    },
  )

  it('ends with one attempt that fails for another reason', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(120)
    given.play.failure = { cause: 'other', reason: 'No route to host' }
    given.play.run(1000)
    given.play.failure = { cause: 'refused', reason: 'Connection refused' }
    given.play.run(10_000)
    expect(downAfter(given)).toBeUndefined()
  })

  it('ends with one connection that is established, and begins anew with its end', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(120)
    given.play.dead.delete(MASTER)
    given.play.run(60)
    given.play.run(2000)
    expect(downAfter(given)).toBeUndefined()
    end(given)
    given.play.run(1000)
    expect(downAfter(given)).toBe(200)
  })

  it('does not begin for a node that was never reached', () => {
    const given = world({ link: 'down' })
    given.play.operate({ kind: 'monitor', name: 'm1', host: '10.0.0.9', port: 6379, quorum: 1 })
    given.play.dead.add('10.0.0.9:6379')
    given.play.run(10_000)
    expect(given.play.told('+sdown', 'm1')).toBeUndefined()
  })

  it('is off by default, with one attempt at once and one per ping period', () => {
    const given = world({ link: 'down' }, 'off')
    end(given)
    given.play.run(5000)
    expect(downAfter(given)).toBeUndefined()
    expect(given.play.attemptsTo(MASTER, given.lostAt)).toEqual([0, 1100, 2200, 3300, 4400])
  })

  it('is explained while the master is down, and over with its answer', () => {
    const given = world({ link: 'down' })
    end(given)
    given.play.run(1500)
    const explanation = given.play.explain('m0')
    if (explanation === undefined) throw new Error('no explanation')
    expect(explanation).toMatchObject({ sdown: true, crash: { refusals: 5, reachable: 1, lost: 1 } })
    expect(explanationFields(explanation, [], 0).find(([name]) => name === 'master')?.[1])
      .toMatch(/its process ended \(crash-detection\): found 1\.3 s ago, after 5 refused connections, and 1 of 1 replica lost it too/)
    given.play.dead.delete(MASTER)
    given.play.run(1500)
    expect(given.play.told('-sdown', 'm0')).toBeDefined()
    expect(given.play.explain('m0')?.crash).toBeUndefined()
  })
})
