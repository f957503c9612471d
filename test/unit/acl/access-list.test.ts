import { describe, expect, it } from 'vitest'

import { userNameProblem } from '../../../src/acl/index.ts'
import { COMMANDS, CommandIndex } from '../../../src/commands/index.ts'
import { newList } from './new-list.ts'

const commands = new CommandIndex(COMMANDS)

function request(text: string) {
  const argv = text.split(' ')
  const command = commands.resolve(argv)
  if (command === undefined) throw new Error(`no such command: ${text}`)
  return { command, argv, channels: command.channels?.(argv) }
}

/** What the user is told; undefined when it may. */
function denial(rules: string, text: string) {
  const list = newList()
  expect(list.setUser('u', rules.split(' '))).toBeUndefined()
  return list.denial('u', request(text))
}

describe('the rights of a user', () => {
  it.each([
    ['-@all', 'ping'], ['+@all -ping', 'ping'], ['+sentinel|masters', 'sentinel master x'], ['+@all -@dangerous', 'sentinel help'],
    ['+ping|hello', 'ping'], ['+ping|hello', 'ping other'], ['-@all', 'acl whoami'], ['(+info)', 'ping'],
  ])('with %s do not cover %s', (rules, text) => {
    expect(denial(rules, text)).toEqual({ reason: 'command' })
  })

  it.each([
    ['+ping', 'ping'], ['+sentinel', 'sentinel masters'], ['+ping|hello', 'ping HELLO x'], ['(+info) (+ping)', 'ping'],
    ['-@all', 'auth x'], ['-@all', 'hello'],
    ['+@pubsub &a*', 'subscribe a ab'], ['+@pubsub &a*', 'psubscribe a*'], ['+@pubsub', 'unsubscribe x'], ['+@all &*', 'publish a b'],
    ['+ping (+subscribe &a) (+subscribe &b)', 'subscribe b'],
  ])('with %s cover %s', (rules, text) => {
    expect(denial(rules, text)).toBeUndefined()
  })

  it.each([
    ['+@pubsub &a*', 'subscribe a b', 'b'], ['+@pubsub &a*', 'psubscribe ab', 'ab'], ['+@all', 'publish x m', 'x'],
    // The selector that came furthest has its say.
    ['(+subscribe &a) (+subscribe &b)', 'subscribe a c', 'c'], ['+subscribe &a (+psubscribe)', 'subscribe c', 'c'],
  ])('with %s do not cover a channel of %s', (rules, text, channel) => {
    expect(denial(rules, text)).toMatchObject({ reason: 'channel', channel })
  })

  it('are none when the user does not exist', () => {
    expect(newList().denial('nobody', request('ping'))).toEqual({ reason: 'command' })
  })
})

const ALIASES = new Map([
  ['sentinel primaries', 'sentinel masters'],
  ['sentinel primary m', 'sentinel master m'],
  ['sentinel get-primary-addr-by-name m', 'sentinel get-master-addr-by-name m'],
  ['sentinel is-primary-down-by-addr 1.1.1.1 1 1 x', 'sentinel is-master-down-by-addr 1.1.1.1 1 1 x'],
])

function ruleName(text: string): string {
  return text.split(' ').slice(0, 2).join('|')
}

describe('the names of commands that Valkey adds', () => {
  it('are all in the list of this test', () => {
    const aliases = [...commands.all()].filter(({ aliasOf }) => aliasOf !== undefined).map(({ fullName }) => fullName)
    expect(aliases.sort()).toEqual([...ALIASES.keys()].map(ruleName).sort())
  })

  it.each([...ALIASES])('%s has the rights of %s and gives it its own', (alias, original) => {
    for (const [named, other] of [[alias, original], [original, alias]] as const) {
      const name = ruleName(named)
      for (const granting of [`+${name}`, `-@all +${name.toUpperCase()}`, '+sentinel -sentinel|reset', '+@admin', `(+${name})`]) {
        expect(denial(granting, other), granting).toBeUndefined()
      }
      for (const denying of [`+@all -${name}`, `+sentinel -${name.toUpperCase()}`, `+@admin -${name}`, `(+@all -${name})`, '+@all -@admin', '+@all -sentinel']) {
        expect(denial(denying, other), denying).toEqual({ reason: 'command' })
      }
    }
  })

  it.each([...ALIASES])('are replaced in rules by names that every release reads: %s by %s', (alias, original) => {
    const list = newList()
    list.setUser('u', ['+@all', `-${ruleName(alias)}`, `(+${ruleName(alias)})`])
    expect(list.describe('u')).toMatchObject({ commands: `+@all -${ruleName(original)}`, selectors: [{ commands: `-@all +${ruleName(original)}` }] })
    list.setUser('u', [`+${ruleName(original)}`])
    expect(list.describe('u')).toMatchObject({ commands: '+@all' })
  })
})

describe('the login of a client', () => {
  it('is not needed until the default user gets a password or is off', () => {
    const list = newList()
    expect(list.isOpen).toBe(true)
    list.setUser('default', ['off'])
    expect([list.isOpen, list.defaultNeedsNoPassword]).toEqual([false, true])
    list.setUser('default', ['on', '>pw'])
    expect([list.isOpen, list.defaultNeedsNoPassword]).toEqual([false, false])
  })

  it('needs a password of the user, accepts any for one with nopass, and none for a disabled one', () => {
    const list = newList()
    list.setUser('two', ['on', '>a', '>b'])
    list.setUser('any', ['on', 'nopass'])
    list.setUser('gone', ['off', 'nopass', '+@all'])
    list.setUser('none', ['on'])
    expect([list.authenticate('two', 'a'), list.authenticate('two', 'b'), list.authenticate('two', 'c')]).toEqual([true, true, false])
    expect([list.authenticate('any', ''), list.authenticate('gone', 'x'), list.authenticate('none', '')]).toEqual([true, false, false])
    expect(list.authenticate('nobody', 'a')).toBe(false)
  })
})

describe('a change of users', () => {
  it('is applied completely or not at all', () => {
    const list = newList()
    list.setUser('u', ['on', '+ping', '(+info)'])
    const before = list.describe('u')
    expect(list.setUser('u', ['off', '>x', '+@all', 'clearselectors', 'nonsense'])).toMatchObject({ rule: 'nonsense', index: 4 })
    expect(list.describe('u')).toEqual(before)
    expect(list.setUser('new', ['on', 'nonsense'])).toBeDefined()
    expect(list.hasUser('new')).toBe(false)
  })

  it('keeps the list in the order of bytes', () => {
    const list = newList()
    for (const name of ['b', 'B', '', 'é', '\u{1F600}', '\uFFFD', 'ba']) list.setUser(name, [])
    expect(list.users()).toEqual(['', 'B', 'b', 'ba', 'default', 'é', '\uFFFD', '\u{1F600}'])
  })

  it('cannot remove the default user', () => {
    expect(() => newList().deleteUser('default')).toThrow(/default/)
    expect(newList().deleteUser('nobody')).toBe(false)
  })

  it('can replace all, and reports which users changed or were removed', () => {
    const list = newList()
    for (const name of ['same', 'changed', 'gone', 'default']) list.setUser(name, ['on', '>x', '+ping'])
    const users = ['same', 'changed', 'fresh'].map((name) => list.newUser(name))
    for (const rule of ['on', '>x', '+ping']) users[0]?.apply(rule)
    expect(list.replace(users)).toEqual(['changed', 'gone'])
    expect(list.users()).toEqual(['changed', 'default', 'fresh', 'same'])
    expect(list.isOpen).toBe(true)
  })

  it.each(['a b', 'a\tb', 'a\nb', 'a\0b'])('refuses the name %j', (name) => {
    expect(userNameProblem(name)).toBe('Usernames can\'t contain spaces or null characters')
  })

  it('is visible in the description of the user', () => {
    const list = newList()
    list.setUser('u', ['on', '>a', '~k', '&c', '+ping', '(+info ~x &y)'])
    expect(list.describe('u')).toMatchObject({
      flags: ['on', 'sanitize-payload'], commands: '-@all +ping', keys: '~k', channels: '&c',
      selectors: [{ commands: '-@all +info', keys: '~x', channels: '&y' }],
    })
    expect(list.describe('nobody')).toBeUndefined()
  })
})
