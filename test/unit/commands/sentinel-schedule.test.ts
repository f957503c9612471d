import { describe, expect, it } from 'vitest'

import { error, OK } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

/** Of the original, which takes a name alone. */
const WRONG_ARITY = 'ERR wrong number of arguments for \'sentinel|failover\' command'

describe('SENTINEL FAILOVER with a time', () => {
  it('hands the time to the core with the other options, in any order', async () => {
    const b = bench()
    expect(await b.say('sentinel failover m coordinated at 1760000000000')).toEqual(OK)
    expect(await b.say('sentinel failover m COORDINATED AT 1760000000000 TO 10.0.0.2 6379 TIMEOUT 2000')).toEqual(OK)
    expect(await b.say('sentinel failover m cancel')).toEqual(OK)
    expect(b.operator.submitted).toEqual([
      { kind: 'failover', name: 'm', coordinated: { at: 1_760_000_000_000 } },
      { kind: 'failover', name: 'm', coordinated: { at: 1_760_000_000_000, to: { host: '10.0.0.2', port: 6379 }, timeoutMs: 2000 } },
      { kind: 'cancel-failover', name: 'm' },
    ])
  })

  it.each([
    ['coordinated at soon', 'ERR AT must be a Unix time in milliseconds'], ['coordinated at', 'ERR AT must be a Unix time in milliseconds'],
    ['coordinated at 1 at 2', 'ERR syntax error'], ['at 1760000000000', WRONG_ARITY], ['cancel now', WRONG_ARITY],
  ])('refuses %s', async (words, text) => {
    const b = bench()
    expect(await b.say(`sentinel failover m ${words}`)).toEqual(error(text))
    expect(b.operator.submitted).toEqual([])
  })

  it.each([
    ['time-has-passed', 'ERR AT is a time that has passed'], ['time-too-far', 'ERR AT must be at most 30 days ahead'],
    ['no-schedule', 'ERR No failover of this master is scheduled'],
  ] as const)('answers the refusal %s', async (reason, text) => {
    const b = bench()
    b.operator.reply = () => ({ kind: 'refused', error: reason })
    expect(await b.say('sentinel failover m cancel')).toEqual(error(text))
  })
})
