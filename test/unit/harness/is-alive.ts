import { existsSync, readFileSync } from 'node:fs'

/** Whether a process of this number runs, or has ended without anybody having waited for it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}

/** Whether a process of this number runs; one that has ended and only waits for its parent does not. Linux. */
export function isRunning(pid: number): boolean {
  try {
    const state = readFileSync(`/proc/${pid}/stat`, 'utf8').split(') ').at(-1)?.[0]
    return state !== 'Z' && state !== 'X'
  } catch {
    return isAlive(pid) && !existsSync('/proc/self')
  }
}
