/**
 * Stands in for node:fs/promises in a build of the program for tests: at a numbered step of the config write it kills
 * the process, or fails as a disk would. A file of orders, named by the environment, says at which: `crash written`,
 * `fail write ENOSPC`. Without orders it only passes on.
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
  if (isTemporary) {
    reach('create')
    failAt('create')
  }
  const file = await fs.open(path, flags, mode)
  return isTemporary ? watched(file) : directoryWatched(file)
}

export async function rename(from: string, to: string): Promise<void> {
  await fs.rename(from, to)
  reach('renamed')
}

function watched(file: FileHandle): FileHandle {
  reach('created')
  const { write, sync, chmod } = bound(file)
  return Object.assign(file, {
    write: async (bytes: Buffer, from: number) => {
      failAt('write')
      if (isOrdered('crash half written')) {
        await write(bytes, from, Math.floor(bytes.length / 2))
        reach('half written')
      }
      const result = await write(bytes, from)
      reach('written')
      return result
    },
    sync: async () => {
      await sync()
      reach('synced')
    },
    chmod: async (mode: number) => {
      await chmod(mode)
      reach('mode set')
    },
  })
}

function directoryWatched(file: FileHandle): FileHandle {
  const { sync } = bound(file)
  return Object.assign(file, {
    sync: async () => {
      await sync()
      reach('directory synced')
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

function reach(step: Step): void {
  if (isOrdered(`crash ${step}`)) process.kill(process.pid, 'SIGKILL')
}

function failAt(step: string): void {
  const [, code] = /^fail \w+ (\w+)$/.exec(orders()) ?? []
  if (code !== undefined && isOrdered(`fail ${step} ${code}`)) throw Object.assign(new Error(code), { code })
}

function isOrdered(order: string): boolean {
  return orders() === order
}

function orders(): string {
  try {
    return readFileSync(process.env[ORDERS] ?? '', 'utf8')
  } catch {
    // Nobody has ordered anything.
    return ''
  }
}
