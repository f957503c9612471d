import { describe, expect, it } from 'vitest'

import { newList, sha256 } from './new-list.ts'

const HASH = sha256('abc')
const PREFIX = 'Adding a pattern after the * pattern (or the '

/** A user made by these rules as ACL LIST of the original shows it (protocol.md 5.6). */
function line(rules: string | readonly string[], options = {}): string {
  const list = newList(options)
  const words = typeof rules === 'string' ? rules.split(' ') : rules
  const problem = list.setUser('u', words)
  if (problem !== undefined) return problem.kind === 'rule' ? `${problem.rule}: ${problem.reason}` : `unclosed ${problem.opening}`
  return list.lines({ showsDefaults: false }).find(({ name }) => name === 'u')?.rules.join(' ') ?? ''
}

// Each row was seen from redis-sentinel 7.0.15.
describe('a user made by rules', () => {
  it.each([
    ['', 'off resetchannels -@all'],
    ['on nopass ~* &* +@all', 'on nopass ~* &* +@all'],
    ['ON NOPASS AllKeys ALLCHANNELS +@ALL', 'on nopass ~* &* +@all'],
    ['on nopass ~* &* +@all reset', 'off sanitize-payload resetchannels -@all'],
    ['skip-sanitize-payload', 'off skip-sanitize-payload resetchannels -@all'],
    ['>abc', `off #${HASH} resetchannels -@all`],
    [`>abc #${HASH}`, `off #${HASH} resetchannels -@all`],
    ['nopass >abc', `off #${HASH} resetchannels -@all`],
    ['>abc nopass', 'off nopass resetchannels -@all'],
    [`>abc !${HASH}`, 'off resetchannels -@all'],
    ['>x >abc <x', `off #${HASH} resetchannels -@all`],
    ['~a ~b %R~c %W~d %RW~e', 'off ~a ~b %R~c %W~d ~e resetchannels -@all'],
    ['%W~x ~x', 'off ~x resetchannels -@all'],
    ['~a ~*', 'off ~* resetchannels -@all'],
    ['&a &b &a', 'off resetchannels &a &b -@all'],
    ['&a &* resetchannels &c', 'off resetchannels &c -@all'],
    ['+ping -ping', 'off resetchannels -@all'],
    ['+sentinel|masters +ping', 'off resetchannels -@all +sentinel|masters +ping'],
    ['+@all -@dangerous +sentinel|masters', 'off resetchannels +@all -@dangerous +sentinel|masters'],
    ['+PING|Foo +ping|foo', 'off resetchannels -@all +ping|Foo'],
    ['+ping|a +ping', 'off resetchannels -@all +ping'],
    ['+ping|a -@fast', 'off resetchannels -@all'],
    ['+@admin +@all', 'off resetchannels +@all'],
    ['(+ping ~a &b)', 'off resetchannels -@all (~a resetchannels &b -@all +ping)'],
    ['( +ping )', 'off resetchannels -@all (resetchannels -@all +ping)'],
    ['(+ping) clearselectors', 'off resetchannels -@all'],
  ])('is described as by the original: %s', (rules, shown) => {
    expect(line(rules)).toBe(shown)
  })

  it('keeps all rules that have an effect, where the original shortens them', () => {
    expect(line('+@all -sentinel')).toBe('off resetchannels +@all -sentinel')
    expect(line('+sentinel|masters -@admin +sentinel')).toBe('off resetchannels -@all +sentinel')
    expect(line('+ping +@fast -@keyspace')).toBe('off resetchannels -@all +@fast')
  })

  it('has every pattern in words that can be read again', () => {
    const shown = line('%RW~* ~a')
    expect(shown).toBe('off %RW~* ~a resetchannels -@all')
    expect(line(shown)).toBe(shown)
  })

  it('has all channels with acl-pubsub-default allchannels, and so have its selectors', () => {
    expect(line('(+ping)', { allChannelsByDefault: true })).toBe('off &* -@all (&* -@all +ping)')
    expect(line('reset', { allChannelsByDefault: true })).toBe('off sanitize-payload &* -@all')
  })

  it('has sanitize-payload in its description also when no rule names it', () => {
    const list = newList()
    expect(list.lines({ showsDefaults: true })[0]?.rules.join(' ')).toBe('on nopass sanitize-payload ~* &* +@all')
  })
})

describe('impossible rules', () => {
  it.each([
    ['nonsense', 'nonsense: Syntax error'],
    ['+get', '+get: Unknown command or category name in ACL'],
    ['+@sentinel', '+@sentinel: Unknown command or category name in ACL'],
    ['-ping|x', '-ping|x: Unknown command or category name in ACL'],
    ['+ping|x|y', '+ping|x|y: Unknown command or category name in ACL'],
    ['+client|id|x', '+client|id|x: Allowing first-arg of a subcommand is not supported'],
    ['+ping|', '+ping|: Syntax error'],
    ['#abc', '#abc: The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters'],
    ['<abc', '<abc: The password you are trying to remove from the user does not exist'],
    ['~* ~a', `~a: ${PREFIX}'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns`],
    ['&* &a', `&a: ${PREFIX}'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels`],
    ['(+ping on)', '(+ping on): Syntax error'],
    ['(+ping', 'unclosed (+ping'],
    ['(+ping (', 'unclosed ('],
  ])('are refused with the problem of the original: %s', (rules, problem) => {
    expect(line(rules)).toBe(problem)
  })

  // A line end in a rule would bring a user of its own into the ACL file.
  it.each(['+ping|a\nuser evil on', '+ping|a b', '~a b', '&a\tb', '~a\nb'])('are refused when a pattern has a blank: %j', (rule) => {
    expect(line([rule])).toBe(`${rule}: Syntax error`)
  })
})
