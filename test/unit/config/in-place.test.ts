/** A file that cannot be replaced is written in place: docs/decisions/0057-state-config-file.md. */
import * as fs from 'node:fs/promises'
import { mkdirSync, mkdtempSync, readdirSync, readFileSync, realpathSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import { backupPaths, decodeBackup, encodeBackup, judgeBackup } from '../../../src/config/backup.ts'
import {
  FileConfigStore, loadConfig, nodeConfigEnvironment, readCommandLine, SaveError, type LoadedConfig,
  type StoreFileSystem,
} from '../../../src/config/index.ts'
import { A40 } from './rewrite-text.ts'

const TEXT = `# mine\nport 41200\nsentinel myid ${A40}\nsentinel monitor mymaster 127.0.0.1 41290 2\n`

let root: string
let folder: string
let path: string
let warnings: string[]
const start = process.cwd()

beforeEach(() => {
  root = realpathSync(mkdtempSync(join(tmpdir(), 'in-place-')))
  folder = join(root, 'conf')
  path = join(folder, 's.conf')
  mkdirSync(folder)
  mkdirSync(join(root, 'work'))
  process.chdir(join(root, 'work'))
  writeFileSync(path, TEXT)
  warnings = []
})

afterEach(() => {
  process.chdir(start)
  rmSync(root, { recursive: true, force: true })
})

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code })
}

interface Faults {
  /** The error of every rename onto the file. */
  readonly rename?: string
  /** The error of every new file in a folder, by the folder. */
  readonly create?: Readonly<Record<string, string>>
  /** The writes of the file in place that fail, from 1 on. A write that fails has written half. */
  readonly failingWrites?: readonly number[]
}

function faulty({ rename, create = {}, failingWrites = [] }: Faults): StoreFileSystem {
  let writes = 0
  return {
    ...fs,
    rename: (from, to) => (
      rename !== undefined && to === path ? Promise.reject(systemError(rename)) : fs.rename(from, to)
    ),
    open: async (file, flags, mode) => {
      const code = flags === 'wx' ? create[dirname(String(file))] : undefined
      if (code !== undefined) throw systemError(code)
      const handle = await fs.open(file, flags, mode)
      if (flags !== 'r+') return handle
      const write = handle.write.bind(handle) as (...args: unknown[]) => Promise<{ bytesWritten: number }>
      const failing = async (bytes: Buffer, at: number, length: number, position: number) => {
        writes += 1
        if (!failingWrites.includes(writes)) return write(bytes, at, length, position)
        await write(bytes, at, Math.floor(length / 2), position)
        throw systemError('ENOSPC')
      }
      return Object.assign(handle, { write: failing })
    },
  }
}

function loaded(): { readonly config: LoadedConfig, readonly log: readonly string[] } {
  const commandLine = readCommandLine('redis-sentinel', [path])
  if (commandLine.action !== 'run') throw new Error('no run')
  const result = loadConfig({ commandLine, environment: nodeConfigEnvironment() })
  if (!result.ok) throw new Error(JSON.stringify(result.failure))
  return { config: result.config, log: result.log.map(({ text }) => text) }
}

function storeOf(config: LoadedConfig, fileSystem: StoreFileSystem): FileConfigStore {
  return new FileConfigStore({
    saved: config.saved, settings: () => config.settings, userLines: () => [], umask: 0o022, fileSystem,
    warn: (text) => { warnings.push(text) },
  })
}

async function save(store: FileConfigStore, config: LoadedConfig, currentEpoch: bigint): Promise<void> {
  await store.save({ ...config.durable, currentEpoch })
}

const BUSY = { rename: 'EBUSY' }

describe('a file that cannot be replaced', () => {
  it.each([
    ['EBUSY from rename', { rename: 'EBUSY' }], ['EPERM from rename', { rename: 'EPERM' }],
  ])('is written in place, and its backup goes: %s', async (_name, faults: Faults) => {
    const { config } = loaded()
    const { ino } = await fs.stat(path)
    const store = storeOf(config, faulty(faults))
    await save(store, config, 3n)
    await save(store, config, 4n)
    expect((await fs.stat(path)).ino).toBe(ino)
    expect(readFileSync(path, 'latin1')).toMatch(/^# mine\nport 41200\n[^]*sentinel current-epoch 4\n/)
    expect(readdirSync(folder)).toEqual(['s.conf'])
    expect(warnings).toEqual([expect.stringContaining(`${path} cannot be replaced (Could not rename tmp config file`)])
    expect(warnings[0]).toContain(`with a backup in ${folder}/s.conf.`)
  })

  it.each(['EACCES', 'EPERM', 'EROFS'])('has its backup in the working directory where its folder refuses files with %s', async (code) => {
    const { config } = loaded()
    await save(storeOf(config, faulty({ create: { [folder]: code } })), config, 3n)
    expect(readFileSync(path, 'latin1')).toContain('sentinel current-epoch 3\n')
    expect(warnings[0]).toContain(`with a backup in ${join(root, 'work')}/s.conf.`)
    expect(readdirSync(join(root, 'work'))).toEqual([])
  })

  it('is replaced again when its folder takes files again', async () => {
    const { config } = loaded()
    const create: Record<string, string> = { [folder]: 'EACCES' }
    const store = storeOf(config, faulty({ create }))
    const { ino } = await fs.stat(path)
    await save(store, config, 3n)
    expect((await fs.stat(path)).ino).toBe(ino)
    delete create[folder]
    await save(store, config, 4n)
    expect((await fs.stat(path)).ino).not.toBe(ino)
    expect(readFileSync(path, 'latin1')).toContain('sentinel current-epoch 4\n')
  })

  it('is written without a backup where none is permitted, and the log has the risk', async () => {
    const { config } = loaded()
    await save(storeOf(config, faulty({ create: { [folder]: 'EACCES', [join(root, 'work')]: 'EROFS' } })), config, 3n)
    expect(readFileSync(path, 'latin1')).toContain('sentinel current-epoch 3\n')
    expect(warnings[0]).toContain('without a backup, because none can be made')
  })

  it('keeps its text when there is no space for the backup', async () => {
    const { config } = loaded()
    const failing = save(storeOf(config, faulty({ create: { [folder]: 'EACCES', [join(root, 'work')]: 'ENOSPC' } })), config, 3n)
    await expect(failing).rejects.toThrow(/^Could not write the backup .* \(No space left on device\)$/)
    expect(readFileSync(path, 'latin1')).toBe(TEXT)
  })

  it('that cannot be opened for writing is reported with the error of the usual way', async () => {
    const { config } = loaded()
    const system = faulty(BUSY)
    const failing = save(storeOf(config, {
      ...system, open: (file, flags, mode) => flags === 'r+' ? Promise.reject(systemError('EROFS')) : system.open(file, flags, mode),
    }), config, 3n)
    await expect(failing).rejects.toThrow('Could not rename tmp config file (Device or resource busy)')
    expect(warnings).toEqual([])
  })

  it('has its old text after a write behind its end failed on a full disk', async () => {
    const { config } = loaded()
    await expect(save(storeOf(config, faulty({ ...BUSY, failingWrites: [1] })), config, 3n)).rejects.toThrow(SaveError)
    expect(readFileSync(path, 'latin1')).toBe(TEXT)
  })

  it('is completed by the next save after one that failed in its middle, comments included', async () => {
    const { config } = loaded()
    const store = storeOf(config, faulty({ ...BUSY, failingWrites: [2] }))
    await expect(save(store, config, 3n)).rejects.toThrow('Could not write config file in place (No space left on device)')
    await save(store, config, 4n)
    expect(readFileSync(path, 'latin1')).toMatch(/^# mine\nport 41200\n[^]*sentinel current-epoch 4\n/)
    expect(readdirSync(folder)).toEqual(['s.conf'])
  })

  it('keeps lines that were added by another program', async () => {
    const { config } = loaded()
    const store = storeOf(config, faulty(BUSY))
    await save(store, config, 3n)
    await fs.appendFile(path, '# added by hand\n')
    await save(store, config, 4n)
    expect(readFileSync(path, 'latin1')).toContain('# added by hand\n')
  })
})

describe('the start after a save in place that was interrupted', () => {
  const NEW = `# mine\nport 41200\nsentinel myid ${A40}\nsentinel monitor mymaster 127.0.0.1 41299 2\n\n# Generated by CONFIG REWRITE\n`
    + 'sentinel current-epoch 77\n'
  const [beside = '', working = ''] = backupPaths('/x/s.conf', ['/w'])

  function leave(found: string, place: 'beside' | 'working' = 'beside', backup = encodeBackup({ old: TEXT, text: NEW })): void {
    writeFileSync(path, found, 'latin1')
    const [first = '', second = ''] = backupPaths(path, [join(root, 'work')])
    writeFileSync(place === 'beside' ? first : second, backup, 'latin1')
  }

  it('looks for the backup beside the file and in the working directory, under one name', () => {
    expect(beside).toMatch(/^\/x\/s\.conf\.[0-9a-f]{8}\.ts-sentinel-backup$/)
    expect(working).toBe(beside.replace('/x/', '/w/'))
  })

  it('takes the new text wherever the file was cut', () => {
    for (let length = 0; length < NEW.length; length += 1) {
      for (const found of [NEW.slice(0, length), NEW.slice(0, length) + TEXT.slice(length), NEW.slice(0, length) + '\0'.repeat(NEW.length - length)]) {
        expect(judgeBackup(found, { old: TEXT, text: NEW })).toBe('interrupted')
      }
    }
    leave(NEW.slice(0, 30))
    const { config, log } = loaded()
    expect(config.durable).toMatchObject({ currentEpoch: 77n, masters: [{ port: 41_299 }] })
    expect(log).toEqual([expect.stringMatching(/^The last save of .*s\.conf was interrupted\. Its text is taken from the backup /)])
    expect(config.saved).toMatchObject({ restored: NEW, isDue: true })
  })

  it('saves the text again, in whatever way', async () => {
    for (const faults of [BUSY, {}]) {
      leave(NEW.slice(0, 30))
      const { config } = loaded()
      await save(storeOf(config, faulty(faults)), config, 78n)
      expect(readFileSync(path, 'latin1')).toMatch(/^# mine\nport 41200\n[^]*sentinel current-epoch 78\n/)
      expect(loaded().log).toEqual([])
      expect(readdirSync(folder)).toEqual(['s.conf'])
    }
  })

  it('finds the backup in the working directory, and in the directory of a dir line', () => {
    leave(NEW.slice(0, 30), 'working')
    expect(loaded().config.durable.currentEpoch).toBe(77n)
    process.chdir(root)
    expect(loaded).toThrow('Unrecognized sentinel configuration statement.')
    writeFileSync(path, `dir ${root}/work\nsentinel myid ${A40}\nsentinel mon`)
    const old = `dir ${root}/work\nsentinel myid ${A40}\nsentinel monitor mymaster 127.0.0.1 41290 2\n`
    const [, place = ''] = backupPaths(path, [join(root, 'work')])
    writeFileSync(place, encodeBackup({ old, text: old.replace('41290', '41299') }), 'latin1')
    expect(loaded().config.durable.masters[0]?.port).toBe(41_299)
  })

  it('does not use a backup that is not complete, of another file, or of a save that was complete', () => {
    const backup = encodeBackup({ old: TEXT, text: NEW })
    expect(decodeBackup(backup)).toEqual({ old: TEXT, text: NEW })
    for (const bad of [backup.slice(0, -1), `${backup}x`, backup.replace('41299', '41298'), '', 'x', '\n']) expect(decodeBackup(bad)).toBeUndefined()
    leave(TEXT, 'beside', backup.slice(0, -1))
    expect(loaded().log).toEqual([])
    leave(NEW)
    expect(loaded()).toMatchObject({ log: [], config: { saved: { restored: undefined, isDue: false } } })
  })

  it('keeps a file that was changed since, and logs it', () => {
    leave(`${TEXT}timeout 7\n`)
    const { config, log } = loaded()
    expect(config.durable.currentEpoch).toBe(0n)
    expect(log).toEqual([expect.stringMatching(/is the backup of a save that was interrupted\. It is not used, because .* was changed since/)])
  })
})
