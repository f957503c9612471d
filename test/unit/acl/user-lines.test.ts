import { describe, expect, it } from 'vitest'

import { userLineProblem } from '../../../src/acl/index.ts'
import { newList } from './new-list.ts'

const HASH = 'a'.repeat(64)
const SYNTAX = 'Syntax error'
const UNKNOWN = 'Unknown command or category name in ACL'

describe('the form of user rules (as the original checks them while it reads)', () => {
  it.each([
    'on off nopass', 'ON NOPASS', 'reset resetpass', 'allcommands nocommands', '~* &* +@all', '~a ~b', '& &*', 'resetchannels &a',
    '>', '>x <x', `#${HASH} !${HASH}`, '+nosuch', '-@nosuch', '+client|id', '-', '%R~a %W~b %rw~c', '%R', '%R~* ~a', '(+ping)',
    '( +ping )', '()', '(~a +get) (&b)', 'clearselectors', 'sanitize-payload skip-sanitize-payload', '~a resetkeys ~* resetkeys ~b',
  ])('accepts %s', (rules) => {
    expect(userLineProblem(newList(), rules.split(' '))).toBeUndefined()
  })

  it('accepts empty rules and blanks in passwords and written-out selectors', () => {
    expect(userLineProblem(newList(), ['', '>a b', '(~a +ping)'])).toBeUndefined()
  })

  it.each([
    ['foo', 0, SYNTAX], ['on foo', 1, SYNTAX], ['<x', 0, 'The password you are trying to remove from the user does not exist'],
    [`!${HASH}`, 0, 'The password you are trying to remove from the user does not exist'],
    ['#abc', 0, 'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters'],
    [`#${'A'.repeat(64)}`, 0, 'The password hash must be exactly 64 characters and contain only lowercase hexadecimal characters'],
    ['+client|id|x', 0, 'Allowing first-arg of a subcommand is not supported'], ['%X~a', 0, SYNTAX], ['%RR~a', 0, SYNTAX], ['%~a', 0, SYNTAX],
    ['(+ping', 0, UNKNOWN], ['on (+ping x', 1, UNKNOWN], ['(~a +ping) (~b', 2, UNKNOWN], ['a (+ping', 1, UNKNOWN], [')', 0, SYNTAX],
    ['(on)', 0, SYNTAX], ['(>x)', 0, SYNTAX], ['(~a +ping) foo', 1, SYNTAX], ['((~x))', 0, SYNTAX],
    ['&* &a', 1, "Adding a pattern after the * pattern (or the 'allchannels' flag) is not valid and does not have any effect. Try 'resetchannels' to start with an empty list of channels"],
    ['~* %R~a', 1, "Adding a pattern after the * pattern (or the 'allkeys' flag) is not valid and does not have any effect. Try 'resetkeys' to start with an empty list of patterns"],
  ])('refuses %s at rule %i', (rules, rule, reason) => {
    expect(userLineProblem(newList(), rules.split(' '))).toEqual({ rule, reason })
  })

  it('refuses blanks where patterns are', () => {
    expect(userLineProblem(newList(), ['~a b'])).toEqual({ rule: 0, reason: SYNTAX })
    expect(userLineProblem(newList(), ['a b'])).toEqual({ rule: 0, reason: SYNTAX })
  })
})
