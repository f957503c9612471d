/**
 * Stands in for node:fs/promises in a build of the program for tests: at a numbered step of the config write it kills
 * the process, or fails as a disk would. A file of orders, named by the environment, says at which: `crash written`,
 * `fail write ENOSPC`. A second line limits the order to the file whose path ends with it. Without orders it only
 * passes on.
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
export type Step = typeof STEPS[number]

export const { readdir, rm, stat } = fs

export async function open(path: string, flags: string, mode?: number): Promise<FileHandle> {
  const isTemporary = flags === 'wx'
  // Its name is that of the file, a random part and `.tmp`.
  const target = path.replace(/\.[^.]+\.tmp$/, '')
  if (isTemporary) {
    reach('create', target)
    failAt('create', target)
  }
  const file = await fs.open(path, flags, mode)
  return isTemporary ? watched(file, target) : directoryWatched(file)
}

export async function rename(from: string, to: string): Promise<void> {
  await fs.rename(from, to)
  renamed.last = to
  reach('renamed', to)
}

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
  const [, code] = /^fail \w+ (\w+)$/m.exec(orders()) ?? []
  if (code !== undefined && isOrdered(`fail ${step} ${code}`, target)) throw Object.assign(new Error(code), { code })
}

function isOrdered(order: string, target: string): boolean {
  const [ordered, ending = ''] = orders().split('\n')
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
