import { unlinkSync, writeFileSync } from 'node:fs'

/** Writes `<pid>` and a line end, mode 0666 & ~umask (config.md 1.7). Returns the system's error text when it fails. */
export function writePidFile(path: string, processId: number): string | undefined {
  try {
    writeFileSync(path, `${processId}\n`)
    return undefined
  } catch (error) {
    return (error as Error).message
  }
}

/** Ignores failures: at exit nothing can be done about them. */
export function removePidFile(path: string): void {
  try {
    unlinkSync(path)
  } catch {
    // The file is missing, or this process may not remove it.
  }
}
