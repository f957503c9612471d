import { describe, expect, it } from 'vitest'

import { error, map, OK, set, verbatim } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

describe('CLIENT errors', () => {
  // protocol.md 1.6; rows checked against the original.
  it.each([
    ['kill', 'wrong number of arguments for \'client|kill\' command'],
    ['kill 1.2.3.4:5', 'No such client'],
    ['kill id', 'No such client'],
    ['kill id 0', 'client-id should be greater than 0'],
    ['kill id -1', 'client-id should be greater than 0'],
    ['kill id abc', 'client-id should be greater than 0'],
    ['kill type foo', 'Unknown client type \'foo\''],
    ['kill user nobody', 'No such user \'nobody\''],
    ['kill skipme maybe', 'syntax error'],
    ['kill foo bar', 'syntax error'],
    ['kill id 9 foo', 'syntax error'],
    ['kill maxage x', 'maxage is not an integer or out of range'],
    ['kill maxage 0', 'maxage should be greater than 0'],
    ['list type', 'syntax error'],
    ['list type foo', 'Unknown client type \'foo\''],
    ['list id', 'syntax error'],
    ['list id abc', 'Invalid client ID'],
    ['list foo bar', 'syntax error'],
    ['unblock abc', 'value is not an integer or out of range'],
    ['unblock 1 foo', 'CLIENT UNBLOCK reason should be TIMEOUT or ERROR'],
    ['unblock 1 timeout x', 'unknown subcommand or wrong number of arguments for \'unblock\'. Try CLIENT HELP.'],
    ['no-evict foo', 'syntax error'],
    ['pause abc', 'timeout is not an integer or out of range'],
    ['pause -1', 'timeout is negative'],
    ['pause abc foo', 'CLIENT PAUSE mode must be WRITE or ALL'],
    ['pause 1 all x', 'unknown subcommand or wrong number of arguments for \'pause\'. Try CLIENT HELP.'],
    ['pause 99999999999999999999', 'timeout is not an integer or out of range'],
    ['setinfo foo bar', 'Unrecognized option \'foo\''],
    ['setinfo LIB-name a\tb', 'LIB-name cannot contain spaces, newlines or special characters.'],
    ['setname a\tb', 'Client names cannot contain spaces, newlines or special characters.'],
  ])('CLIENT %s is refused with the error of the original', async (line, text) => {
    expect(await bench().say(`client ${line}`)).toEqual(error(`ERR ${text}`))
  })
})

describe('CLIENT', () => {
  it('GETNAME returns the name that SETNAME gave', async () => {
    const b = bench()
    expect(await b.say('client getname')).toBeNull()
    expect(await b.say('client setname abc')).toEqual(OK)
    expect(await b.say('client getname')).toBe('abc')
    expect(await b.ask('client', 'setname', '')).toEqual(OK)
    expect(await b.say('client getname')).toBeNull()
    expect(await b.say('client id')).toBe(1)
  })

  it('lists connections with every field in order', async () => {
    const b = bench()
    b.mono = 7900
    const other = b.addClient()
    Object.assign(other, { address: '[::1]:9', name: 'sentinel-abcdef01-cmd', connectedAt: 5000, lastInteractionAt: 6000, isSafeFromEviction: true })
    other.channels.add('a')
    other.patterns.add('b*').add('c')
    await b.say('client setinfo lib-name ioredis')
    await b.say('client setinfo lib-ver 6.0.0')
    const mine = 'id=1 addr=127.0.0.1:50001 laddr=127.0.0.1:26379 fd=9 name= age=7 idle=7 flags=N db=0 sub=0 psub=0 ssub=0 multi=-1 watch=0 qbuf=26 qbuf-free=100 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=1160 events=r cmd=client|list user=default redir=-1 resp=2 lib-name=ioredis lib-ver=6.0.0\n'
    const theirs = 'id=2 addr=[::1]:9 laddr=127.0.0.1:26379 fd=9 name=sentinel-abcdef01-cmd age=2 idle=1 flags=Pe db=0 sub=1 psub=2 ssub=0 multi=-1 watch=0 qbuf=26 qbuf-free=100 argv-mem=10 multi-mem=0 rbs=0 rbp=0 obl=0 oll=0 omem=0 tot-mem=1160 events=r cmd=NULL user=default redir=-1 resp=2 lib-name= lib-ver=\n'
    expect(await b.say('client list')).toEqual(verbatim(mine + theirs))
    expect(await b.say('client list type PUBSUB')).toEqual(verbatim(theirs))
    expect(await b.say('client list type replica')).toEqual(verbatim(''))
    expect(await b.say('client list id 2 99 1')).toEqual(verbatim(theirs + mine))
    expect(await b.say('client info')).toEqual(verbatim(mine.replace('client|list', 'client|info')))
  })

  it('kills by address, and itself only after the reply', async () => {
    const b = bench()
    const other = b.addClient({ address: '10.0.0.1:5' })
    expect(await b.say('client kill 10.0.0.1:5')).toEqual(OK)
    expect(other.ending).toBe('now')
    expect(await b.say('client kill 127.0.0.1:50001')).toEqual(OK)
    expect(b.me.ending).toBe('after-reply')
  })

  it('kills by all options together', async () => {
    const b = bench()
    b.mono = 100_000
    const [second, third] = [b.addClient(), b.addClient({ connectedAt: 99_500 })]
    third.channels.add('x')
    expect(await b.say('client kill type pubsub id 2')).toBe(0)
    expect(await b.say('client kill type pubsub id 3')).toBe(1)
    expect([second.ending, third.ending]).toEqual(['none', 'now'])
    expect(await b.say('client kill type normal')).toBe(1)
    expect([b.me.ending, second.ending]).toEqual(['none', 'now'])
    expect(await b.say('client kill maxage 50 skipme no')).toBe(2)
    expect(b.me.ending).toBe('after-reply')
    expect(await b.say('client kill user default laddr 127.0.0.1:26379 addr 127.0.0.1:50001')).toBe(2)
  })

  it('delays commands with PAUSE and ends that with UNPAUSE', async () => {
    const b = bench()
    b.mono = 500
    expect(await b.say('client pause 100')).toEqual(OK)
    expect(b.clients.paused).toEqual({ mode: 'all', until: 600 })
    b.clients.paused = undefined
    expect(await b.say('client pause 50 write')).toEqual(OK)
    expect(b.clients.paused).toEqual({ mode: 'write', until: 550 })
    expect(await b.say('client unpause')).toEqual(OK)
    expect(b.clients.paused).toBeUndefined()
  })

  it('answers subcommands that have no effect in a sentinel', async () => {
    const b = bench()
    expect(await b.say('client unblock 5')).toBe(0)
    expect(await b.say('client getredir')).toBe(-1)
    expect(await b.say('client no-evict on')).toEqual(OK)
    expect(b.me.isSafeFromEviction).toBe(true)
  })

  it('prints its help in the form of the original', async () => {
    const lines = await bench().say('client help') as unknown as { text: string }[]
    expect(lines).toHaveLength(58)
    expect(lines[0]?.text).toBe('CLIENT <subcommand> [<arg> [value] [opt] ...]. Subcommands are:')
    expect(lines.at(-1)?.text).toBe('    Print this help.')
  })
})

describe('CLIENT TRACKING', () => {
  const told = (flags: string[], redirect: number, prefixes: string[] = []): unknown =>
    map(['flags', set(flags), 'redirect', redirect, 'prefixes', prefixes])

  it('is remembered and shown by CLIENT TRACKINGINFO', async () => {
    const b = bench()
    expect(await b.say('client trackinginfo')).toEqual(told(['off'], -1))
    await b.say('client tracking on optin noloop')
    expect(await b.say('client caching yes')).toEqual(OK)
    expect(await b.say('client trackinginfo')).toEqual(told(['on', 'optin', 'caching-yes', 'noloop'], 0))
    await b.say('ping')
    expect(await b.say('client trackinginfo')).toEqual(told(['on', 'optin', 'noloop'], 0))
    expect(await b.say('client tracking off')).toEqual(OK)
    await b.say('client tracking on bcast prefix b prefix a redirect 1')
    expect(await b.say('client trackinginfo')).toEqual(told(['on', 'bcast'], 1, ['a', 'b']))
  })

  it.each([
    ['caching yes', 'CLIENT CACHING can be called only when the client is in tracking mode with OPTIN or OPTOUT mode enabled'],
    ['tracking foo', 'syntax error'],
    ['tracking on zzz', 'syntax error'],
    ['tracking on prefix a', 'PREFIX option requires BCAST mode to be enabled'],
    ['tracking on optin optout', 'You can\'t specify both OPTIN mode and OPTOUT mode'],
    ['tracking on optin bcast', 'OPTIN and OPTOUT are not compatible with BCAST'],
    ['tracking on redirect 99', 'The client ID you want redirect to does not exist'],
    ['tracking on redirect x', 'value is not an integer or out of range'],
    ['tracking on bcast prefix foo prefix foobar', 'Prefix \'foo\' overlaps with another provided prefix \'foobar\'. Prefixes for a single client must not overlap.'],
  ])('CLIENT %s is refused with the error of the original', async (line, text) => {
    expect(await bench().say(`client ${line}`)).toEqual(error(`ERR ${text}`))
  })
})
