import { execFile } from 'node:child_process'

/** Which Redis (or Valkey) a program is, as far as its configuration file depends on it. */
export interface ServerRelease {
  /** As people write it, such as `redis-server 6.2`. */
  readonly name: string
  readonly major: number
  readonly minor: number
}

/** Every directive of the harness is known to it. */
export const CURRENT_RELEASE: ServerRelease = Object.freeze({ name: 'the current release', major: Infinity, minor: 0 })

/** How long a program may take to tell its version. */
const VERSION_MS = 5_000

const asked = new Map<string, Promise<ServerRelease>>()

/**
 * Asks a server or a genuine sentinel by `--version` what it is; once for each program. One that cannot be run or does
 * not say counts as current: its start has the better message.
 */
export function releaseOf(file: string): Promise<ServerRelease> {
  // The same name may be another program on another PATH.
  const key = `${file}\n${process.env['PATH'] ?? ''}`
  const known = asked.get(key) ?? ask(file)
  asked.set(key, known)
  return known
}

/** Whether a directive that came with this release is known to the program. */
export function isAtLeast(release: ServerRelease, major: number, minor = 0): boolean {
  return release.major > major || (release.major === major && release.minor >= minor)
}

/** @throws Error when the program is too old for an option of the deployment */
export function requireRelease(release: ServerRelease, option: string, major: number, minor = 0): void {
  if (!isAtLeast(release, major, minor)) throw new Error(`${option} needs Redis ${major}.${minor} or newer; this is ${release.name}`)
}

function ask(file: string): Promise<ServerRelease> {
  return new Promise((resolve) => {
    execFile(file, ['--version'], { timeout: VERSION_MS, killSignal: 'SIGKILL' }, (_error, output) => {
      // "Redis server v=7.0.15 sha=…", "Valkey server v=8.0.1 sha=…"
      const [, major, minor] = /\bv=(\d+)\.(\d+)/.exec(output) ?? []
      const name = `${file} ${major}.${minor}`
      resolve(major === undefined ? CURRENT_RELEASE : { name, major: Number(major), minor: Number(minor) })
    })
  })
}
