import { describe, expect, it } from 'vitest'

import { COMMANDS, CommandIndex } from '../../../src/commands/index.ts'
import { encode, error, map, set, simple } from '../../../src/resp/index.ts'
import { sha256 } from './fake-world.ts'
import { bench } from './fake-client.ts'

const OUR_OWN = ['explain', 'forget', 'history', 'pause', 'resume', 'paused']
const PRIMARY_ALIASES = ['primary', 'primaries', 'get-primary-addr-by-name', 'is-primary-down-by-addr']

/** Subcommands without a heading of their own in the lines of HELP. */
function undescribed(command: string, help: unknown): string[] {
  const lines = (help as readonly { readonly text: string }[]).map(({ text }) => text)
  const headings = new Set(lines.filter((line) => !line.startsWith(' ')).map((line) => line.split(' ')[0]?.toLowerCase()))
  const names = [...new CommandIndex(COMMANDS).all()].map(({ fullName }) => fullName.split('|'))
  const subcommands = names.filter(([first, second]) => first === command && second !== undefined)
  expect(subcommands.length).toBeGreaterThan(4)
  return subcommands.map(([, second = '']) => second).filter((name) => !headings.has(name))
}

describe('the command table', () => {
  it('has the fifteen commands and 73 names, and four aliases and those of our own more', () => {
    const index = new CommandIndex(COMMANDS)
    expect(index.topLevel).toHaveLength(15)
    expect([...index.all()]).toHaveLength(73 + PRIMARY_ALIASES.length + OUR_OWN.length)
  })

  it('names nothing twice, and every name is lower case', () => {
    const names = [...new CommandIndex(COMMANDS).all()].map((spec) => spec.fullName)
    expect(new Set(names).size).toBe(names.length)
    expect(names.filter((name) => name !== name.toLowerCase())).toEqual([])
  })
})

describe('COMMAND', () => {
  it('counts and lists all commands', async () => {
    const b = bench()
    expect(await b.say('command count')).toBe(15)
    expect(await b.say('command')).toHaveLength(15)
    expect(await b.say('command info')).toEqual(await b.say('command'))
    const names = await b.say('command list') as string[]
    expect(names).toContain('sentinel|myid')
    expect(names.indexOf('client|setinfo')).toBeGreaterThan(names.indexOf('client'))
  })

  it('INFO describes one command in ten elements', async () => {
    const b = bench()
    expect(await b.say('command info PING get Sentinel|MyId sentinel|nope')).toEqual([
      ['ping', -1, set([simple('fast')]), 0, 0, 0, set([simple('@fast'), simple('@connection')]),
        set(['request_policy:all_shards', 'response_policy:all_succeeded']), set([]), set([])],
      null,
      ['sentinel|myid', 2, set([simple('admin')]), 0, 0, 0,
        set([simple('@admin'), simple('@slow'), simple('@dangerous')]), set([]), set([]), set([])],
      null,
    ])
    const [role] = await b.say('command info role') as unknown[]
    expect(encode(role as never, 3)).toContain('~4\r\n+noscript\r\n+loading\r\n+stale\r\n+fast\r\n')
  })

  it.each<[string, unknown]>([
    ['filterby module x', []],
    ['FilterBy AclCat FAST', ['auth', 'hello', 'ping', 'publish', 'role']],
    ['filterby aclcat @fast', []],
    ['filterby pattern SENT*mast*s', ['sentinel|masters']],
    ['filterby', error('ERR syntax error')],
    ['filterby foo bar', error('ERR syntax error')],
    ['filterby pattern a b', error('ERR syntax error')],
    ['x', error('ERR syntax error')],
  ])('LIST %s answers the names that match, or the error of the original', async (words, expected) => {
    expect(await bench().say(`command list ${words}`)).toEqual(expected)
  })

  it.each([
    ['getkeys ping', 'ERR The command has no key arguments'],
    ['getkeys sentinel myid', 'ERR The command has no key arguments'],
    ['getkeysandflags foo bar', 'ERR Invalid command specified'],
    ['getkeys sentinel foo', 'ERR Invalid command specified'],
    ['getkeys', 'ERR wrong number of arguments for \'command|getkeys\' command'],
    ['count x', 'ERR wrong number of arguments for \'command|count\' command'],
  ])('COMMAND %s is refused with the error of the original', async (words, text) => {
    expect(await bench().say(`command ${words}`)).toEqual(error(text))
  })

  it('DOCS describes commands, leaves unknown names out, and repeats a repeated name', async () => {
    const b = bench()
    expect(await b.say('command docs nope')).toEqual(map([]))
    const ping = map([
      'summary', 'Show that the connection works', 'since', '1.0.0', 'group', 'connection', 'complexity', 'O(1)',
      'arguments', [map(['name', 'message', 'type', 'string', 'display_text', 'message', 'flags', set([simple('optional')])])],
    ])
    expect(encode(await b.say('command docs PING nope ping'), 2)).toBe(encode(map(['ping', ping, 'ping', ping]), 2))
    expect(await b.say('command docs sentinel|slaves')).toMatchObject({ items: ['sentinel|slaves', { items: expect.arrayContaining([
      'doc_flags', 'deprecated_since', '5.0.0', 'replaced_by', '`SENTINEL REPLICAS`',
    ]) as unknown }] })
    const all = await b.say('command docs') as unknown as { items: unknown[] }
    expect(all.items).toHaveLength(30)
  })

  it('HELP describes every subcommand of COMMAND', async () => {
    expect(undescribed('command', await bench().say('command help'))).toEqual([])
  })
})

describe("ACL without users of one's own", () => {
  it('describes the only user', async () => {
    const b = bench({ requirepass: 'foo' })
    await b.say('auth foo')
    expect(await b.say('acl whoami')).toBe('default')
    expect(await b.say('acl users')).toEqual(['default'])
    expect(await b.say('acl list')).toEqual([`user default on sanitize-payload #${sha256('foo')} ~* &* +@all`])
    expect(await b.say('acl getuser nobody')).toBeNull()
    expect(await b.say('acl getuser default')).toEqual(map([
      'flags', set(['on', 'sanitize-payload']), 'passwords', [sha256('foo')], 'commands', '+@all', 'keys', '~*',
      'channels', '&*', 'selectors', [],
    ]))
    expect(await bench().say('acl list')).toEqual(['user default on nopass sanitize-payload ~* &* +@all'])
  })

  it.each<[string, unknown]>([
    ['cat pubsub', ['psubscribe', 'publish', 'punsubscribe', 'subscribe', 'unsubscribe']],
    ['cat string', []],
    ['cat foo', error('ERR Unknown category \'foo\'')],
    ['cat a b', error('ERR unknown subcommand or wrong number of arguments for \'cat\'. Try ACL HELP.')],
    ['genpass 5', 'ab'],
    ['genpass', 'ab'.repeat(32)],
    ['genpass 0', error('ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096')],
    ['genpass a', error('ERR value is not an integer or out of range')],
    ['log', []],
    ['log reset', simple('OK')],
    ['log abc', error('ERR value is not an integer or out of range')],
    ['deluser default', error('ERR The \'default\' user cannot be removed')],
    ['deluser x y', 0],
    ['dryrun default sentinel masters', simple('OK')],
    ['dryrun nobody ping', error('ERR User \'nobody\' not found')],
    ['dryrun default get a', error('ERR Command \'get\' not found')],
    ['dryrun default role a', error('ERR wrong number of arguments for \'role\' command')],
  ])('answers ACL %s as the original does without an ACL file', async (words, expected) => {
    expect(await bench().say(`acl ${words}`)).toEqual(expected)
  })

  it('CAT lists the categories of Redis 7.0, also those without a command here', async () => {
    expect([...await bench().say('acl cat') as string[]].sort()).toEqual([
      'admin', 'bitmap', 'blocking', 'connection', 'dangerous', 'fast', 'geo', 'hash', 'hyperloglog', 'keyspace', 'list',
      'pubsub', 'read', 'scripting', 'set', 'slow', 'sortedset', 'stream', 'string', 'transaction', 'write',
    ])
  })

  it('HELP describes every subcommand of ACL', async () => {
    expect(undescribed('acl', await bench().say('acl help'))).toEqual([])
  })
})
