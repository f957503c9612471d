import { createHash } from 'node:crypto'
import { chmodSync, existsSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'

import fc from 'fast-check'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { AclFileOnDisk } from '../../../src/daemon/acl-file.ts'
import { toBytes } from '../../../src/text/index.ts'
import { sha256 } from '../../../src/daemon/sha256.ts'
import { loadUsers } from '../../../src/daemon/users.ts'
import { settingsOf } from './settings-of.ts'

const HASH = createHash('sha256').update('secret').digest('hex')
const UMASK = 0o022

let folder: string

beforeEach(() => { folder = mkdtempSync(join(tmpdir(), 'users-')) })
afterEach(() => { rmSync(folder, { recursive: true, force: true }) })

describe('the users of the configuration (config.md 4.3)', () => {
  it.each([
    ['', []],
    ['requirepass secret', []],
    ['user default on nopass ~* &* +@all\nrequirepass secret', ['user default on nopass ~* &* +@all']],
    ['requirepass secret\nuser default on >secret +@all', [`user default on #${HASH} +@all`]],
    ['requirepass secret\nuser bob off +ping', ['user bob off +ping']],
    ['acl-pubsub-default allchannels\nuser bob on', ['user bob on']],
    ['user "" on "~with\\x01control"', ['user "" on "~with\\x01control"']],
  ])('are written as the file has them: %j', (text, lines) => {
    const users = loadUsers(settingsOf(text), UMASK)
    expect(users.obstacles).toEqual([])
    expect(users.configLines()).toEqual(lines)
  })

  it('have the changes of the running program', () => {
    const { world, configLines } = loadUsers(settingsOf(''), UMASK)
    world.access.setUser('bob', ['on', '+ping'])
    expect(configLines()).toContain('user bob on resetchannels -@all +ping')
  })

  it('have no line for a default user whose password a reload has changed, and keep one that a client has changed', () => {
    const { world, configLines, changeRequirepass } = loadUsers(settingsOf('requirepass old'), UMASK)
    expect(changeRequirepass('new')).toBe(true)
    expect(configLines()).toEqual([])
    expect(['new', 'old'].map((password) => world.access.authenticate('default', password))).toEqual([true, false])
    expect(changeRequirepass(undefined)).toBe(true)
    expect(configLines()).toEqual([])
    world.access.setUser('default', ['>other'])
    expect(changeRequirepass('new')).toBe(false)
    expect(configLines()).toHaveLength(1)
    expect(loadUsers(settingsOf('user default on nopass ~* &* +@all'), UMASK).changeRequirepass('new')).toBe(false)
  })

  it('are restored from their lines, whatever their names and patterns hold', () => {
    const word = fc.string({ unit: 'binary' }).map((text) => text.replace(/[ \t\n\v\f\r\0]/g, ''))
    fc.assert(fc.property(word, word, word, (name, key, channel) => {
      fc.pre(name !== 'default' && !key.endsWith(')'))
      const users = loadUsers(settingsOf(''), UMASK)
      expect(users.world.access.setUser(name, [`~${key}`, `&${channel}`, `(%R~${key} +ping)`])).toBeUndefined()
      const lines = users.configLines()
      const text = lines.filter((line) => !line.startsWith('user default ')).join('\n')
      const again = loadUsers(settingsOf(toBytes(text)), UMASK)
      expect(again.obstacles).toEqual([])
      expect(again.configLines()).toEqual(lines)
    }))
  })

  it.each([
    'user default on nopass ~* +@all', 'user default +@all nopass on allkeys', 'user default on #' + HASH + ' ~* -@all +@pubsub',
  ])('keep all channels and the line of a default user of Redis 6.0: %s', (line) => {
    const users = loadUsers(settingsOf(line), UMASK)
    expect(users.world.access.describe('default')?.channels).toBe('&*')
    expect(users.configLines()).toEqual([line])
    expect(users.withoutChannels).toEqual([])
  })

  it.each([
    'user default on nopass ~* resetchannels +@all', 'user default on nopass ~* &a +@all', 'user default on nopass ~* RESETCHANNELS +@all',
    'acl-pubsub-default resetchannels\nuser default on nopass ~* +@all',
  ])('keep the channels of a default user that names them: %j', (text) => {
    expect(loadUsers(settingsOf(text), UMASK).world.access.describe('default')?.channels).not.toBe('&*')
  })

  it('are reported when their rules have Pub/Sub commands and no channels', () => {
    const text = [
      'user a on nopass +@all', 'user b on +subscribe', 'user c on +@all resetchannels', 'user d on +@all &x', 'user e on +ping',
      'user f on (+@pubsub &x)', 'user default on nopass +@all',
    ].join('\n')
    expect(loadUsers(settingsOf(text), UMASK).withoutChannels).toEqual(['a', 'b'])
    expect(loadUsers(settingsOf(`acl-pubsub-default allchannels\n${text}`), UMASK).withoutChannels).toEqual([])
    writeFileSync(join(folder, 'old.acl'), `${text}\n`)
    expect(loadUsers(settingsOf(`aclfile ${join(folder, 'old.acl')}`), UMASK).withoutChannels).toEqual(['a', 'b', 'default'])
  })

  it('prevent the start when they are impossible', () => {
    expect(loadUsers(settingsOf('user bob on +nosuch'), UMASK).obstacles).toEqual([
      'Error loading ACL rule \'+nosuch\' for the user named \'bob\': Unknown command or category name in ACL',
      'Critical error while loading ACLs. Exiting.',
    ])
  })

  it('have passwords hashed by their bytes', () => {
    expect(sha256('café')).toBe(createHash('sha256').update('café').digest('hex'))
    expect(sha256('\udcff')).toBe(createHash('sha256').update(Buffer.of(0xff)).digest('hex'))
  })
})

describe('an ACL file at the start', () => {
  const aclFile = () => join(folder, 'users.acl')
  const load = (more = '') => loadUsers(settingsOf(`aclfile ${aclFile()}\n${more}`), UMASK)

  it('has all users, and the configuration none', () => {
    writeFileSync(aclFile(), 'user bob on nopass +ping\n')
    const { world, configLines, obstacles } = load('requirepass secret')
    expect(obstacles).toEqual([])
    expect(world.access.users()).toEqual(['bob', 'default'])
    expect(world.access.isOpen).toBe(true)
    expect(configLines()).toEqual([])
  })

  it('prevents the start when it is missing, wrong, or used together with user lines', () => {
    expect(load().obstacles).toEqual([
      `Aborting Redis startup because of ACL errors: Error loading ACLs, opening file '${aclFile()}': No such file or directory`,
    ])
    writeFileSync(aclFile(), 'user bob on +@foo')
    expect(load().obstacles).toEqual([
      `Aborting Redis startup because of ACL errors: ${aclFile()}:1: Error in applying operation '+@foo': Unknown command or category name in ACL. WARNING: ACL errors detected, no change to the previously active ACL rules was performed`,
    ])
    expect(load('user bob on').obstacles[0]).toMatch(/^Configuring Redis with users defined in redis\.conf and at the same setting an ACL file path is invalid\./)
  })
})

describe('saving an ACL file', () => {
  it('replaces it, keeps its mode and leaves nothing else', async () => {
    const path = join(folder, 'users.acl')
    const file = new AclFileOnDisk(path, UMASK)
    await file.write('user café on\n')
    expect(readFileSync(path, 'utf8')).toBe('user café on\n')
    expect(statSync(path).mode & 0o777).toBe(0o644)
    chmodSync(path, 0o600)
    await file.write('user \udcff on\n')
    expect(statSync(path).mode & 0o777).toBe(0o600)
    expect(readFileSync(path).includes(0xff)).toBe(true)
    expect(await file.read()).toBe('user \udcff on\n')
    expect(readdirSync(folder)).toEqual(['users.acl'])
  })

  it('fails in the words of the system and changes nothing', async () => {
    const path = join(folder, 'users.acl')
    mkdirSync(path)
    await expect(new AclFileOnDisk(path, UMASK).write('x')).rejects.toThrow(/^(?:Is a directory|Directory not empty|File exists)$/)
    await expect(new AclFileOnDisk(path, UMASK).read()).rejects.toThrow('Is a directory')
    expect(readdirSync(folder)).toEqual(['users.acl'])
    await expect(new AclFileOnDisk(join(folder, 'no/users.acl'), UMASK).write('x')).rejects.toThrow('No such file or directory')
    expect(existsSync(join(folder, 'no'))).toBe(false)
  })
})
