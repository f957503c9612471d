import { afterAll, beforeAll, describe, expect, it } from 'vitest'

import {
  claimPort, CommandConnection, genuineSentinel, messageOf, ourSentinel, type Reply,
} from '../../src/harness/index.ts'
import { REQUESTS, RULE_LISTS, SUMMED_UP, type RuleList } from './acl/rule-lists.ts'
import { startProgram, type Target } from './replies/target.ts'

/** The same users in the original and in ours: what SETUSER says, how they are shown, and what they may do. */

class Side {
  readonly #target: Target
  readonly #connection: CommandConnection

  constructor(target: Target) {
    this.#target = target
    this.#connection = new CommandConnection({ host: '127.0.0.1', port: target.port })
  }

  /** The reply; the text of an error reply with a minus. */
  async ask(...request: readonly [string, ...string[]]): Promise<Reply> {
    return this.#connection.call(request).catch((error: unknown) => `-${messageOf(error)}`)
  }

  /** Makes the user afresh. */
  async define(user: string, rules: readonly string[]): Promise<Reply> {
    await this.ask('ACL', 'DELUSER', user)
    return this.ask('ACL', 'SETUSER', user, ...rules)
  }

  /** The words of the user in ACL LIST. */
  async words(user: string): Promise<readonly string[]> {
    const start = `user ${user} `
    const line = (await this.ask('ACL', 'LIST') as readonly string[]).find((one) => one.startsWith(start))
    return line?.slice(start.length).split(' ') ?? []
  }

  async stop(): Promise<void> {
    this.#connection.close()
    await this.#target.stop()
  }
}

let genuine: Side
let ours: Side

beforeAll(async () => {
  const claimed = await claimPort()
  genuine = new Side(await startProgram(genuineSentinel(), { masterPort: claimed.port }))
  ours = new Side(await startProgram(ourSentinel(), { masterPort: claimed.port }))
  claimed.release()
})

afterAll(async () => {
  await ours.stop()
  await genuine.stop()
})

describe('a user made by the same rules', () => {
  it.each(RULE_LISTS.map(title))('is described as by the genuine program and has its rights: %s', async (_title, rules) => {
    const reply = await define(rules)
    if (reply !== 'OK') return
    expect(inAnyOrder(await ours.words('u'))).toEqual(inAnyOrder(addNewFlags(await genuine.words('u'))))
    await expectSameDescription()
    await expectSameRights()
  })
})

describe('a user whose rules the genuine program shortens', () => {
  it.each(SUMMED_UP.map(title))('has the same rights: %s', async (_title, rules) => {
    expect(await define(rules)).toBe('OK')
    expect(inAnyOrder(await ours.words('u'))).not.toEqual(inAnyOrder(addNewFlags(await genuine.words('u'))))
    await expectSameRights()
  })
})

it('more than 250 different lists of rules are compared', () => {
  expect(new Set([...RULE_LISTS, ...SUMMED_UP].map((rules) => JSON.stringify(rules))).size).toBeGreaterThan(250)
})

describe('the name of a user', () => {
  it.each(['', 'a b', 'a\tb', 'a\0b', 'a\nb', 'a"b', '\'', '#x', 'caf\u00e9', 'A', 'a'])('is accepted or refused as by the genuine program: %j', async (name) => {
    const said = await ours.ask('ACL', 'SETUSER', name, 'on')
    expect(said).toEqual(await genuine.ask('ACL', 'SETUSER', name, 'on'))
    expect(await ours.ask('ACL', 'USERS')).toEqual(await genuine.ask('ACL', 'USERS'))
    expect(await ours.ask('ACL', 'DELUSER', name, name)).toEqual(await genuine.ask('ACL', 'DELUSER', name, name))
  })
})

/** Defines the user `u` on both sides, expects the same reply and returns it. */
async function define(rules: RuleList): Promise<Reply> {
  const words = wordsOf(rules)
  const reply = await ours.define('u', words)
  expect(reply).toEqual(await genuine.define('u', words))
  return reply
}

async function expectSameDescription(): Promise<void> {
  const [, flags, , passwords, , , , keys, , channels, , selectors] = await ours.ask('ACL', 'GETUSER', 'u') as Reply[]
  const theirs = await genuine.ask('ACL', 'GETUSER', 'u') as Reply[]
  expect(flags).toEqual(addNewFlags(theirs[1] as string[]))
  expect({ passwords, keys, channels }).toEqual({ passwords: theirs[3], keys: theirs[7], channels: theirs[9] })
  expect((selectors as Reply[]).length).toBe((theirs[11] as Reply[]).length)
}

/** The original makes the very same user of our description, and both allow the same requests. */
async function expectSameRights(): Promise<void> {
  expect(await genuine.define('v', await ours.words('u'))).toBe('OK')
  expect(addNewFlags(await genuine.words('v'))).toEqual(addNewFlags(await genuine.words('u')))
  for (const request of REQUESTS) {
    const dryRun = ['ACL', 'DRYRUN', 'u', ...request.split(' ')] as const
    const theirs = String(await genuine.ask(...dryRun)).replace(/^This user has/, 'User u has')
    expect(await ours.ask(...dryRun), request).toEqual(theirs)
  }
  await genuine.ask('ACL', 'DELUSER', 'v')
}

/** Newer releases show one flag more where nobody said anything about it. */
function addNewFlags(words: readonly string[]): readonly string[] {
  if (words.some((word) => word.endsWith('sanitize-payload'))) return words
  const flags = words.filter((word) => ['on', 'off', 'nopass'].includes(word)).length
  return [...words.slice(0, flags), 'sanitize-payload', ...words.slice(flags)]
}

/** The original lists commands in an order of its own in every process. */
function inAnyOrder(words: readonly string[]): readonly string[] {
  return words.map((word) => word.replace(/^\(|\)$/g, '')).sort()
}

function wordsOf(rules: RuleList): readonly string[] {
  if (typeof rules !== 'string') return rules
  return rules === '' ? [] : rules.split(' ')
}

function title(rules: RuleList): readonly [string, RuleList] {
  return [JSON.stringify(rules), rules]
}
