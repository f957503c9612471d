import { closeSync, mkdirSync, openSync, readFileSync, rmSync, writeSync } from 'node:fs'
import { createServer } from 'node:net'
import { tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

// Ports stay below 32768, where Linux starts to hand out ports for outgoing connections: a port that was free
// a moment ago can then only be taken by somebody who asks for it by number.
const LOWEST_PORT = 10_240
const HIGHEST_PORT = 32_000

/** After this many ports in use the machine is the problem, not luck. */
const MAX_TRIES = 2_000

/** A port that is ours until it is released, also against other test processes that use this harness. */
export interface ClaimedPort {
  readonly port: number
  release(): void
}

/**
 * Claims a free port. Test files often run in parallel, and between "this port is free" and "redis-server listens
 * on it" another file may choose the same one; a lock file for each port closes that gap.
 *
 * @throws Error when no port can be found
 */
export async function claimPort(): Promise<ClaimedPort> {
  const span = HIGHEST_PORT - LOWEST_PORT
  const start = Math.floor(Math.random() * span)
  for (let tried = 0; tried < MAX_TRIES; tried++) {
    // A stride that is prime to the span visits all ports, and neighbours do not crowd.
    const port = LOWEST_PORT + (start + tried * 7) % span
    const lock = lockPort(port)
    if (lock === undefined) continue
    if (await isFree(port)) return { port, release: () => { rmSync(lock, { force: true }) } }
    rmSync(lock, { force: true })
  }
  throw new Error(`no free port between ${LOWEST_PORT} and ${HIGHEST_PORT} after ${MAX_TRIES} tries`)
}

function lockPort(port: number): string | undefined {
  // One folder for each user: another one's could not be written to.
  const folder = join(resolve(tmpdir()), `ts-sentinel-ports-${process.getuid?.() ?? 'all'}`)
  mkdirSync(folder, { recursive: true })
  const path = join(folder, String(port))
  for (const attempt of ['first', 'after a stale lock'] as const) {
    try {
      const file = openSync(path, 'wx')
      writeSync(file, String(process.pid))
      closeSync(file)
      return path
    } catch (error) {
      if (!isCode(error, 'EEXIST')) throw error
      if (attempt === 'first' && isStale(path)) rmSync(path, { force: true })
    }
  }
  return undefined
}

function isStale(path: string): boolean {
  try {
    const owner = Number(readFileSync(path, 'utf8'))
    // An empty file belongs to somebody who is just writing it.
    if (!Number.isInteger(owner) || owner <= 0) return false
    process.kill(owner, 0)
    return false
  } catch (error) {
    return isCode(error, 'ESRCH')
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

function isCode(error: unknown, code: string): boolean {
  return error instanceof Error && 'code' in error && error.code === code
}
