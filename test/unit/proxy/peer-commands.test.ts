import { describe, expect, it } from 'vitest'

import { ClientIds, clientIdOf } from '../../../src/proxy/requests/client-ids.ts'
import { runPeerCommand } from '../../../src/proxy/requests/peer-commands.ts'

const ids = new ClientIds(0)
const [own, reader, blocked] = [ids.next(), ids.next(), ids.next()]
const elsewhere = new ClientIds(3).next()

/** What the proxy does with a CLIENT command of `own`; `reader` has no connection of its own at the master. */
function run(...words: readonly string[]) {
  const ended: number[] = []
  const client = { id: own, version: 2 as const, isAuthenticated: true, login: undefined, name: '', database: 0 }
  const outcome = runPeerCommand(['CLIENT', ...words], client, {
    find: (id) => {
      if (!ids.isOwn(id)) return 'elsewhere'
      if (id !== reader && id !== blocked) return undefined
      return { fail: () => { ended.push(id) }, takeServerId: () => id === blocked ? 33 : undefined }
    },
  })
  return { outcome, ended }
}

function reply(text: string | RegExp) {
  return { kind: 'reply', text: typeof text === 'string' ? text : expect.stringMatching(text) as string }
}

describe('the id of a client of route mode', () => {
  it('is greater than those of servers, and differs between processes and clients', () => {
    expect(new Set([own, reader, blocked, elsewhere]).size).toBe(4)
    expect(Math.min(own, reader, blocked, elsewhere)).toBeGreaterThan(2 ** 40)
    expect(clientIdOf(String(own))).toBe(own)
    for (const word of [undefined, '', '7', '4294967296', '-1', `${own}x`, '99999999999999999']) expect(clientIdOf(word)).toBeUndefined()
  })
})

describe('CLIENT KILL in route mode', () => {
  it('ends the client that has the id', () => {
    expect(run('KILL', 'ID', String(reader))).toEqual({ outcome: reply(':1\r\n'), ended: [reader] })
    expect(run('kill', 'skipme', 'yes', 'id', String(blocked))).toEqual({ outcome: reply(':1\r\n'), ended: [blocked] })
    expect(run('KILL', 'ID', String(blocked + 1))).toEqual({ outcome: reply(':0\r\n'), ended: [] })
  })

  it('ends the client that asks only with SKIPME no, after the reply', () => {
    expect(run('KILL', 'ID', String(own)).outcome).toEqual(reply(':0\r\n'))
    expect(run('KILL', 'ID', String(own), 'SKIPME', 'no').outcome).toEqual({ kind: 'quit', text: ':1\r\n' })
    expect(run('KILL', 'ID', String(own), 'SKIPME', 'maybe').outcome).toEqual(reply(/^-ERR syntax error/))
  })

  it('refuses other filters beside the id, and clients of other processes', () => {
    expect(run('KILL', 'ID', String(reader), 'TYPE', 'normal')).toEqual({ outcome: reply(/^-ERR CLIENT KILL with the ID /), ended: [] })
    expect(run('KILL', 'ID', String(reader), 'ID', String(own))).toEqual({ outcome: reply(/^-ERR CLIENT KILL with the ID /), ended: [] })
    expect(run('KILL', 'ID', String(elsewhere)).outcome).toEqual(reply(/^-ERR client \d+ is not one of the process/))
  })

  it.each([['KILL', 'ID', '33'], ['KILL', '127.0.0.1:7000'], ['KILL', 'TYPE', 'normal'], ['KILL', 'ID'], ['KILL'], ['LIST'], []])(
    'leaves to the master what names no client of the proxy: %s %s %s', (...words) => {
      expect(run(...words)).toEqual({ outcome: undefined, ended: [] })
    },
  )
})

describe('CLIENT UNBLOCK in route mode', () => {
  it('names the connection of the client to the master', () => {
    expect(run('UNBLOCK', String(blocked)).outcome).toEqual({ kind: 'master', words: ['CLIENT', 'UNBLOCK', '33'] })
    expect(run('unblock', String(blocked), 'error').outcome).toEqual({ kind: 'master', words: ['CLIENT', 'UNBLOCK', '33', 'error'] })
  })

  it('is answered with 0 for a client without a connection of its own, and one that is gone', () => {
    expect(run('UNBLOCK', String(reader)).outcome).toEqual(reply(':0\r\n'))
    expect(run('UNBLOCK', String(blocked + 1), 'TIMEOUT').outcome).toEqual(reply(':0\r\n'))
  })

  it('is refused for clients of other processes', () => {
    expect(run('UNBLOCK', String(elsewhere)).outcome).toEqual(reply(/^-ERR client \d+ is not one of the process/))
  })

  it.each([['33'], [], [String(blocked), 'SOON'], [String(blocked), 'ERROR', 'x']])('leaves to the master what is wrong or names another client: %s %s', (...words) => {
    expect(run('UNBLOCK', ...words).outcome).toBeUndefined()
  })
})
