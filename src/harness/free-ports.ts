import { closeSync, mkdirSync, openSync, readdirSync, readFileSync, rmdirSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { dirname, join, resolve } from 'node:path'

import { hasCode } from './error-code.ts'

// Ports stay below 32768, where Linux starts to give ports to outgoing connections: a port that was free a moment ago
// can then only be taken by a program that asks for its number.
const LOWEST_PORT = 10_240
const HIGHEST_PORT = 32_000

/** If so many ports are in use, the machine has a problem that more tries do not solve. */
const MAX_TRIES = 2_000

/** A port reserved until it is released, also against other test processes that use this harness. */
export interface ClaimedPort {
  readonly port: number
  release(): void
}

/**
 * Claims a free port. Test files often run in parallel, and between the check of a port and the start of redis-server
 * another file could choose the same port; a lock file for each port prevents that.
 *
 * @throws Error when no port can be found
 */
export async function claimPort(): Promise<ClaimedPort> {
  const span = HIGHEST_PORT - LOWEST_PORT
  const start = Math.floor(Math.random() * span)
  for (let tried = 0; tried < MAX_TRIES; tried++) {
    // A stride that is prime to the span visits all ports, and ports that are claimed one after the other are not
    // adjacent.
    const port = LOWEST_PORT + (start + tried * 7) % span
    const lock = lockPort(port)
    if (lock === undefined) continue
    if (await isFree(port)) return { port, release: () => { unlock(lock) } }
    unlock(lock)
  }
  throw new Error(`no free port between ${LOWEST_PORT} and ${HIGHEST_PORT} after ${MAX_TRIES} tries`)
}

/** Holds a file for each claimed port, with the number of the process that has claimed it. */
export function lockFolder(): string {
  // One folder for each user, because another user could not write to it.
  return join(resolve(tmpdir()), `ts-sentinel-ports-${process.getuid?.() ?? 'all'}`)
}

function lockPort(port: number): string | undefined {
  const folder = lockFolder()
  const path = join(folder, String(port))
  for (const attempt of ['first', 'second'] as const) {
    mkdirSync(folder, { recursive: true })
    removeStaleLocks(folder)
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return path
    } catch (error) {
      // Another process has just removed the empty folder.
      if (hasCode(error, 'ENOENT')) continue
      if (!hasCode(error, 'EEXIST')) throw error
      if (attempt === 'first' && isStale(path)) rmSync(path, { force: true })
    }
  }
  return undefined
}

/** Releases the port, and removes the folder if this was its last lock. */
function unlock(lock: string): void {
  try {
    // The reaper may have removed it, and another process may have claimed the port meanwhile.
    if (readFileSync(lock, 'utf8') === String(process.pid)) rmSync(lock, { force: true })
    rmdirSync(dirname(lock))
  } catch (error) {
    if (!hasCode(error, 'ENOTEMPTY') && !hasCode(error, 'ENOENT') && !hasCode(error, 'EEXIST')) throw error
  }
}

let areStaleLocksRemoved = false

/** Runs once per process: locks of killed processes would stay for ever, and the folder with them. */
function removeStaleLocks(folder: string): void {
  if (areStaleLocksRemoved) return
  areStaleLocksRemoved = true
  for (const name of readdirSync(folder)) {
    if (isStale(join(folder, name))) rmSync(join(folder, name), { force: true })
  }
}

function isStale(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    // An empty file is a lock that is being written.
    if (!Number.isInteger(owner) || owner <= 0) return false
    process.kill(owner, 0)
    return false
  } catch (error) {
    return hasCode(error, 'ESRCH')
  }
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const probe = createServer()
    probe.once('error', () => { resolve(false) })
    probe.listen({ port, exclusive: true }, () => {
      probe.close(() => { resolve(true) })
    })
  })
}
