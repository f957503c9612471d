import { describe, expect, it } from 'vitest'

import { error, push, sequence } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

describe('SUBSCRIBE and related commands', () => {
  it('confirm every name with the number of subscriptions', async () => {
    const b = bench()
    expect(await b.say('subscribe a b a')).toEqual(sequence([
      push(['subscribe', 'a', 1]), push(['subscribe', 'b', 2]), push(['subscribe', 'a', 2]),
    ]))
    expect(await b.say('PSUBSCRIBE *')).toEqual(sequence([push(['psubscribe', '*', 3])]))
    expect(await b.say('unsubscribe b nope')).toEqual(sequence([push(['unsubscribe', 'b', 2]), push(['unsubscribe', 'nope', 2])]))
    expect(await b.say('unsubscribe')).toEqual(sequence([push(['unsubscribe', 'a', 1])]))
    expect(await b.say('unsubscribe')).toEqual(push(['unsubscribe', null, 1]))
    expect(await b.say('punsubscribe')).toEqual(sequence([push(['punsubscribe', '*', 0])]))
    expect(await b.say('punsubscribe')).toEqual(push(['punsubscribe', null, 0]))
  })

  it('keeps the number of subscriptions of one connection in bounds', async () => {
    const b = bench()
    const many = Array.from({ length: 999 }, (_, at) => `p${at}`)
    await b.ask('psubscribe', ...many)
    expect(await b.say('subscribe a b')).toEqual(error('ERR too many subscriptions, at most 1000 per connection'))
    expect(await b.say('subscribe a')).toEqual(sequence([push(['subscribe', 'a', 1000])]))
    expect(await bench().ask('psubscribe', 'x'.repeat(1025))).toEqual(error('ERR channel name or pattern too long, at most 1024 characters'))
  })
})
