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

describe('what a user may do', () => {
  it.each([
    ['-@all', 'ping'], ['+@all -ping', 'ping'], ['+sentinel|masters', 'sentinel master x'], ['+@all -@dangerous', 'sentinel help'],
    ['+ping|hello', 'ping'], ['+ping|hello', 'ping other'], ['-@all', 'acl whoami'], ['(+info)', 'ping'],
  ])('%s refuses %s', (rules, text) => {
    expect(denial(rules, text)).toEqual({ reason: 'command' })
  })

  it.each([
    ['+ping', 'ping'], ['+sentinel', 'sentinel masters'], ['+ping|hello', 'ping HELLO x'], ['(+info) (+ping)', 'ping'],
    ['-@all', 'auth x'], ['-@all', 'hello'],
    ['+@pubsub &a*', 'subscribe a ab'], ['+@pubsub &a*', 'psubscribe a*'], ['+@pubsub', 'unsubscribe x'], ['+@all &*', 'publish a b'],
    ['+ping (+subscribe &a) (+subscribe &b)', 'subscribe b'],
  ])('%s allows %s', (rules, text) => {
    expect(denial(rules, text)).toBeUndefined()
  })

  it.each([
    ['+@pubsub &a*', 'subscribe a b', 'b'], ['+@pubsub &a*', 'psubscribe ab', 'ab'], ['+@all', 'publish x m', 'x'],
    // The selector that came furthest has its say.
    ['(+subscribe &a) (+subscribe &b)', 'subscribe a c', 'c'], ['+subscribe &a (+psubscribe)', 'subscribe c', 'c'],
  ])('%s refuses a channel of %s', (rules, text, channel) => {
    expect(denial(rules, text)).toMatchObject({ reason: 'channel', channel })
  })

  it('is nothing for a user that does not exist', () => {
    expect(newList().denial('nobody', request('ping'))).toEqual({ reason: 'command' })
  })
})

describe('coming in', () => {
  it('is open until the default user gets a password, or is off', () => {
    const list = newList()
    expect(list.isOpen).toBe(true)
    list.setUser('default', ['off'])
    expect([list.isOpen, list.defaultNeedsNoPassword]).toEqual([false, true])
    list.setUser('default', ['on', '>pw'])
    expect([list.isOpen, list.defaultNeedsNoPassword]).toEqual([false, false])
  })

  it('takes a password of the user, any if it needs none, and never one of a disabled user', () => {
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

describe('changing users', () => {
  it('is all or nothing', () => {
    const list = newList()
    list.setUser('u', ['on', '+ping', '(+info)'])
    const before = list.describe('u')
    expect(list.setUser('u', ['off', '>x', '+@all', 'clearselectors', 'nonsense'])).toMatchObject({ rule: 'nonsense', index: 4 })
    expect(list.describe('u')).toEqual(before)
    expect(list.setUser('new', ['on', 'nonsense'])).toBeDefined()
    expect(list.hasUser('new')).toBe(false)
  })

  it('lists them in the order of their bytes', () => {
    const list = newList()
    for (const name of ['b', 'B', '', 'é', '\u{1F600}', '\uFFFD', 'ba']) list.setUser(name, [])
    expect(list.users()).toEqual(['', 'B', 'b', 'ba', 'default', 'é', '\uFFFD', '\u{1F600}'])
  })

  it('keeps the default user for ever', () => {
    expect(() => newList().deleteUser('default')).toThrow(/default/)
    expect(newList().deleteUser('nobody')).toBe(false)
  })

  it('replaces all, and tells who changed or went', () => {
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

  it('describes a user', () => {
    const list = newList()
    list.setUser('u', ['on', '>a', '~k', '&c', '+ping', '(+info ~x &y)'])
    expect(list.describe('u')).toMatchObject({
      flags: ['on', 'sanitize-payload'], commands: '-@all +ping', keys: '~k', channels: '&c',
      selectors: [{ commands: '-@all +info', keys: '~x', channels: '&y' }],
    })
    expect(list.describe('nobody')).toBeUndefined()
  })
})
