/** A sentinel whose folder is a small file system of its own, which a test can fill. */
import { spawnSync } from 'node:child_process'
import { writeFileSync } from 'node:fs'
import { dirname, join } from 'node:path'

import type { SentinelProcess, SentinelProgram } from '../../src/harness/index.ts'

/** Size of the file system in KiB: enough for the files of a sentinel. */
const SIZE_KIB = 512

const SCRIPT = `mkdir -p "$1-disk" && mount -t tmpfs -o size=${SIZE_KIB}k tmpfs "$1-disk" && cp -a "$1/." "$1-disk"`
  + ' && mount --bind "$1-disk" "$1" && cd "$1" && shift 1 && exec "$@"'

/** Whether this user may mount, in a mount namespace that no other process sees and that ends with the process. */
export function canMount(): boolean {
  return spawnSync('unshare', ['-m', 'mount', '-t', 'tmpfs', 'tmpfs', '/tmp']).status === 0
}

/** The program in a mount namespace of its own, on a small disk that has a copy of its folder. */
export function onSmallDisk(program: SentinelProgram): SentinelProgram {
  return {
    name: program.name,
    command: (configFile) => {
      const { file, args, ...rest } = program.command(configFile)
      return { ...rest, file: 'unshare', args: ['-m', 'sh', '-c', SCRIPT, 'sh', dirname(configFile), file, ...args] }
    },
  }
}

/** Writes to the disk of this sentinel until nothing more fits. */
export function fillDisk({ configFile, process: { pid } }: SentinelProcess): void {
  const filler = join(`/proc/${pid}/root`, dirname(configFile), 'filler')
  try {
    writeFileSync(filler, Buffer.alloc(2 * SIZE_KIB * 1024))
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === 'ENOSPC') return
    throw error
  }
  throw new Error(`${filler} fits on a disk of ${SIZE_KIB} KiB`)
}
