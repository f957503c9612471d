/** Whether a process of this number runs, or has ended without anybody having waited for it. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch {
    return false
  }
}
