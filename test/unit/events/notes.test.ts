/** protocol.md 6.3: lines that are only logged. */
import { describe, expect, it } from 'vitest'
import { localTime, noteLine } from '../../../src/events/index.ts'

describe('a note', () => {
  it('of a vote names voter, candidate and epoch', () => {
    expect(noteLine({ kind: 'peer-voted', peer: 'aa', leader: 'bb', epoch: 18446744073709551615n }))
      .toEqual({ level: 'notice', text: 'aa voted for bb 18446744073709551615' })
  })

  it('of a delay has the time of its end, in the local time of the C library', () => {
    const untilWall = new Date(2020, 1, 3, 5, 4, 8).getTime()
    expect(noteLine({ kind: 'failover-delay', master: 'm', untilWall })).toEqual({
      level: 'notice',
      text: 'Next failover delay: I will not start a failover before Mon Feb  3 05:04:08 2020',
    })
    expect(localTime(new Date(2020, 1, 23, 5, 4, 8))).toBe('Sun Feb 23 05:04:08 2020')
    expect(localTime(new Date(1999, 11, 31, 23, 59, 59))).toBe('Fri Dec 31 23:59:59 1999')
  })

  it.each([
    [{ kind: 'failover-requested', master: 'my master' } as const, 'notice', "Executing user requested FAILOVER of 'my master'"],
    [{ kind: 'resolve-failed', host: 'redis.example' } as const, 'warning', "Failed to resolve hostname 'redis.example'"],
    [{ kind: 'simulated-failure-armed', failure: 'crash-after-election' } as const, 'warning',
      'Failure simulation: this Sentinel will crash after being successfully elected as failover leader'],
    [{ kind: 'simulated-failure-armed', failure: 'crash-after-promotion' } as const, 'warning',
      'Failure simulation: this Sentinel will crash after promoting the selected replica to master'],
    [
      { kind: 'promotion-refused', master: 'mymaster', replica: '10.0.0.5:6379', user: 'watcher', command: 'SLAVEOF NO ONE', error: 'NOPERM no' } as const,
      'warning', 'The failover of mymaster ends because 10.0.0.5:6379 refused SLAVEOF NO ONE of user \'watcher\': NOPERM no',
    ],
    [{ kind: 'tilt-cause', cause: { kind: 'back', byMs: 60_000.4 } } as const, 'warning', 'TILT because the clock went back by 60000 ms'],
    [{ kind: 'down-cause', node: 'master 10.0.0.1:6379 of mymaster', reason: 'Connection refused' } as const, 'warning',
      'master 10.0.0.1:6379 of mymaster is down: Connection refused'],
    [{ kind: 'simulated-crash' } as const, 'warning', 'Sentinel CRASH because of SENTINEL simulate-failure'],
  ])('%o is logged with its level and text', (note, level, text) => {
    expect(noteLine(note)).toEqual({ level, text })
  })

  it.each([[2, 2, '2 of 2 reachable replicas lost it too'], [1, 1, '1 of 1 reachable replica lost it too'], [0, 0, 'no replica can be asked']])(
    'of a crash contains the reason for the early SDOWN: %i of %i replicas', (lost, reachable, words) => {
      const { level, text } = noteLine({
        kind: 'crash-detected', master: 'mymaster', host: '10.0.0.1', port: 6379, downAfterMs: 30_000, refusals: 5, forMs: 201,
        reachable, lost,
      })
      expect(level).toBe('warning')
      expect(text).toBe('The process of mymaster at 10.0.0.1:6379 has ended, so it counts as down before down-after-milliseconds (30000): '
        + `its connections ended, 5 attempts within 201 ms were refused, and ${words} (crash-detection).`)
    },
  )

  it('of a vote that is not sent names the candidate, the reason and the consequence', () => {
    const { level, text } = noteLine({
      kind: 'vote-withheld', master: 'mymaster', candidate: 'abc', epoch: 7n, error: 'No space left on device',
    })
    expect(level).toBe('warning')
    expect(text).toContain('abc does not get the vote of epoch 7 for mymaster: the vote could not be saved (No space left on device)')
  })

  it('of a malformed message names the sender and the mistake', () => {
    const { level, text } = noteLine({ kind: 'nonsense', from: 'master m', what: 'an INFO reply without a role' })
    expect(level).toBe('warning')
    expect(text).toContain('an INFO reply without a role from master m')
  })
})
