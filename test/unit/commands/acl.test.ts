import { describe, expect, it } from 'vitest'

import type { AclFile } from '../../../src/commands/index.ts'
import { double, error, map, OK, set } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'
import { sha256 } from './fake-world.ts'

// protocol.md 5.5 and 5.6.
describe('ACL users', () => {
  it('can be created, shown and removed', async () => {
    const b = bench()
    expect(await b.say('acl setuser bob on >pw +ping ~k &c (+info)')).toEqual(OK)
    expect(await b.say('acl users')).toEqual(['bob', 'default'])
    expect(await b.say('acl list')).toEqual([
      `user bob on sanitize-payload #${sha256('pw')} ~k resetchannels &c -@all +ping (resetchannels -@all +info)`,
      'user default on nopass sanitize-payload ~* &* +@all',
    ])
    expect(await b.say('acl getuser bob')).toEqual(map([
      'flags', set(['on', 'sanitize-payload']), 'passwords', [sha256('pw')],
      'commands', '-@all +ping', 'keys', '~k', 'channels', '&c',
      'selectors', [map(['commands', '-@all +info', 'keys', '', 'channels', ''])],
    ]))
    expect(await b.say('acl deluser bob nobody bob')).toBe(1)
    expect(await b.say('acl getuser bob')).toBeNull()
    expect(await b.say('acl deluser nobody default')).toEqual(error('ERR The \'default\' user cannot be removed'))
  })

  it('are refused with the reason', async () => {
    const b = bench()
    expect(await b.say('acl setuser bob on nonsense')).toEqual(error('ERR Error in ACL SETUSER modifier \'nonsense\': Syntax error'))
    expect(await b.say('acl setuser bob (+ping ~a')).toEqual(error('ERR Unmatched parenthesis in acl selector starting at \'(+ping\'.'))
    expect(await b.ask('acl', 'setuser', 'b b', 'on')).toEqual(error('ERR Usernames can\'t contain spaces or null characters'))
    expect(await b.say('acl users')).toEqual(['default'])
  })

  it('lose their connections with their names', async () => {
    const b = bench()
    await b.say('acl setuser bob on nopass +@all')
    const other = b.addClient()
    const stranger = b.addClient()
    other.user = 'bob'
    await b.say('auth bob x')
    expect(await b.say('acl deluser bob')).toBe(1)
    expect([b.me.ending, other.ending, stranger.ending]).toEqual(['after-reply', 'now', 'none'])
    expect(await b.say('ping')).toEqual(error('NOPERM User bob has no permissions to run the \'ping\' command'))
  })

  it('lose connections that subscribe to channels which their new rules deny', async () => {
    const b = bench()
    await b.say('acl setuser bob on nopass +@all &a &p*')
    const [channel, pattern, quiet] = [b.addClient(), b.addClient(), b.addClient()]
    for (const client of [channel, pattern, quiet]) client.user = 'bob'
    channel.subscribe('channel', 'a')
    pattern.subscribe('pattern', 'p*')
    await b.say('acl setuser bob resetchannels (&a) &p*')
    expect([channel.ending, pattern.ending, quiet.ending]).toEqual(['none', 'none', 'none'])
    await b.say('acl setuser bob resetchannels &pp*')
    expect([channel.ending, pattern.ending, quiet.ending]).toEqual(['none', 'now', 'none'])
    await b.say('acl setuser bob clearselectors')
    expect([channel.ending, quiet.ending]).toEqual(['now', 'none'])
  })

  it('can be tried with ACL DRYRUN, which runs nothing', async () => {
    const b = bench()
    await b.say('acl setuser bob on nopass +ping +subscribe &a')
    expect(await b.say('acl dryrun bob ping')).toEqual(OK)
    expect(await b.say('acl dryrun bob info')).toBe('User bob has no permissions to run the \'info\' command')
    expect(await b.say('acl dryrun bob subscribe a b')).toBe('User bob has no permissions to access the \'b\' channel')
    expect(await b.say('acl dryrun nobody ping')).toEqual(error('ERR User \'nobody\' not found'))
    expect(b.counters).toMatchObject({ deniedCommands: 0, deniedChannels: 0 })
    expect(await b.say('acl log')).toEqual([])
  })
})

describe('AUTH with users', () => {
  it('changes the user of a connection, and a failed one keeps it', async () => {
    const b = bench({ requirepass: 'secret' })
    b.world.access.setUser('bob', ['on', '>pw', '+@all'])
    b.world.access.setUser('gone', ['off', 'nopass', '+@all'])
    expect(await b.say('acl whoami')).toEqual(error('NOAUTH Authentication required.'))
    expect(await b.say('auth bob pw')).toEqual(OK)
    const wrong = error('WRONGPASS invalid username-password pair or user is disabled.')
    for (const login of ['auth bob x', 'auth gone x', 'auth nobody pw', 'auth pw', 'hello 3 auth gone x']) expect(await b.say(login)).toEqual(wrong)
    expect(await b.say('acl whoami')).toBe('bob')
    expect(b.me.protocol).toBe(2)
    expect(b.counters.deniedAuth).toBe(5)
  })

  it('is not needed any more once the default user is open', async () => {
    const b = bench({ requirepass: 'secret' })
    expect(await b.say('hello')).toMatchObject({ type: 'error' })
    b.world.access.setUser('default', ['nopass'])
    expect(await b.say('acl whoami')).toBe('default')
    expect(await b.say('hello 2')).toMatchObject({ type: 'map' })
  })

  it('is refused with a password alone when the default user has none, also while it is off', async () => {
    const b = bench()
    b.world.access.setUser('default', ['off'])
    expect(await b.say('auth x')).toMatchObject({ text: expect.stringContaining('without any password configured') as string })
    expect(await b.say('auth default x')).toMatchObject({ text: expect.stringMatching(/^WRONGPASS/) as string })
  })
})

describe('ACL LOG', () => {
  it('holds what was refused, newest first, in ten fields', async () => {
    const b = bench()
    b.mono = 5_000
    b.world.access.setUser('default', ['-role', 'resetchannels'])
    await b.say('ROLE')
    await b.say('subscribe a')
    await b.say('Auth bob x')
    b.mono = 5_500
    await b.say('role')
    b.mono = 6_250
    const { wall } = b.world.now()
    expect(await b.say('acl log 1')).toEqual([map([
      'count', 2, 'reason', 'command', 'context', 'toplevel', 'object', 'role', 'username', 'default', 'age-seconds', double('0.75'),
      'client-info', expect.stringMatching(/^id=1 .* cmd=role user=default /) as string,
      'entry-id', 0, 'timestamp-created', wall - 1_250, 'timestamp-last-updated', wall - 750,
    ])])
    const said = JSON.stringify(await b.say('acl log'))
    expect(said).toContain('"reason","auth","context","toplevel","object","Auth","username","bob","age-seconds"')
    expect(said).toContain('"reason","channel","context","toplevel","object","a","username","default","age-seconds"')
    expect(await b.say('acl log -1')).toEqual([])
    expect(await b.say('acl log reset')).toEqual(OK)
    expect(await b.say('acl log')).toEqual([])
  })
})

describe('an ACL file', () => {
  const withFile = (file: Partial<AclFile>) => {
    const b = bench({ aclFile: { path: 'u.acl', read: () => Promise.resolve(''), write: () => Promise.resolve(), ...file } })
    b.world.access.setUser('same', ['on', 'nopass'])
    b.world.access.setUser('gone', ['on', 'nopass'])
    return b
  }

  it('is read by ACL LOAD, which closes the connections of users that changed or were removed', async () => {
    const b = withFile({ read: () => Promise.resolve('user same on nopass\nuser bob on\n') })
    const [same, gone] = [b.addClient(), b.addClient()]
    same.user = 'same'
    gone.user = 'gone'
    expect(await b.say('acl load')).toEqual(OK)
    expect(await b.say('acl users')).toEqual(['bob', 'default', 'same'])
    expect([same.ending, gone.ending, b.me.ending]).toEqual(['none', 'now', 'none'])
  })

  it('changes nothing when it is wrong or cannot be read', async () => {
    const wrong = withFile({ read: () => Promise.resolve('user bob on\nnonsense') })
    expect(await wrong.say('acl load')).toMatchObject({ text: expect.stringMatching(/^ERR u\.acl:2 should start/) as string })
    const missing = withFile({ read: () => Promise.reject(new Error('No such file or directory')) })
    expect(await missing.say('acl load')).toEqual(error('ERR Error loading ACLs, opening file \'u.acl\': No such file or directory'))
    for (const b of [wrong, missing]) expect(await b.say('acl users')).toEqual(['default', 'gone', 'same'])
  })

  it('is written by ACL SAVE, or the log has the reason of the failure', async () => {
    const written: string[] = []
    const good = withFile({ write: (text) => Promise.resolve(void written.push(text)) })
    expect(await good.say('acl save')).toEqual(OK)
    expect(written.join().split('\n')).toEqual([
      'user default on nopass ~* &* +@all', 'user gone on nopass resetchannels -@all', 'user same on nopass resetchannels -@all', '',
    ])
    const full = withFile({ write: () => Promise.reject(new Error('No space left on device')) })
    expect(await full.say('acl save')).toEqual(error('ERR There was an error trying to save the ACLs. Please check the server logs for more information'))
    expect(full.log).toContainEqual({ level: 'warning', text: 'Saving the ACL file \'u.acl\': No space left on device' })
  })

  it('is the place for users where the state has a file of its own, and changes of other users are logged as lost', async () => {
    const b = bench({ stateFile: '/data/state.conf' })
    expect(await b.say('acl save')).toMatchObject({ text: expect.stringMatching(/^ERR Users are not saved: .* Use an ACL file/) as string })
    expect(await b.say('acl setuser bob on')).toEqual(OK)
    await b.say('acl deluser bob nobody')
    expect(b.log.map(({ text }) => text.slice(0, 52))).toEqual([
      'The change of the user \'bob\' ends with this process:', 'The change of the user \'bob\' ends with this process:',
    ].map((text) => text.slice(0, 52)))
    const withAclFile = withFile({})
    await withAclFile.say('acl setuser bob on')
    expect(withAclFile.log).toEqual([])
  })

  it('is not used without aclfile, and ACL LOAD and SAVE report it', async () => {
    for (const line of ['acl load', 'acl save']) {
      expect(await bench().say(line)).toMatchObject({ text: expect.stringMatching(/not configured to use an ACL file/) as string })
    }
  })
})
