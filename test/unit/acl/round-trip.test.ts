import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { loadUserLines, readAclFile, writeAclFile, type AccessList } from '../../../src/acl/index.ts'
import { COMMANDS, CommandIndex } from '../../../src/commands/index.ts'
import { userLine } from '../../../src/config/index.ts'
import { fromBytes, splitWords, toBytes } from '../../../src/text/index.ts'
import { defineUsers, wantedUsers } from '../../fixtures/acl/wanted-users.ts'
import { newList } from './new-list.ts'

/** What is saved of users is what is loaded, whatever ACL SETUSER accepted. */

const index = new CommandIndex(COMMANDS)
const REQUESTS = [...index.all()].flatMap((spec) => {
  const words = spec.fullName.split('|')
  return [words, [...words, 'a'], [...words, 'x)']]
}).flatMap((argv) => {
  const command = index.resolve(argv)
  return command === undefined ? [] : [{ command, argv, channels: command.channels?.(argv) }]
})

/** Everything that can be seen of the users, and what each may do. */
function state(list: AccessList) {
  return list.users().map((name) => ({
    name, description: list.describe(name), denials: REQUESTS.map((request) => list.denial(name, request)),
  }))
}

describe('users that ACL SETUSER accepted', () => {
  it.each([false, true])('are the same after a save to the configuration file and a start (all channels by default: %s)', (allChannelsByDefault) => {
    fc.assert(fc.property(wantedUsers, (wanted) => {
      const list = newList({ allChannelsByDefault })
      defineUsers(list, wanted)
      const lines = list.lines({ showsDefaults: false }).map(({ name, rules }) => {
        const text = toBytes(userLine(name, rules))
        expect(text).toMatch(/^[^\n\r\0]+$/)
        const [, readName = '', ...readRules] = (splitWords(text) ?? []).map(fromBytes)
        return { name: readName, rules: readRules }
      })
      const loaded = newList({ allChannelsByDefault })
      expect(loadUserLines(loaded, lines)).toBeUndefined()
      expect(state(loaded)).toEqual(state(list))
    }), { numRuns: 400 })
  })

  it.each([false, true])('are the same after ACL SAVE and ACL LOAD (all channels by default: %s)', (allChannelsByDefault) => {
    fc.assert(fc.property(wantedUsers, (wanted) => {
      const list = newList({ allChannelsByDefault })
      defineUsers(list, wanted)
      const reading = readAclFile(list, 'users.acl', fromBytes(toBytes(writeAclFile(list))))
      if (!reading.ok) throw new Error(reading.problem)
      const loaded = newList({ allChannelsByDefault })
      loaded.replace(reading.users)
      expect(state(loaded)).toEqual(state(list))
    }), { numRuns: 400 })
  })
})

describe('rules that cannot be written to a file', () => {
  it.each(['(&) +ping)', '(~) +ping)', '(&a) &b)', '(%R~) +ping)', '(~a))', '(+ping|x) +info)'])(
    'are refused by ACL SETUSER with the reason: the selector %s', (text) => {
      const list = newList()
      expect(list.setUser('u', ['on', text])).toEqual({
        kind: 'rule', rule: text, index: 1,
        reason: 'A rule in a selector cannot end with a parenthesis: the user could not be loaded after a save',
      })
      expect(list.hasUser('u')).toBe(false)
    },
  )

  it.each(['~a\0b', '&a\0', '%R~\0', '+ping|a\0b', '(~a\0b)'])('are refused by ACL SETUSER when they hold a NUL: %j', (text) => {
    expect(newList().setUser('u', [text])).toMatchObject({ kind: 'rule', reason: 'Syntax error' })
  })

  it('may be written in quotes in a configuration file, and a save keeps the quotes', () => {
    const list = newList()
    expect(loadUserLines(list, [{ name: 'u', rules: ['(&a) &b +subscribe)'] }])).toBeUndefined()
    const [, line] = list.lines({ showsDefaults: false })
    expect(userLine('u', line?.rules ?? [])).toBe('user u off resetchannels -@all "(resetchannels &a) &b -@all +subscribe)"')
  })
})
