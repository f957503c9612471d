import fc from 'fast-check'
import { describe, expect, it } from 'vitest'

import { loadUserLines, writeAclFile, type AccessList } from '../../src/acl/index.ts'
import { COMMANDS, CommandIndex } from '../../src/commands/index.ts'
import { userLine } from '../../src/config/index.ts'
import { fromBytes, quoteWord, splitWords, toBytes } from '../../src/text/index.ts'
import { defineUsers, wantedUsers } from '../fixtures/acl/wanted-users.ts'
import { newList } from '../unit/acl/new-list.ts'
import { GenuineSentinel, LISTEN, StartDirectory } from './config-genuine.ts'

/** Users that ours saves, in the genuine program. */

const SETS = 6
const REQUESTS = [
  'ping', 'ping a', 'info', 'sentinel masters', 'sentinel master m', 'sentinel set m quorum 1', 'client id', 'acl list', 'subscribe a', 'psubscribe a*', 'publish b x',
]

/** The original does not start with a rule about a command that it does not have (docs/replace-redis-sentinel.md). */
const ABOUT_OURS = /sentinel\|(?:explain|history|forget|paused?|resume)\b/i

/** Many users in one list: what is asked for at random, but always open for the test itself. */
function someUsers(seed: number): AccessList {
  const list = newList()
  for (const wanted of fc.sample(wantedUsers, { seed, numRuns: 12 })) {
    defineUsers(list, wanted.map(([name, requests]) => (
      [name, requests.filter((rules) => !rules.some((rule) => ABOUT_OURS.test(rule)))]
    )))
  }
  list.setUser('default', ['reset', 'on', 'nopass', '~*', '&*', '+@all'])
  return list
}

const index = new CommandIndex(COMMANDS)

function isAllowed(list: AccessList, user: string, request: string): boolean {
  const argv = request.split(' ')
  const command = index.resolve(argv)
  if (command === undefined) throw new Error(`no such command: ${request}`)
  return list.denial(user, { command, argv, channels: command.channels?.(argv) }) === undefined
}

async function expectSameRights(file: string, list: AccessList, files = {}): Promise<void> {
  const directory = new StartDirectory(`${LISTEN}${file}`, { files })
  try {
    const genuine = await GenuineSentinel.start(directory)
    try {
      for (const user of list.users()) {
        for (const request of REQUESTS) {
          const reply = await genuine.ask(`ACL DRYRUN ${quoteWord(toBytes(user))} ${request}`)
          expect(reply === '+OK', `${JSON.stringify(list.describe(user))} ${request}: ${reply}`).toBe(isAllowed(list, user, request))
        }
      }
    } finally {
      await genuine.stop()
    }
  } finally {
    directory.remove()
  }
}

describe.each(Array.from({ length: SETS }, (_, at) => at + 1))('users that ACL SETUSER accepted, set %i', (seed) => {
  it('have the same rights in the genuine program after a save to the configuration file', async () => {
    const list = someUsers(seed)
    const lines = list.lines({ showsDefaults: false }).map(({ name, rules }) => toBytes(userLine(name, rules)))
    await expectSameRights(lines.join('\n'), list)
  })

  it('have the same rights in the genuine program after ACL SAVE', async () => {
    const list = someUsers(seed)
    await expectSameRights('aclfile users.acl', list, { 'users.acl': toBytes(writeAclFile(list)) })
  })
})

it('a selector that needs quotes in a configuration file is loaded by the genuine program', async () => {
  const list = newList()
  expect(loadUserLines(list, [{ name: 'u', rules: ['(&a) &a +subscribe)'] }])).toBeUndefined()
  const [, line] = list.lines({ showsDefaults: false })
  const text = toBytes(userLine('u', line?.rules ?? []))
  expect(splitWords(text)?.map(fromBytes).at(-1)).toBe('(resetchannels &a) &a -@all +subscribe)')
  await expectSameRights(text, list)
})
