import { describe, expect, it } from 'vitest'

import { error, OK, simple } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'

describe('generic errors', () => {
  // protocol.md 1.1, rows checked against the original.
  it.each<[string[], string]>([
    [['foo'], 'ERR unknown command \'foo\', with args beginning with: '],
    [['foo', 'a', 'b'], 'ERR unknown command \'foo\', with args beginning with: \'a\' \'b\' '],
    [[''], 'ERR unknown command \'\', with args beginning with: '],
    [['f\0o', 'a\0b'], 'ERR unknown command \'f\', with args beginning with: \'a\' '],
    [['x'.repeat(200), 'y'.repeat(100), 'z'.repeat(100)],
      `ERR unknown command '${'x'.repeat(128)}', with args beginning with: '${'y'.repeat(100)}' '${'z'.repeat(25)}' `],
    [['foo', ...Array.from({ length: 60 }, (_, at) => `a${String(at).padStart(3, '0')}`)],
      `ERR unknown command 'foo', with args beginning with: ${Array.from({ length: 18 }, (_, at) => `'a${String(at).padStart(3, '0')}' `).join('')}'a0' `],
    [['sentinel', 'foo'], 'ERR unknown subcommand \'foo\'. Try SENTINEL HELP.'],
    [['Acl', 'Foo'], 'ERR unknown subcommand \'Foo\'. Try ACL HELP.'],
    [['sentinel', 'x'.repeat(200)], `ERR unknown subcommand '${'x'.repeat(128)}'. Try SENTINEL HELP.`],
    [['sentinel'], 'ERR wrong number of arguments for \'sentinel\' command'],
    [['SENTINEL', 'MASTER'], 'ERR wrong number of arguments for \'sentinel|master\' command'],
    [['publish', 'a'], 'ERR wrong number of arguments for \'publish\' command'],
    [['role', 'x'], 'ERR wrong number of arguments for \'role\' command'],
    [['client', 'no-touch', 'on'], 'ERR unknown subcommand \'no-touch\'. Try CLIENT HELP.'],
  ])('%.40j is refused with the error of the original', async (argv, text) => {
    expect(await bench().ask(...argv)).toEqual(error(text))
  })

  it.each(['quit', 'reset', 'echo', 'select', 'multi', 'config', 'eval', 'pubsub', 'get', 'monitor', 'slowlog'])(
    'does not know %s', async (name) => {
      expect(await bench().ask(name, 'a')).toEqual(error(`ERR unknown command '${name}', with args beginning with: 'a' `))
    })

  it('repeats bytes that are no text as they came', async () => {
    expect(await bench().ask('foo', '\uDCFF\uDCFE')).toEqual(
      error('ERR unknown command \'foo\', with args beginning with: \'\uDCFF\uDCFE\' '),
    )
  })

  it('closes on HTTP without a word and logs it once a minute', async () => {
    const b = bench()
    b.mono = 1000
    expect(await b.say('POST / HTTP/1.1')).toBe('[close]')
    expect(await b.say('host: example.org')).toBe('[close]')
    expect(b.log).toHaveLength(1)
    expect(b.log[0]).toMatchObject({ level: 'warning' })
    expect(b.log[0]?.text).toMatch(/^Possible SECURITY ATTACK detected\. .* Connection from 127\.0\.0\.1:50001 aborted\.$/)
    b.mono = 61_000
    await b.say('post x')
    expect(b.log).toHaveLength(2)
  })
})

describe('the order of the checks', () => {
  it('reports unknown commands and wrong arity before it requires authentication', async () => {
    const b = bench({ requirepass: 'secret' })
    expect(await b.say('foo')).toMatchObject({ text: expect.stringMatching(/^ERR unknown command/) as string })
    expect(await b.say('sentinel foo')).toMatchObject({ text: expect.stringMatching(/^ERR unknown subcommand/) as string })
    expect(await b.say('sentinel master')).toMatchObject({ text: expect.stringMatching(/^ERR wrong number/) as string })
    for (const line of ['ping', 'ping a b', 'sentinel masters', 'subscribe x', 'info', 'command']) {
      expect(await b.say(line)).toEqual(error('NOAUTH Authentication required.'))
    }
  })

  it('allows a RESP2 subscriber few other commands', async () => {
    const b = bench()
    await b.say('subscribe +sdown')
    const refused = (name: string): unknown => error(`ERR Can't execute '${name}': only (P|S)SUBSCRIBE / (P|S)UNSUBSCRIBE / PING / QUIT / RESET are allowed in this context`)
    expect(await b.say('CLIENT ID')).toEqual(refused('client|id'))
    expect(await b.say('hello 3')).toEqual(refused('hello'))
    expect(await b.say('Sentinel masters')).toEqual(refused('sentinel|masters'))
    expect(await b.say('sentinel master')).toEqual(error('ERR wrong number of arguments for \'sentinel|master\' command'))
    expect(await b.say('foo')).toMatchObject({ text: expect.stringMatching(/^ERR unknown command/) as string })
    expect(await b.say('ping')).toEqual(['pong', ''])
    expect(await b.say('ping hi')).toEqual(['pong', 'hi'])
    expect(await b.say('ping a b')).toEqual(error('ERR wrong number of arguments for \'ping\' command'))
    await b.say('unsubscribe')
    expect(await b.say('ping')).toEqual(simple('PONG'))
  })

  it('does not restrict RESP3 subscribers, until they go back to RESP2', async () => {
    const b = bench()
    await b.say('hello 3')
    await b.say('subscribe +sdown')
    expect(await b.say('ping')).toEqual(simple('PONG'))
    expect(await b.say('client id')).toBe(1)
    await b.say('hello 2')
    expect(await b.say('client id')).toMatchObject({ type: 'error' })
  })

  it('holds requests back during CLIENT PAUSE', async () => {
    const b = bench()
    b.clients.paused = { mode: 'write', until: 1 }
    expect(await b.say('ping')).toEqual(simple('PONG'))
    expect(await b.say('publish a b')).toBe('[retry-later]')
    b.clients.paused = { mode: 'all', until: 1 }
    expect(await b.say('ping')).toBe('[retry-later]')
    expect(await b.say('client unpause')).toBe('[retry-later]')
    expect(await b.say('foo')).toMatchObject({ type: 'error' })
  })
})

describe('access control', () => {
  it('words its refusals as newer releases do, and counts them', async () => {
    const b = bench()
    b.world.access.setUser('default', ['-sentinel|masters', 'resetchannels'])
    expect(await b.say('sentinel masters')).toEqual(error('NOPERM User default has no permissions to run the \'sentinel|masters\' command'))
    expect(await b.say('subscribe x')).toEqual(error('NOPERM No permissions to access a channel'))
    expect(b.counters).toMatchObject({ deniedCommands: 1, deniedChannels: 1, commandsProcessed: 0 })
  })
})

describe('CLIENT REPLY', () => {
  it('OFF mutes everything but pushes, ON ends it', async () => {
    const b = bench()
    expect(await b.say('client reply off')).toBe('[stay-silent]')
    expect(await b.say('ping')).toBe('[stay-silent]')
    expect(await b.say('foo')).toBe('[stay-silent]')
    expect(await b.say('client reply skip')).toBe('[stay-silent]')
    expect(await b.say('sentinel flushconfig')).toBe('[muted]')
    expect(b.operator.submitted).toEqual([{ kind: 'save' }])
    expect(await b.say('subscribe x')).toMatchObject({ type: 'sequence' })
    expect(await b.say('unsubscribe x')).toMatchObject({ type: 'sequence' })
    expect(await b.say('client reply on')).toEqual(OK)
    expect(await b.say('ping')).toEqual(simple('PONG'))
  })

  it('SKIP mutes one more request', async () => {
    const b = bench()
    await b.say('client reply skip')
    expect(await b.say('client reply skip')).toBe('[stay-silent]')
    expect(await b.say('foo')).toBe('[stay-silent]')
    expect(await b.say('ping')).toEqual(simple('PONG'))
    await b.say('client reply skip')
    expect(await b.say('client reply on')).toEqual(OK)
    expect(await b.say('ping')).toEqual(simple('PONG'))
  })

  it('refuses other words', async () => {
    expect(await bench().say('client reply foo')).toEqual(error('ERR syntax error'))
  })
})
