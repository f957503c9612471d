/** protocol.md 6.1: the line format of the original, and what machines get instead when they ask for it. */
import { describe, expect, it } from 'vitest'

import { eventFields } from '../../../src/events/index.ts'
import { redisLine } from '../../../src/logging/index.ts'
import { lineBytes } from '../../../src/logging/line-bytes.ts'
import type { LogLevel } from '../../../src/ports/index.ts'
import { MASTER, PEER, published, REPLICA } from '../events/samples.ts'

/** Local time, whatever the zone of the machine. */
const WALL = new Date(2026, 10, 21, 6, 37, 14, 521).getTime()

const line = (text: string, level: LogLevel = 'warning', wall = WALL) => redisLine({ pid: 13461, wall, level, text })

describe('a line of the log', () => {
  it('has the form of the original', () => {
    expect(line('+set master mymaster 127.0.0.1 41000 auth-pass ******'))
      .toBe('13461:X 21 Nov 2026 06:37:14.521 # +set master mymaster 127.0.0.1 41000 auth-pass ******\n')
  })

  it.each([['debug', '.'], ['verbose', '-'], ['notice', '*'], ['warning', '#']] as const)(
    'of level %s has the mark %s', (level, mark) => {
      expect(line('x', level)).toBe(`13461:X 21 Nov 2026 06:37:14.521 ${mark} x\n`)
    })

  it('has day, time and milliseconds padded with zeros', () => {
    expect(line('x', 'notice', new Date(2027, 0, 2, 3, 4, 5, 6).getTime())).toBe('13461:X 02 Jan 2027 03:04:05.006 * x\n')
  })

  it('has the right time also when lines of other seconds came before', () => {
    line('x', 'notice', WALL + 60_000)
    expect(line('x', 'notice', WALL + 478)).toContain('06:37:14.999')
    expect(line('x', 'notice', WALL + 479)).toContain('06:37:15.000')
    expect(line('x', 'notice', WALL)).toContain('06:37:14.521')
  })

  it('has a message of at most 1023 bytes', () => {
    const prefix = '13461:X 21 Nov 2026 06:37:14.521 # '
    expect(line('x'.repeat(5000))).toBe(`${prefix}${'x'.repeat(1023)}\n`)
    expect(lineBytes(line('é'.repeat(1000)))).toHaveLength(prefix.length + 1023 + 1)
  })

  it('stays one line, so that no message can pass for another', () => {
    expect(line('one\n13461:X 21 Nov 2026 06:37:14.521 # forged\r\n'))
      .toBe('13461:X 21 Nov 2026 06:37:14.521 # one | 13461:X 21 Nov 2026 06:37:14.521 # forged\n')
  })

  it('keeps bytes that are no UTF-8', () => {
    expect(lineBytes('é\uDCFF!')).toEqual(Buffer.from([0xc3, 0xa9, 0xff, 0x21]))
    expect(lineBytes('é!')).toEqual(Buffer.from('é!'))
  })
})

describe('an event of the JSON log', () => {
  it('has master, subject and address', () => {
    expect(eventFields(published({ name: '+sdown', master: 'mymaster', subject: REPLICA }))).toEqual({
      event: '+sdown', master: 'mymaster', subject: 'replica', name: '127.0.0.1:6381', address: '127.0.0.1:6381',
      payload: 'slave 127.0.0.1:6381 127.0.0.1 6381 @ mymaster 127.0.0.1 6379',
    })
    expect(eventFields(published({ name: '+sentinel', master: 'mymaster', subject: { ...PEER, host: '::1' } })))
      .toMatchObject({ subject: 'sentinel', name: PEER.name, address: '[::1]:26379' })
  })

  it.each([
    ['an epoch', published({ name: '+new-epoch', master: 'm', epoch: 7n }), { epoch: '7' }],
    ['a vote', published({ name: '+vote-for-leader', master: 'm', leader: 'aabb', epoch: 7n }), { leader: 'aabb', epoch: '7' }],
    ['a switch', published({ name: '+switch-master', master: 'my master', from: { host: '10.0.0.1', port: 1 }, to: { host: '::1', port: 2 } }),
      { from: '10.0.0.1:1', to: '[::1]:2' }],
    ['a quorum', published({ name: '+odown', subject: MASTER, agree: 2, quorum: 2 }), { agree: '2/2' }],
    ['why an attempt ended', published({ name: '-failover-abort-not-elected', subject: MASTER }), { reason: 'not-elected' }],
    ['that it ended because the master answers',
      published({ name: '-failover-abort-no-good-slave', subject: MASTER, because: 'master-answers' }), { reason: 'master-answers' }],
    ['why a connection failed', published({ name: '-cmd-link-reconnection', subject: MASTER, reason: 'Connection refused' }),
      { reason: 'Connection refused' }],
    ['any other detail', published({ name: '+set', subject: MASTER, option: 'quorum', value: '3' }), { detail: 'quorum 3' }],
    ['a password, hidden', published({ name: '+set', subject: MASTER, option: 'auth-pass', value: 'geheim' }),
      { detail: 'auth-pass ******' }],
  ])('has a field for %s', (_what, event, fields) => {
    expect(eventFields(event)).toMatchObject(fields)
  })
})
