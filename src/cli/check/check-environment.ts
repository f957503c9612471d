/**
 * The environment for loading a file without side effects: no file is created, the working directory does not change.
 */
import { readFileSync, realpathSync, statfsSync } from 'node:fs'

import type { ConfigEnvironment } from '../../config/index.ts'
import { detachedEnvironment } from '../../daemon/index.ts'

/** `inPlace`: the text, as byte text, that is read instead of the file at this path. */
export function checkEnvironment(inPlace?: { readonly path: string, readonly text: string }): ConfigEnvironment {
  const real = detachedEnvironment(process.cwd())
  const replaced = inPlace === undefined ? undefined : real.identity(inPlace.path)
  return {
    ...real,
    // file-rules.ts checks whether the file can be written, and reports more.
    checkWritable: () => undefined,
    readFile: (path) => (
      inPlace !== undefined && real.identity(path) === replaced
        ? { ok: true, value: inPlace.text } : real.readFile(path)
    ),
  }
}

/** Whether this folder's file system has no space for users. False where that is unknown or not counted. */
export function isFull(folder: string): boolean {
  try {
    const { blocks, bavail } = statfsSync(folder)
    return blocks > 0 && bavail === 0
  } catch {
    return false
  }
}

/** Whether the path itself is a mount point, as with `docker run --volume FILE:FILE`. False where that is unknown. */
export function isMountPoint(path: string, mountInfo = '/proc/self/mountinfo'): boolean {
  try {
    const real = realpathSync(path)
    const mounts = readFileSync(mountInfo, 'utf8').split('\n')
    return mounts.some((line) => unescaped(line.split(' ')[4] ?? '') === real)
  } catch {
    // Without /proc the answer is unknown. A missing file is reported by a rule of its own.
    return false
  }
}

/** Mount information has blanks and backslashes as octal numbers. */
function unescaped(text: string): string {
  return text.replace(/\\([0-7]{3})/g, (_all, digits: string) => String.fromCharCode(parseInt(digits, 8)))
}
