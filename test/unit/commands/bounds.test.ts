/** Every bound of requests: what is within it works, what is beyond it gets an error that names it (docs/limits.md). */
import { describe, expect, it } from 'vitest'

import { isError } from '../../../src/resp/index.ts'
import { bench } from './fake-client.ts'
import { fakeMaster, masterView } from './fake-core.ts'

function many(count: number, word: (at: number) => string): string[] {
  return Array.from({ length: count }, (_, at) => word(at))
}

interface Row {
  readonly what: string
  readonly within?: readonly string[]
  readonly beyond: readonly string[]
  readonly error: string
}

const ROWS: readonly Row[] = [
  { what: 'a connection name', within: ['CLIENT', 'SETNAME', 'x'.repeat(256)], beyond: ['CLIENT', 'SETNAME', 'x'.repeat(257)], error: 'Client name too long, at most 256' },
  { what: 'the name in HELLO', within: ['HELLO', '2', 'SETNAME', 'x'.repeat(256)], beyond: ['HELLO', '2', 'SETNAME', 'x'.repeat(257)], error: 'Client name too long, at most 256' },
  { what: 'a library name', within: ['CLIENT', 'SETINFO', 'LIB-NAME', 'x'.repeat(256)], beyond: ['CLIENT', 'SETINFO', 'LIB-NAME', 'x'.repeat(257)], error: 'LIB-NAME too long, at most 256' },
  { what: 'a channel name', within: ['SUBSCRIBE', 'x'.repeat(1024)], beyond: ['SUBSCRIBE', 'x'.repeat(1025)], error: 'at most 1024 characters' },
  { what: 'subscriptions of a connection', within: ['PSUBSCRIBE', ...many(1000, (at) => `p${at}`)], beyond: ['PSUBSCRIBE', ...many(1001, (at) => `p${at}`)], error: 'at most 1000 per connection' },
  { what: 'tracking prefixes', within: ['CLIENT', 'TRACKING', 'ON', 'BCAST', ...many(256, (at) => `p${at + 1000}`).flatMap((word) => ['PREFIX', word])], beyond: ['CLIENT', 'TRACKING', 'ON', 'BCAST', ...many(257, (at) => `p${at + 1000}`).flatMap((word) => ['PREFIX', word])], error: 'at most 256 per connection' },
  { what: 'a tracking prefix', beyond: ['CLIENT', 'TRACKING', 'ON', 'BCAST', 'PREFIX', 'x'.repeat(1025)], error: 'Prefix too long, at most 1024' },
  { what: 'filters of CLIENT KILL', within: ['CLIENT', 'KILL', ...many(32, () => 'ID 99').flatMap((pair) => pair.split(' '))], beyond: ['CLIENT', 'KILL', ...many(33, () => 'ID 99').flatMap((pair) => pair.split(' '))], error: 'too many filters, at most 32' },
  { what: 'names in COMMAND INFO', within: ['COMMAND', 'INFO', ...many(256, () => 'sentinel')], beyond: ['COMMAND', 'INFO', ...many(257, () => 'sentinel')], error: 'too many command names, at most 256' },
  { what: 'names in COMMAND DOCS', within: ['COMMAND', 'DOCS', ...many(256, () => 'acl')], beyond: ['COMMAND', 'DOCS', ...many(257, () => 'acl')], error: 'too many command names, at most 256' },
  { what: 'a pattern of COMMAND LIST', within: ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*'.repeat(512)], beyond: ['COMMAND', 'LIST', 'FILTERBY', 'PATTERN', '*'.repeat(513)], error: 'pattern too long, at most 512' },
  { what: 'a pattern of RESET', beyond: ['SENTINEL', 'RESET', '*a'.repeat(300)], error: 'pattern too long, at most 512' },
  { what: 'patterns of CONFIG GET', within: ['SENTINEL', 'CONFIG', 'GET', ...many(64, () => '*a*')], beyond: ['SENTINEL', 'CONFIG', 'GET', ...many(65, () => '*a*')], error: 'too many patterns, at most 64' },
  { what: 'a pattern of CONFIG GET', beyond: ['SENTINEL', 'CONFIG', 'GET', `[${'a'.repeat(600)}`], error: 'pattern too long, at most 512' },
  { what: 'options of CONFIG SET', beyond: ['SENTINEL', 'CONFIG', 'SET', ...many(130, () => 'x')], error: 'too many options, at most 64' },
  { what: 'options of SENTINEL DEBUG', beyond: ['SENTINEL', 'DEBUG', ...many(130, () => 'x')], error: 'too many options, at most 64' },
  { what: 'options of SENTINEL SET', beyond: ['SENTINEL', 'SET', 'mymaster', ...many(200, () => 'x')], error: 'too many options, at most 64' },
  { what: 'a word that is kept in the file', beyond: ['SENTINEL', 'SET', 'mymaster', 'auth-pass', 'x'.repeat(4097)], error: 'Password too long, at most 4096' },
  { what: 'a reason of a pause', within: ['SENTINEL', 'PAUSE', 'mymaster', 'FOR', '5', 'REASON', 'x'.repeat(200)], beyond: ['SENTINEL', 'PAUSE', 'mymaster', 'FOR', '5', 'REASON', 'x'.repeat(201)], error: 'Reason too long, at most 200' },
  { what: 'a master name', beyond: ['SENTINEL', 'MONITOR', 'm'.repeat(257), '127.0.0.1', '6379', '2'], error: 'Master name too long, at most 256' },
  { what: 'a run id', beyond: ['SENTINEL', 'IS-MASTER-DOWN-BY-ADDR', '127.0.0.1', '6379', '1', 'x'.repeat(257)], error: 'Run id too long' },
  { what: 'rules in one request', within: ['ACL', 'SETUSER', 'u', ...many(512, (at) => `&c${at}`)], beyond: ['ACL', 'SETUSER', 'u', ...many(513, (at) => `&c${at}`)], error: 'too many rules, at most 512 in one request' },
  { what: 'a rule', beyond: ['ACL', 'SETUSER', 'u', `&${'x'.repeat(4096)}`], error: 'rule too long, at most 4096' },
  { what: 'a user name', within: ['ACL', 'SETUSER', 'u'.repeat(256)], beyond: ['ACL', 'SETUSER', 'u'.repeat(257)], error: 'user name too long, at most 256' },
]

describe('the bound of', () => {
  it.each(ROWS)('$what is named when it is exceeded', async ({ within, beyond, error }) => {
    const world = bench()
    if (within !== undefined) expect(await world.ask(...within)).not.toSatisfy(isError)
    const other = bench()
    expect(await other.ask(...beyond)).toMatchObject({ type: 'error', text: expect.stringContaining(error) as string })
  })

  it('rules of one user counts those of earlier requests, and reset sets the count to 0', async () => {
    const client = bench()
    for (const part of ['a', 'b']) await client.ask('ACL', 'SETUSER', 'u', ...many(500, (at) => `&${part}${at}`))
    expect(await client.ask('ACL', 'SETUSER', 'u', ...many(100, (at) => `&c${at}`))).toMatchObject({ text: expect.stringContaining('at most 1024 for a user') as string })
    expect(await client.ask('ACL', 'SETUSER', 'u', 'reset', ...many(100, (at) => `&c${at}`))).not.toSatisfy(isError)
  })

  it('users counts the existing ones', async () => {
    const client = bench()
    for (let at = 0; at < 1023; at += 1) await client.ask('ACL', 'SETUSER', `u${at}`)
    expect(await client.ask('ACL', 'SETUSER', 'one-more')).toMatchObject({ text: 'ERR too many users, at most 1024' })
    expect(await client.ask('ACL', 'SETUSER', 'u0', 'on')).not.toSatisfy(isError)
  })

  it('a reply of INFO-CACHE is that of all its texts together', async () => {
    const ofLength = (length: number) => fakeMaster({
      view: masterView({ name: `m${length}` }), infoCache: [{ ageMs: 0, text: 'x'.repeat(length) }],
    })
    const client = bench()
    client.view.fakes = [ofLength(8 * 1024 * 1024), ofLength(1)]
    expect(await client.ask('SENTINEL', 'INFO-CACHE', 'm8388608')).toHaveLength(2)
    expect(await client.ask('SENTINEL', 'INFO-CACHE', 'm8388608', 'm1')).toMatchObject({
      text: 'ERR the reply would have more than 8388608 characters; ask for fewer masters at a time',
    })
  })

  it('texts in ACL LOG cuts what unauthenticated clients send', async () => {
    const client = bench({ requirepass: 'secret' })
    client.me.authenticated = false
    await client.ask('AUTH', 'u'.repeat(10_000), 'wrong')
    expect(client.world.aclLog.entries(1)[0]?.user).toBe(`${'u'.repeat(256)}...`)
  })
})
