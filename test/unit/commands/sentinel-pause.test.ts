import { describe, expect, it } from 'vitest'

import type { OperationResult } from '../../../src/core/index.ts'
import { error, map, NULL_ARRAY, OK } from '../../../src/resp/index.ts'
import { bench, type Bench } from './fake-client.ts'

function answering(result: OperationResult): Bench {
  const b = bench()
  b.operator.reply = () => result
  return b
}

const SYNTAX = 'ERR syntax error, try SENTINEL PAUSE <master-name> FOR <milliseconds> [REASON <text>]'
const TIME = 'ERR FOR must be a number of milliseconds from 1 to 604800000 (7 days)'
const RESULT = { kind: 'paused', until: 1_700_000_000_000, paused: 2, known: 3, needed: 2, effective: true } as const
const REPLY = map(['until', '1700000000000', 'paused', '2', 'known', '3', 'needed', '2', 'effective', 'yes'])

describe('SENTINEL PAUSE', () => {
  it('pauses for a time, with a reason or without one, and answers with the claim', async () => {
    const b = answering(RESULT)
    expect(await b.say('sentinel pause m for 5000')).toEqual(REPLY)
    expect(await b.say('sentinel PAUSE m FOR 604800000 REASON new kernel')).toEqual(REPLY)
    expect(b.operator.submitted).toEqual([
      { kind: 'pause', name: 'm', forMs: 5000, reason: undefined }, { kind: 'pause', name: 'm', forMs: 604_800_000, reason: 'new kernel' },
    ])
  })

  it.each([
    ['m 5000 x', SYNTAX], ['m for 5000 because', SYNTAX], ['m for 5000 reason', SYNTAX], ['m for 0', TIME], ['m for 604800001', TIME],
    ['m for -1', TIME], ['m for 5s', TIME], [`m for 5 reason ${'x'.repeat(201)}`, 'ERR Reason too long, at most 200 characters'],
    ['m for 5 reason a\u0007b', 'ERR Reason must not contain control characters'],
  ])('refuses %s', async (words, text) => {
    const b = bench()
    expect(await b.say(`sentinel pause ${words}`)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })

  it('refuses an unknown master with the error of the original', async () => {
    const b = answering({ kind: 'refused', error: 'no-such-master' })
    for (const words of ['pause m for 5', 'resume m', 'paused m']) {
      expect(await b.say(`sentinel ${words}`)).toEqual(error('ERR No such master with that name'))
    }
  })
})

describe('SENTINEL PAUSED and RESUME', () => {
  it('PAUSED has the fields of PAUSE, or nil without a pause', async () => {
    expect(await answering({ ...RESULT, effective: false }).say('sentinel paused m')).toEqual(
      map(['until', '1700000000000', 'paused', '2', 'known', '3', 'needed', '2', 'effective', 'no']),
    )
    expect(await answering({ kind: 'not-paused' }).say('sentinel paused m')).toEqual(NULL_ARRAY)
  })

  it('RESUME answers OK', async () => {
    expect(await answering({ kind: 'ok' }).say('sentinel resume m')).toEqual(OK)
  })
})

describe('the notice of a peer about its order', () => {
  it('is an answer without an opinion and without a vote', async () => {
    const b = answering({ kind: 'ok' })
    const id = 'd'.repeat(40)
    expect(await b.ask('sentinel', 'is-master-down-by-addr', '10.0.0.1', '6379', '0', `order of ${id} 7 my master`)).toEqual([0, '*', 0])
    expect(b.operator.submitted).toEqual([{ kind: 'note-order', order: { id, epoch: 7n, name: 'my master' } }])
  })
})

describe('the question of a peer for our pause', () => {
  it.each([
    [{ isPaused: true, leftMs: 700 }, [0, 'paused', 700]],
    [{ isPaused: true, leftMs: 0 }, [0, 'paused-voted', 0]],
    [{ isPaused: false, leftMs: 0 }, [0, 'not-paused', 0]],
  ])('is answered in the form of IS-MASTER-DOWN-BY-ADDR: %o', async (told, reply) => {
    const b = answering({ kind: 'pause-told', ...told })
    expect(await b.ask('sentinel', 'is-master-down-by-addr', '10.0.0.1', '6379', '0', 'pause of my master')).toEqual(reply)
    expect(b.operator.submitted).toEqual([{ kind: 'tell-pause', name: 'my master' }])
  })
})
