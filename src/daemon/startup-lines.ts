/** Lines that are logged while the process starts (protocol.md 6.2), in this order, and one with our version. */
import { readFileSync } from 'node:fs'
import { BUILD_FACTS, PACKAGE_VERSION } from './version.ts'

export function bannerLines(processId: number): string[] {
  return [
    'oO0OoO0OoO0Oo Redis is starting oO0OoO0OoO0Oo',
    `Redis version=${BUILD_FACTS.version}, bits=64, commit=00000000, modified=0, pid=${processId}, just started`,
    `ts-sentinel version=${PACKAGE_VERSION}, node=${process.version}`,
    'Configuration loaded',
  ]
}

export const MONOTONIC_CLOCK_LINE = 'monotonic clock: POSIX clock_gettime'

export function runningModeLine(port: number): string {
  return `Running mode=sentinel, port=${port}.`
}

/** A warning when the backlog exceeds the limit of the system; undefined otherwise, or when it cannot be read. */
export function backlogWarning(backlog: number, allowedFile = '/proc/sys/net/core/somaxconn'): string | undefined {
  const allowed = Number.parseInt(readIfThere(allowedFile), 10)
  if (Number.isNaN(allowed) || allowed >= backlog) return undefined
  return `WARNING: The TCP backlog setting of ${backlog} cannot be enforced because `
    + `${allowedFile} is set to the lower value of ${allowed}.`
}

function readIfThere(path: string): string {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The system is not Linux, or the file is not visible in this container.
    return ''
  }
}

/** A warning for process 1 when the launcher found no init: orphaned processes stay zombies. */
export function withoutInit(processId: number): string[] {
  if (processId !== 1) return []
  return [
    'Running as process 1 without an init: processes that scripts leave behind stay as zombies. Start the container with '
    + '--init (Docker), init: true (Compose), or put tini in front of the command.',
  ]
}
