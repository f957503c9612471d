/** The file of our own state on the disk: docs/decisions/0047-state-of-our-own.md. */
import * as fs from 'node:fs'
import * as fsPromises from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import type { StoreFileSystem } from '../../../src/config/index.ts'
import { NO_OWN_STATE } from '../../../src/core/index.ts'
import { OwnStateFile, ownStatePath, readOwnState, type OwnStateFileOptions } from '../../../src/own-state/index.ts'
import { KeptTexts } from '../../../src/own-state/kept-texts.ts'
import { encode } from '../../../src/own-state/format.ts'
import { content, failover, id } from './samples.ts'

const isRoot = process.getuid?.() === 0

let folder: string
let configFile: string
let path: string

beforeEach(() => {
  folder = fs.mkdtempSync(join(tmpdir(), 'own-state-'))
  configFile = join(folder, 's.conf')
  path = ownStatePath(configFile)
  fs.writeFileSync(configFile, 'port 26379\n')
})

afterEach(() => {
  fs.chmodSync(folder, 0o755)
  fs.rmSync(folder, { recursive: true, force: true })
})

function open(changes: Partial<OwnStateFileOptions> = {}): OwnStateFile {
  return new OwnStateFile({
    configFile, umask: 0o022, reading: readOwnState(path), failovers: () => new Map([['mymaster', [failover()]]]),
    isMonitored: (master) => master === 'mymaster', ...changes,
  })
}

const STATE = { ...NO_OWN_STATE, lineage: new Map([['mymaster', [id(1)]]]) }

function names(): string[] {
  return fs.readdirSync(folder).sort()
}

function good() {
  const reading = readOwnState(path)
  if (reading.kind !== 'good') throw new Error(`the file is ${reading.kind}`)
  return reading.content
}

describe('the file of our own state', () => {
  it('is beside the configuration, comes back as written, and nothing else is left', async () => {
    await open().save(STATE)
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel.json'])
    expect(good()).toMatchObject({ lineage: STATE.lineage, failovers: new Map([['mymaster', [failover()]]]) })
  })

  it('keeps the voters of a master that was removed, and nothing else of it', async () => {
    const voters = new Map([['gone', { ids: [id(7)], least: 2, until: 1_700_000_600_000 }]])
    await open().save({ ...STATE, voters, lineage: new Map([['gone', [id(3)]]]) })
    expect(good()).toMatchObject({ voters, lineage: new Map() })
  })

  it('is replaced by each write, and keeps the keys that this program does not know', async () => {
    const unknown = { top: new Map([['schedules', [1]]]), masters: new Map([['mymaster', new Map([['later', 5]])], ['gone', new Map([['later', 6]])]]) }
    fs.writeFileSync(path, encode(content({ unknown }), new KeptTexts()))
    const file = open()
    for (const number of [1, 2]) await file.save({ ...NO_OWN_STATE, lineage: new Map([['mymaster', [id(number)]]]) })
    expect(good()).toMatchObject({ lineage: new Map([['mymaster', [id(2)]]]), unknown: { top: unknown.top, masters: new Map([['mymaster', new Map([['later', 5]])]]) } })
  })

  it('has nothing of masters that are not monitored', async () => {
    await open({ failovers: () => new Map([['gone', [failover({ master: 'gone' })]]]) }).save({ ...NO_OWN_STATE, lineage: new Map([['gone', [id(1)]]]) })
    expect(good()).toMatchObject({ lineage: new Map(), failovers: new Map() })
  })

  it('gets the mode of the configuration, and keeps its own afterwards', async () => {
    for (const mode of [0o600, 0o640, 0o664]) {
      fs.rmSync(path, { force: true })
      fs.chmodSync(configFile, mode)
      const file = open()
      await file.save(STATE)
      expect(fs.statSync(path).mode & 0o7777).toBe(mode)
      fs.chmodSync(path, 0o604)
      await file.save(STATE)
      expect(fs.statSync(path).mode & 0o7777).toBe(0o604)
    }
  })

  it.runIf(isRoot)('gets the owner of the configuration', async () => {
    fs.chownSync(configFile, 12_345, 12_346)
    await open().save(STATE)
    expect(fs.statSync(path)).toMatchObject({ uid: 12_345, gid: 12_346 })
  })

  it('is opened without a line in the log when it is good, and with one of level verbose when it is missing', async () => {
    expect(open().open()).toEqual({ level: 'verbose', text: expect.stringContaining(`There is no ${path} yet`) as string })
    await open().save(STATE)
    expect(open().open()).toBeUndefined()
  })
})

describe('a file that cannot be used', () => {
  const cases: readonly (readonly [string, string, () => void])[] = [
    ['damaged', 'is damaged: it is empty', () => { fs.writeFileSync(path, '') }],
    ['damaged', 'is damaged: it has more than 16777216 bytes', () => { fs.writeFileSync(path, Buffer.alloc(16 * 1024 * 1024 + 1)) }],
    ['newer', 'was written by a newer ts-sentinel: it has version 2', () => { fs.writeFileSync(path, '{"version":2}') }],
    ['unreadable', 'cannot be read: it is not a file', () => { fs.mkdirSync(path) }],
  ]

  it.each(cases)('is set aside as %s, which is logged once with the path and what to do: %s', async (kind, why, make) => {
    make()
    const file = open()
    const line = file.open()
    expect(line?.level).toBe('warning')
    expect(line?.text).toContain(`${path} ${why}`)
    expect(line?.text).toContain(`The file is now ${path}.${kind}-1.`)
    expect(names()).toEqual(['s.conf', `s.conf.ts-sentinel.json.${kind}-1`])
    await file.save(STATE)
    expect(good().lineage).toEqual(STATE.lineage)
    expect(names()).toHaveLength(3)
    expect(open().open()).toBeUndefined()
  })

  it.skipIf(isRoot)('is set aside when this user must not read it', () => {
    fs.writeFileSync(path, '{}', { mode: 0o000 })
    expect(open().open()?.text).toContain('cannot be read: Permission denied')
    expect(names()).toContain('s.conf.ts-sentinel.json.unreadable-1')
  })

  it('gets a new number each time, and stays in its place unused when there are nine', async () => {
    for (let number = 1; number <= 9; number += 1) {
      fs.writeFileSync(path, String(number))
      expect(open().open()?.text).toContain(`.damaged-${number}.`)
    }
    fs.writeFileSync(path, 'tenth')
    const file = open()
    expect(file.open()?.text).toContain('It cannot be renamed (there are 9 files up to')
    await expect(file.save(STATE)).rejects.toMatchObject({ strerror: expect.stringContaining('the file there is damaged') as string })
    expect(fs.readFileSync(path, 'utf8')).toBe('tenth')
    expect(fs.readFileSync(`${path}.damaged-1`, 'utf8')).toBe('1')
    fs.rmSync(`${path}.damaged-4`)
    await file.save(STATE)
    expect(fs.readFileSync(`${path}.damaged-4`, 'utf8')).toBe('tenth')
    expect(good().lineage).toEqual(STATE.lineage)
  })

  it.skipIf(isRoot)('stays where it is in a folder that is read-only, until that changes', async () => {
    fs.writeFileSync(path, 'x')
    fs.chmodSync(folder, 0o555)
    const file = open()
    expect(file.open()?.text).toContain('It cannot be renamed (Permission denied) and is not overwritten')
    await expect(file.save(STATE)).rejects.toThrow()
    fs.chmodSync(folder, 0o755)
    await file.save(STATE)
    expect(fs.readFileSync(`${path}.damaged-1`, 'utf8')).toBe('x')
  })
})

describe('a write that fails', () => {
  type Spoil = (handle: fsPromises.FileHandle, fail: () => Promise<never>) => void
  const failures: readonly (readonly [string, string, Spoil])[] = [
    ['ENOSPC', 'No space left on device', (handle, fail) => { handle.write = fail }],
    ['EIO', 'Input/output error', (handle, fail) => { handle.sync = fail }],
  ]

  it.each(failures)('leaves the old file and rejects with the text of the system: %s', async (code, strerror, spoil) => {
    await open().save(STATE)
    const old = fs.readFileSync(path, 'utf8')
    const fail = () => Promise.reject(Object.assign(new Error(code), { code }))
    const fileSystem: StoreFileSystem = {
      ...fsPromises,
      open: async (file, flags, mode) => {
        const handle = await fsPromises.open(file, flags, mode)
        if (flags === 'wx') spoil(handle, fail)
        return handle
      },
    }
    await expect(open({ fileSystem }).save(NO_OWN_STATE)).rejects.toMatchObject({ strerror })
    expect(fs.readFileSync(path, 'utf8')).toBe(old)
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel.json'])
  })

  it('leaves the old file when it cannot be renamed or created', async () => {
    await open().save(STATE)
    const old = fs.readFileSync(path, 'utf8')
    const fail = () => Promise.reject(Object.assign(new Error('EROFS'), { code: 'EROFS' }))
    const readOnly: StoreFileSystem = {
      ...fsPromises, open: (file, flags, mode) => flags === 'wx' ? fail() : fsPromises.open(file, flags, mode),
    }
    for (const fileSystem of [{ ...fsPromises, rename: fail }, readOnly]) {
      await expect(open({ fileSystem }).save(NO_OWN_STATE)).rejects.toMatchObject({ strerror: 'Read-only file system' })
    }
    expect(fs.readFileSync(path, 'utf8')).toBe(old)
    expect(names()).toEqual(['s.conf', 's.conf.ts-sentinel.json'])
  })
})
