import { unlinkSync, writeFileSync } from 'node:fs'

/** `<pid>` and a line end, mode 0666 & ~umask (config.md 1.7). Returns the system's words when it cannot be written. */
export function writePidFile(path: string, processId: number): string | undefined {
  try {
    writeFileSync(path, `${processId}\n`)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Removing is best effort: at exit nobody could do anything about a failure. */
export function removePidFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // It is gone already, or not ours to remove.
  }
}
