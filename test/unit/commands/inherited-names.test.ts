/** Words that name a property of every object of JavaScript are unknown words like all others. */
import { describe, expect, it } from 'vitest'

import { bench } from './fake-client.ts'

const NAMES = [
  'constructor', '__proto__', 'toString', 'hasOwnProperty', 'valueOf', 'isPrototypeOf', '__defineGetter__', 'prototype',
]

const REQUESTS: readonly (readonly string[])[] = [
  ['NAME'], ['CLIENT', 'NAME'], ['CLIENT', 'KILL', 'NAME', 'x'], ['CLIENT', 'SETINFO', 'NAME', 'x'], ['CLIENT', 'LIST', 'TYPE', 'NAME'],
  ['CLIENT', 'KILL', 'TYPE', 'NAME'], ['CLIENT', 'REPLY', 'NAME'], ['CLIENT', 'TRACKING', 'on', 'NAME'], ['ACL', 'NAME'], ['ACL', 'CAT', 'NAME'],
  ['ACL', 'SETUSER', 'u', 'NAME'], ['ACL', 'SETUSER', 'u', '+NAME'], ['ACL', 'SETUSER', 'u', '+@NAME'], ['ACL', 'SETUSER', 'u', '+client|NAME'],
  ['COMMAND', 'NAME'], ['COMMAND', 'LIST', 'FILTERBY', 'NAME', 'x'], ['HELLO', 'NAME'], ['HELLO', '3', 'NAME', 'x'], ['SHUTDOWN', 'NAME'],
  ['AUTH', 'NAME', 'x'], ['SENTINEL', 'NAME'], ['SENTINEL', 'CONFIG', 'SET', 'NAME', 'x'], ['SENTINEL', 'CONFIG', 'NAME', 'x'],
  ['SENTINEL', 'SET', 'mymaster', 'NAME', 'x'], ['SENTINEL', 'SET', 'NAME', 'quorum', '1'], ['SENTINEL', 'DEBUG', 'NAME', '1'],
  ['SENTINEL', 'SIMULATE-FAILURE', 'NAME'], ['SENTINEL', 'MASTER', 'NAME'], ['SENTINEL', 'REPLICAS', 'NAME'],
  ['SENTINEL', 'SENTINELS', 'NAME'], ['SENTINEL', 'CKQUORUM', 'NAME'], ['SENTINEL', 'EXPLAIN', 'NAME'],
]

describe('names that every object has', () => {
  it.each(REQUESTS.map((request) => request.join(' ')))('%s is refused', async (request) => {
    for (const name of NAMES) {
      const b = bench()
      const reply = await b.ask(...request.split(' ').map((word) => word.replace('NAME', name)))
      expect([name, reply]).toEqual([name, expect.objectContaining({ type: 'error' })])
      expect(JSON.stringify(reply)).not.toContain('Internal error')
      expect(b.log).toEqual([])
    }
  })

  it('are no sections of INFO and no settings, and are good names of users', async () => {
    for (const name of NAMES) {
      const b = bench()
      expect(JSON.stringify(await b.ask('INFO', name))).not.toContain('error')
      expect(await b.ask('SENTINEL', 'CONFIG', 'GET', name)).toEqual(await b.ask('SENTINEL', 'CONFIG', 'GET', 'nothing'))
      expect(await b.ask('ACL', 'GETUSER', name)).toEqual(await b.ask('ACL', 'GETUSER', 'nobody'))
      await b.ask('ACL', 'SETUSER', name, 'on', '>secret', '+ping')
      expect(JSON.stringify(await b.ask('ACL', 'GETUSER', name))).toContain('+ping')
      expect(b.log).toEqual([])
    }
  })
})
