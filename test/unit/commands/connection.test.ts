import { describe, expect, it } from 'vitest'

import { error, map, OK, simple } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

const WRONG = error('WRONGPASS invalid username-password pair or user is disabled.')

describe('PING', () => {
  it('answers PONG or the message', async () => {
    const b = bench()
    expect(await b.say('PING')).toEqual(simple('PONG'))
    expect(await b.say('pInG hello')).toBe('hello')
  })
})

describe('AUTH', () => {
  it('reports that no password is set', async () => {
    const b = bench()
    expect(await b.say('auth x')).toEqual(error(
      'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
    ))
    expect(await b.say('auth default anything')).toEqual(OK)
    expect(await b.say('auth nobody x')).toEqual(WRONG)
    expect(await b.say('auth a b c')).toEqual(error('ERR syntax error'))
  })

  it('authenticates a client with the right password only, and a later failure does not revoke it', async () => {
    const b = bench({ requirepass: 'sécret' })
    expect(await b.say('auth secret')).toEqual(WRONG)
    expect(await b.say('auth default x')).toEqual(WRONG)
    expect(await b.say('ping')).toMatchObject({ type: 'error' })
    expect(await b.say('auth sécret')).toEqual(OK)
    expect(await b.say('ping')).toEqual(simple('PONG'))
    expect(await b.say('auth x')).toEqual(WRONG)
    expect(await b.say('ping')).toEqual(simple('PONG'))
    expect(b.counters.deniedAuth).toBe(3)
  })
})

describe('HELLO', () => {
  const described = (proto: number): unknown => map([
    'server', 'redis', 'version', '7.0.15', 'proto', proto, 'id', 1, 'mode', 'sentinel', 'modules', [],
  ])

  it('describes this server, and switches the protocol before it answers', async () => {
    const b = bench()
    expect(await b.say('hello')).toEqual(described(2))
    expect(await b.say('hello 3')).toEqual(described(3))
    expect(b.me.protocol).toBe(3)
    expect(await b.say('hello')).toEqual(described(3))
    expect(await b.say('hello 2 setname abc')).toEqual(described(2))
    expect(b.me).toMatchObject({ protocol: 2, name: 'abc' })
  })

  // protocol.md 5.5; on any error nothing is applied.
  it.each([
    ['hello 4', 'NOPROTO unsupported protocol version'],
    ['hello 02', 'ERR Protocol version is not an integer or out of range'],
    ['hello auth a b', 'ERR Protocol version is not an integer or out of range'],
    ['hello 3 foo', 'ERR Syntax error in HELLO option \'foo\''],
    ['hello 3 SetName', 'ERR Syntax error in HELLO option \'SetName\''],
    ['hello 3 auth a', 'ERR Syntax error in HELLO option \'auth\''],
    ['hello 3 setname ok extra', 'ERR Syntax error in HELLO option \'extra\''],
    ['hello 3 setname zz auth a b', WRONG.text],
    ['hello 3 setname a\tb', 'ERR Client names cannot contain spaces, newlines or special characters.'],
  ])('%s is refused with the error of the original', async (line, text) => {
    const b = bench()
    expect(await b.say(line)).toEqual(error(text))
    expect(b.me).toMatchObject({ protocol: 2, name: '' })
  })

  it('may authenticate the client, and is refused when authentication is needed', async () => {
    const b = bench({ requirepass: 'secret' })
    expect(await b.say('hello 3')).toEqual(error(
      'NOAUTH HELLO must be called with the client already authenticated, otherwise the HELLO <proto> AUTH <user> <pass> option can be used to authenticate the client and select the RESP protocol version at the same time',
    ))
    expect(await b.say('hello 9')).toEqual(error('NOPROTO unsupported protocol version'))
    expect(b.me.protocol).toBe(2)
    expect(await b.say('hello 3 auth default secret')).toEqual(described(3))
    expect(await b.say('ping')).toEqual(simple('PONG'))
  })
})

describe('ROLE and SHUTDOWN', () => {
  it('ROLE names the masters', async () => {
    expect(await bench().say('role')).toEqual(['sentinel', ['mymaster']])
  })

  it.each(['shutdown', 'shutdown nosave', 'SHUTDOWN save NOW Force'])('%s ends the process without a reply', async (line) => {
    const b = bench()
    expect(await b.say(line)).toBe('[stay-silent]')
    expect(b.shutdowns).toBe(1)
  })

  it.each([
    ['shutdown foo', 'ERR syntax error'],
    ['shutdown save nosave', 'ERR syntax error'],
    ['shutdown abort now', 'ERR syntax error'],
    ['shutdown abort', 'ERR No shutdown in progress.'],
    ['shutdown abort abort', 'ERR No shutdown in progress.'],
  ])('%s is refused with the error of the original', async (line, text) => {
    const b = bench()
    expect(await b.say(line)).toEqual(error(text))
    expect(b.shutdowns).toBe(0)
  })
})
