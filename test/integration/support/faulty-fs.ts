/**
 * Stands in for node:fs/promises in a build of the program for tests: at a numbered step of the config write it kills
 * the process, or fails as a disk would. A file of orders, named by the environment, says at which: `crash written`,
 * `fail write ENOSPC`. A second line limits the order to the file whose path ends with it. Without orders it only
 * passes on. An order holds for the writes that begin after it was given, not for one that has passed some steps.
 */
import { readFileSync } from 'node:fs'
import * as fs from 'node:fs/promises'
import type { FileHandle } from 'node:fs/promises'

/** Where the orders are. */
export const ORDERS = 'TS_SENTINEL_TEST_DISK'

/** In the order in which a save comes by. */
export const STEPS = [
  'create', 'created', 'half written', 'written', 'synced', 'mode set', 'renamed', 'directory synced',
] as const
/** What comes by when the file is written in place, behind a save of its backup. */
export const IN_PLACE_STEPS = ['opened', 'half overwritten', 'overwritten', 'flushed', 'backup removed'] as const
export type Step = typeof STEPS[number] | typeof IN_PLACE_STEPS[number]

/** In the environment: the path of a file that cannot be replaced, as if it were a mount point. */
export const MOUNTED = 'TS_SENTINEL_TEST_MOUNTED'

export const { readdir, stat } = fs

export async function open(path: string, flags: string, mode?: number): Promise<FileHandle> {
  const isTemporary = flags === 'wx'
  // Its name is that of the file, a random part and `.tmp`.
  const target = path.replace(/\.[^.]+\.tmp$/, '')
  if (isTemporary) {
    ordersAtStart.set(target, orders())
    reach('create', target)
    failAt('create', target)
  }
  // Where no file can be created in the folder, the file is not writable in place either.
  if (flags === 'r+') failAt('create', path)
  const file = await fs.open(path, flags, mode)
  if (flags === 'r+') return overwritten(file, path)
  return isTemporary ? watched(file, target) : directoryWatched(file)
}

export async function rename(from: string, to: string): Promise<void> {
  if (to === process.env[MOUNTED]) throw Object.assign(new Error('EBUSY'), { code: 'EBUSY' })
  await fs.rename(from, to)
  renamed.last = to
  reach('renamed', to)
}

/** What was ordered when the last write of each file began. */
const ordersAtStart = new Map<string, string>()

/** The file that was replaced last: the sync of the directory belongs to it. */
const renamed = { last: '' }

function watched(file: FileHandle, target: string): FileHandle {
  reach('created', target)
  const { write, sync, chmod } = bound(file)
  return Object.assign(file, {
    write: async (bytes: Buffer, from: number) => {
      failAt('write', target)
      if (isOrdered('crash half written', target)) {
        await write(bytes, from, Math.floor(bytes.length / 2))
        reach('half written', target)
      }
      const result = await write(bytes, from)
      reach('written', target)
      return result
    },
    sync: async () => {
      await sync()
      reach('synced', target)
    },
    chmod: async (mode: number) => {
      await chmod(mode)
      reach('mode set', target)
    },
  })
}

export async function rm(path: string, options: { readonly force?: boolean }): Promise<void> {
  await fs.rm(path, options)
  if (path.endsWith('-backup')) reach('backup removed', overwriting.last)
}

/** The file that was opened last to be written in place: the backup belongs to it. */
const overwriting = { last: '' }

type WriteAt = (bytes: Buffer, from: number, length: number, position: number) => ReturnType<FileHandle['write']>

function overwritten(file: FileHandle, target: string): FileHandle {
  ordersAtStart.set(target, orders())
  overwriting.last = target
  reach('opened', target)
  const { sync } = bound(file)
  const write: WriteAt = file.write.bind(file)
  return Object.assign(file, {
    write: async (...[bytes, from, length, position]: Parameters<WriteAt>) => {
      if (isOrdered('crash half overwritten', target) && position === 0) {
        // As after a power cut: the file ends where its new length was not on the disk yet.
        await write(bytes, from, Math.floor(length / 2), position)
        await file.truncate(Math.floor(length / 2))
        reach('half overwritten', target)
      }
      return write(bytes, from, length, position)
    },
    sync: async () => {
      reach('overwritten', target)
      await sync()
      reach('flushed', target)
    },
  })
}

function directoryWatched(file: FileHandle): FileHandle {
  const { sync } = bound(file)
  return Object.assign(file, {
    sync: async () => {
      await sync()
      reach('directory synced', renamed.last)
    },
  })
}

function bound(file: FileHandle) {
  return {
    write: file.write.bind(file),
    sync: file.sync.bind(file),
    chmod: file.chmod.bind(file),
  }
}

function reach(step: Step, target: string): void {
  if (isOrdered(`crash ${step}`, target)) process.kill(process.pid, 'SIGKILL')
}

function failAt(step: string, target: string): void {
  const [, code] = /^fail \w+ (\w+)$/m.exec(ordersAtStart.get(target) ?? '') ?? []
  if (code !== undefined && isOrdered(`fail ${step} ${code}`, target)) throw Object.assign(new Error(code), { code })
}

function isOrdered(order: string, target: string): boolean {
  const [ordered, ending = ''] = (ordersAtStart.get(target) ?? '').split('\n')
  return ordered === order && target.endsWith(ending)
}

function orders(): string {
  try {
    return readFileSync(process.env[ORDERS] ?? '', 'utf8')
  } catch {
    // Nobody has ordered anything.
    return ''
  }
}
