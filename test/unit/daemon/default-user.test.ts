/** config.md 4.3: who may come in. */
import { createHash } from 'node:crypto'
import { describe, expect, it } from 'vitest'
import { defaultUser, sha256 } from '../../../src/daemon/default-user.ts'
import { tlsObstacles } from '../../../src/daemon/tls.ts'
import { settingsOf } from './settings-of.ts'

const HASH = createHash('sha256').update('secret').digest('hex')

describe('the default user', () => {
  it.each([
    ['', undefined, undefined],
    ['requirepass secret', 'secret', undefined],
    ['user default on nopass ~* &* +@all', undefined, undefined],
    ['user default on nopass sanitize-payload ~* &* +@all\nrequirepass secret', undefined, undefined],
    [`user default on #${HASH} ~* &* +@all\nrequirepass other`, undefined, HASH],
    ['user default on >secret allkeys allchannels allcommands', undefined, HASH],
    ['acl-pubsub-default allchannels\nuser default on nopass ~* +@all', undefined, undefined],
  ])('%j', (text, requirepass, passwordHash) => {
    expect(defaultUser(settingsOf(text))).toEqual({
      access: { requirepass, ...(passwordHash === undefined ? {} : { passwordHash }) }, obstacles: [],
    })
  })

  it.each([
    'user bob on >x ~* &* +@all',
    'user default off nopass ~* &* +@all',
    'user default on nopass ~* &* +ping',
    'user default on nopass ~* +@all',
    'user default on nopass ~* &* +@all -shutdown',
    'user default on >a >b ~* &* +@all',
    'aclfile users.acl',
  ])('a configuration that says more is refused, naming the line: %s', (text) => {
    const { obstacles } = defaultUser(settingsOf(text))
    expect(obstacles[0]).toContain(text)
    expect(obstacles[1]).toBe('Critical error while loading ACLs. Exiting.')
  })

  it('passwords are hashed by their bytes', () => {
    expect(sha256('secret')).toBe(HASH)
    expect(sha256('café')).toBe(createHash('sha256').update('café').digest('hex'))
    expect(sha256('\udcff')).toBe(createHash('sha256').update(Buffer.of(0xff)).digest('hex'))
  })
})

describe('TLS', () => {
  it('is refused as long as it is not there, and only if it is asked for', () => {
    expect(tlsObstacles(settingsOf('tls-cert-file /x'))).toEqual([])
    for (const line of ['tls-port 26380', 'tls-replication yes', 'tls-cluster yes']) {
      expect(tlsObstacles(settingsOf(line)).at(-1)).toBe('Failed to configure TLS. Check logs for more info.')
    }
  })
})
