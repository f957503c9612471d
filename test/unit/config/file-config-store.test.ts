import * as fs from 'node:fs/promises'
import { existsSync, mkdtempSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { afterEach, beforeEach, describe, expect, it } from 'vitest'

import {
  FileConfigStore, KnownText, SaveError, type FileConfigStoreOptions, type LoadedConfig, type StoreFileSystem,
} from '../../../src/config/index.ts'
import { loadGood } from './load-text.ts'
import { OPEN_DEFAULT } from './rewrite-text.ts'

const TEXT = '# mine\nport 41200\nsentinel monitor mymaster 127.0.0.1 41290 2\n'
const isRoot = process.getuid?.() === 0

let directory: string
let path: string
let config: LoadedConfig

beforeEach(() => {
  directory = mkdtempSync(join(tmpdir(), 'config-store-'))
  path = join(directory, 's.conf')
  config = loadGood(TEXT)
})

afterEach(() => {
  rmSync(directory, { recursive: true, force: true })
})

function store(options: Partial<FileConfigStoreOptions> = {}): FileConfigStore {
  return new FileConfigStore({
    saved: { path, state: undefined, restored: undefined, backups: [], isDue: false },
    settings: () => config.settings, userLines: () => [OPEN_DEFAULT], umask: 0o022, warn: () => undefined, ...options,
  })
}

function durable(changes: Partial<LoadedConfig['durable']> = {}): LoadedConfig['durable'] {
  return { ...config.durable, myId: 'a'.repeat(40), ...changes }
}

async function failureOf(save: Promise<void>): Promise<SaveError> {
  try {
    await save
  } catch (error) {
    if (error instanceof SaveError) return error
    throw error
  }
  throw new Error('the save went well')
}

function systemError(code: string): Error {
  return Object.assign(new Error(`${code}: made up`), { code })
}

/** A file system in which one step fails, and in which the file cannot be written in place either. */
function failing(step: 'create' | 'write' | 'sync' | 'chmod' | 'rename' | 'sync-directory', code: string): StoreFileSystem {
  const fail = () => Promise.reject(systemError(code))
  return {
    ...fs,
    rename: step === 'rename' ? fail : fs.rename,
    open: async (file, flags, mode) => {
      if ((flags === 'wx' && step === 'create') || flags === 'r+') return fail()
      const handle = await fs.open(file, flags, mode)
      if (flags === 'wx' && step === 'write') handle.write = fail
      if (flags === 'wx' && step === 'sync') handle.sync = fail
      if (flags === 'wx' && step === 'chmod') handle.chmod = fail
      if (step === 'sync-directory' && String(file) === directory) handle.sync = fail
      return handle
    },
  }
}

describe('saving the configuration file (config.md 6.6)', () => {
  it('replaces the file by one that loads to the same state, and leaves nothing else behind', async () => {
    await fs.writeFile(path, TEXT)
    await store().save(durable({ currentEpoch: 7n }))
    const text = await fs.readFile(path, 'latin1')
    expect(text).toMatch(/^# mine\nport 41200\n/)
    expect(loadGood(text).durable).toEqual(durable({ currentEpoch: 7n }))
    expect(await fs.readdir(directory)).toEqual(['s.conf'])
  })

  it('reads the file again for each save, and keeps lines that were added meanwhile', async () => {
    await fs.writeFile(path, TEXT)
    const saving = store()
    await saving.save(durable())
    await fs.appendFile(path, '# added by hand\ntimeout 55\n')
    await saving.save(durable())
    expect(await fs.readFile(path, 'latin1')).toMatch(/# added by hand\ntimeout 0\n/)
  })

  it('keeps the mode', async () => {
    await fs.writeFile(path, TEXT)
    for (const mode of [0o600, 0o640, 0o664]) {
      await fs.chmod(path, mode)
      await store({ umask: 0o077 }).save(durable())
      expect((await fs.stat(path)).mode & 0o7777).toBe(mode)
    }
  })

  it('keeps a mode that was changed between two saves, and never shows the text to others meanwhile', async () => {
    await fs.writeFile(path, TEXT)
    await fs.chmod(path, 0o644)
    const modes: number[] = []
    const looking: StoreFileSystem = {
      ...fs,
      open: async (file, flags, mode) => {
        const handle = await fs.open(file, flags, mode)
        const write = handle.write.bind(handle) as (bytes: Buffer, from: number) => ReturnType<typeof handle.write>
        const watched = async (bytes: Buffer, from: number) => {
          modes.push((await handle.stat()).mode & 0o777)
          return write(bytes, from)
        }
        return Object.assign(handle, { write: watched })
      },
    }
    const saving = store({ fileSystem: looking })
    await saving.save(durable({ currentEpoch: 1n }))
    await fs.chmod(path, 0o600)
    await saving.save(durable({ currentEpoch: 2n }))
    expect((await fs.stat(path)).mode & 0o777).toBe(0o600)
    await fs.chmod(path, 0o640)
    await saving.save(durable({ currentEpoch: 3n }))
    expect((await fs.stat(path)).mode & 0o777).toBe(0o640)
    expect(modes).toEqual([0o600, 0o600, 0o600])
  })

  it.runIf(isRoot)('keeps the owner and the group', async () => {
    await fs.writeFile(path, TEXT)
    await fs.chown(path, 1234, 2345)
    await fs.chmod(path, 0o640)
    await store().save(durable())
    expect(await fs.stat(path)).toMatchObject({ uid: 1234, gid: 2345 })
    expect((await fs.stat(path)).mode & 0o7777).toBe(0o640)
  })

  it.each([[0o022, 0o644], [0o077, 0o600], [0o026, 0o640]])('gives a new file the mode of umask %o', async (umask, mode) => {
    await store({ umask }).save(durable())
    expect((await fs.stat(path)).mode & 0o777).toBe(mode)
    expect(await fs.readFile(path, 'latin1')).toMatch(/^# Generated by CONFIG REWRITE\n/)
  })

  it('replaces a symbolic link and leaves its target alone', async () => {
    const target = join(directory, 'target')
    await fs.writeFile(target, TEXT)
    await fs.symlink(target, path)
    await store().save(durable())
    expect((await fs.lstat(path)).isFile()).toBe(true)
    expect(await fs.readFile(target, 'latin1')).toBe(TEXT)
  })

  it('keeps bytes that are no text', async () => {
    await fs.writeFile(path, Buffer.from('# caf\xe9\n', 'latin1'))
    await store().save(durable())
    expect(await fs.readFile(path, 'latin1')).toMatch(/^# caf\xe9\n/)
  })

  it('removes temporary files of a process that was killed while it saved, and nothing else', async () => {
    const others = ['s.conf.backup', 's.conf.abc.tmp', 's.conf.tmp', 'x.conf.Abc123.tmp', 'Abc123.tmp']
    for (const name of ['s.conf', ...others]) await fs.writeFile(join(directory, name), TEXT)
    await fs.writeFile(join(directory, 's.conf.Abc123.tmp'), 'half a fi')
    await store().save(durable())
    expect((await fs.readdir(directory)).sort()).toEqual(['s.conf', ...others].sort())
  })

  it('reads the file once as long as no other process writes it', async () => {
    await fs.writeFile(path, TEXT)
    const reads: string[] = []
    const counting: StoreFileSystem = {
      ...fs,
      open: (file, flags, mode) => {
        if (String(file) === path) reads.push(String(flags))
        return fs.open(file, flags, mode)
      },
    }
    const ours = store({ fileSystem: counting })
    await ours.save(durable({ currentEpoch: 7n }))
    await ours.save(durable({ currentEpoch: 8n }))
    expect(reads).toEqual(['r'])
    // As long as before, and changed in place.
    const text = await fs.readFile(path, 'latin1')
    await fs.writeFile(path, text.replace('# mine', '# ours'))
    await ours.save(durable({ currentEpoch: 9n }))
    expect(await fs.readFile(path, 'latin1')).toBe(text.replace('# mine', '# ours').replace('epoch 8', 'epoch 9'))
  })

  it('keeps a change that another process makes to the file during a save', async () => {
    await fs.writeFile(path, TEXT)
    const saving = store()
    await saving.save(durable({ currentEpoch: 7n }))
    const text = await fs.readFile(path, 'latin1')
    let isDue = false
    const changing = store({
      fileSystem: {
        ...fs,
        stat: async (...args: Parameters<typeof fs.stat>) => {
          if (!isDue) return fs.stat(...args)
          isDue = false
          await fs.writeFile(path, text.replace('# mine', '# ours'))
          return fs.stat(...args)
        },
      } as StoreFileSystem,
    })
    await changing.save(durable({ currentEpoch: 8n }))
    isDue = true
    await changing.save(durable({ currentEpoch: 9n }))
    const changed = await fs.readFile(path, 'latin1')
    expect(changed.trimEnd()).toBe(text.replace('# mine', '# ours').replace('epoch 7', 'epoch 9').trimEnd())
  })

  it('closes every descriptor', async () => {
    await fs.writeFile(path, TEXT)
    let open = 0
    const counting: StoreFileSystem = {
      ...fs,
      open: async (file, flags, mode) => {
        const handle = await fs.open(file, flags, mode)
        open += 1
        const close = handle.close.bind(handle)
        handle.close = () => {
          open -= 1
          return close()
        }
        return handle
      },
    }
    await store({ fileSystem: counting }).save(durable())
    const failure = await failureOf(store({ fileSystem: { ...counting, rename: failing('rename', 'EIO').rename } }).save(durable()))
    expect(failure.strerror).toBe('Input/output error')
    await expect.poll(() => open).toBe(0)
  })

  it('writes the given user lines', async () => {
    await store({ userLines: () => ['user bob on'] }).save(durable())
    expect(await fs.readFile(path, 'latin1')).toMatch(/^user bob on$/m)
  })
})

describe('a save that fails (config.md 6.7)', () => {
  it.each([
    ['create', 'EACCES', 'Permission denied', 'Could not create tmp config file (Permission denied)'],
    ['create', 'EROFS', 'Read-only file system', 'Could not create tmp config file (Read-only file system)'],
    ['write', 'ENOSPC', 'No space left on device', 'Failed after writing (0) bytes to tmp config file (No space left on device)'],
    ['sync', 'EIO', 'Input/output error', 'Could not sync tmp config file to disk (Input/output error)'],
    ['chmod', 'EPERM', 'Operation not permitted', 'Could not chmod config file (Operation not permitted)'],
    ['rename', 'EBUSY', 'Device or resource busy', 'Could not rename tmp config file (Device or resource busy)'],
  ] as const)('%s with %s leaves the old file and nothing else', async (step, code, strerror, line) => {
    await fs.writeFile(path, TEXT)
    // More than the umask lets a new file have.
    await fs.chmod(path, 0o666)
    const failure = await failureOf(store({ fileSystem: failing(step, code) }).save(durable()))
    expect(failure).toMatchObject({ strerror, step: line })
    expect(await fs.readFile(path, 'latin1')).toBe(TEXT)
    expect(await fs.readdir(directory)).toEqual(['s.conf'])
  })

  it('is reported when only the directory could not be made durable', async () => {
    await fs.writeFile(path, TEXT)
    expect(await failureOf(store({ fileSystem: failing('sync-directory', 'EIO') }).save(durable())))
      .toMatchObject({ step: 'Could not sync config file dir (Input/output error)' })
    await store({ fileSystem: failing('sync-directory', 'EINVAL') }).save(durable())
  })

  it('names a directory in the place of the file, and one that is gone', async () => {
    await fs.mkdir(path)
    expect(await failureOf(store().save(durable()))).toMatchObject({ strerror: 'Is a directory', step: undefined })
    rmSync(directory, { recursive: true })
    expect(await failureOf(store().save(durable()))).toMatchObject({
      strerror: 'No such file or directory', step: 'Could not create tmp config file (No such file or directory)',
    })
  })

  it('refuses to put a file in place that would not load', async () => {
    await fs.writeFile(path, TEXT)
    const [master] = config.durable.masters
    if (master === undefined) throw new Error('no master')
    const failure = await failureOf(store().save(durable({ masters: [{ ...master, host: 'name.example' }] })))
    expect(failure.step).toContain("Can't resolve instance hostname.")
    expect(await fs.readFile(path, 'latin1')).toBe(TEXT)
  })

  it('does not stop the next one', async () => {
    await fs.writeFile(path, TEXT)
    let broken = true
    const fileSystem = {
      ...fs,
      rename: (...args: Parameters<typeof fs.rename>) => broken ? Promise.reject(systemError('EIO')) : fs.rename(...args),
    }
    const saving = store({ fileSystem })
    await failureOf(saving.save(durable()))
    broken = false
    await saving.save(durable({ currentEpoch: 3n }))
    expect(await fs.readFile(path, 'latin1')).toContain('sentinel current-epoch 3\n')
    expect(existsSync(path)).toBe(true)
  })
})

describe('an edit of another program', () => {
  let warnings: string[]
  let known: KnownText
  beforeEach(async () => {
    warnings = []
    known = new KnownText(TEXT)
    await fs.writeFile(path, TEXT)
  })
  const editedStore = () => store({ known, warn: (text) => { warnings.push(text) } })

  it('that a save overwrites is reported, without values', async () => {
    const edited = `${TEXT}sentinel auth-pass mymaster hidden\n`.replace(' 2\n', ' 3\n').replace('port 41200\n', 'port 41201\n# more\n')
    await fs.writeFile(path, edited)
    await editedStore().save(durable())
    expect(warnings).toEqual([expect.stringContaining('(port, sentinel monitor mymaster, sentinel auth-pass mymaster)') as string])
    expect(warnings.join()).not.toContain('hidden')
    expect(await fs.readFile(path, 'utf8')).toContain('# more\n')
  })

  it('that removed a line is reported when a save writes it again', async () => {
    const current = editedStore()
    await current.save(durable())
    await fs.writeFile(path, '# mine\n')
    await current.save(durable())
    expect(warnings).toEqual([expect.stringContaining('sentinel monitor mymaster') as string])
  })

  it('that only changes comments is kept and not reported', async () => {
    const current = editedStore()
    await current.save(durable())
    await fs.writeFile(path, `# new\n${await fs.readFile(path, 'utf8')}`)
    await current.save(durable())
    expect(warnings).toEqual([])
    expect(await fs.readFile(path, 'utf8')).toMatch(/^# new\n/)
  })

  it.each([['by a rename', true], ['in place', false]])('that comes while a save runs is reported and its comments are kept: %s', async (_how, isRenamed) => {
    let isDue = true
    const edited = `# late\n${TEXT.replace(' 2\n', ' 3\n')}`
    const edit = async () => {
      isDue = false
      await fs.writeFile(isRenamed ? `${path}.edit` : path, edited)
      if (isRenamed) await fs.rename(`${path}.edit`, path)
    }
    await store({
      known, warn: (text) => { warnings.push(text) },
      fileSystem: {
        ...fs,
        open: async (file, flags, mode) => {
          const handle = await fs.open(file, flags, mode)
          const sync = handle.sync.bind(handle)
          if (flags === 'wx' && isDue) handle.sync = () => edit().then(sync)
          return handle
        },
      },
    }).save(durable())
    expect(warnings).toEqual([expect.stringContaining('(sentinel monitor mymaster)') as string])
    expect(await fs.readFile(path, 'utf8')).toMatch(/^# late\n/)
    expect(await fs.readdir(directory)).toEqual(['s.conf'])
  })

  it('that was read again is not reported', async () => {
    const edited = TEXT.replace(' 2\n', ' 3\n')
    await fs.writeFile(path, edited)
    known.accept(edited)
    await editedStore().save(durable())
    expect(warnings).toEqual([])
  })

  it('is not confused with what a failed save left', async () => {
    let isFailing = true
    const current = store({
      known, warn: (text) => { warnings.push(text) },
      fileSystem: {
        ...fs,
        open: async (file, flags, mode) => {
          const handle = await fs.open(file, flags, mode)
          if (isFailing && String(file) === directory) handle.sync = () => Promise.reject(systemError('EIO'))
          return handle
        },
      },
    })
    expect((await failureOf(current.save(durable({ announceIp: '10.0.0.1' })))).strerror).not.toBe('')
    isFailing = false
    expect(known.isOwn(await fs.readFile(path, 'latin1'))).toBe(true)
    await current.save(durable({ announceIp: '10.0.0.2' }))
    expect(warnings).toEqual([])
    expect(known.isOwn(await fs.readFile(path, 'latin1'))).toBe(true)
  })
})
