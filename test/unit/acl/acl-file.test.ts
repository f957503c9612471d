import { describe, expect, it } from 'vitest'

import { loadUserLines, readAclFile, writeAclFile } from '../../../src/acl/index.ts'
import { newList } from './new-list.ts'

const END = 'WARNING: ACL errors detected, no change to the previously active ACL rules was performed'

// Texts as of redis-sentinel 7.0.15, but for the open parenthesis, at which it dies.
describe('an ACL file', () => {
  it.each([
    ['bob on', 'u.acl:1 should start with user keyword followed by the username. '],
    ['# comment', 'u.acl:1 should start with user keyword followed by the username. '],
    ['user', 'u.acl:1 should start with user keyword followed by the username. '],
    ['user b\tb on', '\'u.acl:1: username \'b\tb\' contains invalid characters. '],
    ['user bob on\nuser bob off', 'WARNING: Duplicate user \'bob\' found on line 2. '],
    ['user bob +foo bad +bar bad', 'u.acl:1: Error in applying operation \'+foo\': Unknown command or category name in ACL. u.acl:1: Syntax error. u.acl:1: Error in applying operation \'+bar\': Unknown command or category name in ACL. '],
    ['user a on\n\n   \nuser b (on)', 'u.acl:4: Syntax error. '],
    ['user bob on (+ping', 'u.acl:1: Unmatched parenthesis in selector definition. '],
  ])('%j is refused as a whole', (text, problem) => {
    expect(readAclFile(newList(), 'u.acl', text)).toEqual({ ok: false, problem: problem + END })
  })

  it('reads what was written', () => {
    const list = newList()
    list.setUser('bob', ['on', '>pw', '~a"b', '&c*', '+@all', '-role', '(+ping %R~x)', '+ping|x'])
    list.setUser('', ['nopass'])
    list.setUser('café', ['skip-sanitize-payload'])
    const text = writeAclFile(list)
    const other = newList()
    const reading = readAclFile(other, 'u.acl', text)
    if (!reading.ok) throw new Error(reading.problem)
    other.replace(reading.users)
    expect(writeAclFile(other)).toBe(text)
    expect(text.split('\n')).toHaveLength(5)
  })
})

describe('user lines of the configuration', () => {
  it('begin the default user without any right but all channels when no rule names any, and others as they are', () => {
    const list = newList()
    expect(loadUserLines(list, [
      { name: 'default', rules: ['on', 'nopass', '+@all'] }, { name: 'bob', rules: ['on', '(+ping', '~a)'] },
    ])).toBeUndefined()
    expect(list.lines({ showsDefaults: false }).map(({ rules }) => rules.join(' '))).toEqual([
      'on resetchannels -@all (~a resetchannels -@all +ping)', 'on nopass sanitize-payload &* +@all',
    ])
  })

  it.each([
    ['bob', ['on', '+nosuch'], 'Error loading ACL rule \'+nosuch\' for the user named \'bob\': Unknown command or category name in ACL'],
    ['b b', ['on'], 'Spaces not allowed in ACL usernames'],
    ['bob', ['(+ping'], 'Error loading ACL rule \'(+ping\' for the user named \'bob\': Unknown command or category name in ACL'],
  ])('the user %j with the rules %j is refused', (name, rules, problem) => {
    expect(loadUserLines(newList(), [{ name, rules }])).toBe(problem)
  })
})
