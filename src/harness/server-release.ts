import { execFile } from 'node:child_process'

/** The release of a Redis (or Valkey) program, as far as its configuration file depends on it. */
export interface ServerRelease {
  /** In the usual form, for example `redis-server 6.2`. */
  readonly name: string
  readonly major: number
  readonly minor: number
  /** Default: redis. */
  readonly product?: 'redis' | 'valkey'
  /** As the program reports it, for example `7.0.15`; undefined when it reports none. */
  readonly version?: string
}

/** A release that knows every directive of the harness. */
export const CURRENT_RELEASE: ServerRelease = Object.freeze({ name: 'the current release', major: Infinity, minor: 0 })

/** Time limit for `--version`. */
const VERSION_MS = 5_000

const asked = new Map<string, Promise<ServerRelease>>()

/**
 * The release of a server or a genuine sentinel, from its `--version`; read once for each program. A program that
 * cannot be run or does not report a release counts as current, because its start fails with a better message.
 */
export function releaseOf(file: string, env: Readonly<Record<string, string>> = {}): Promise<ServerRelease> {
  // The same name may be another program with another PATH or other variables.
  const key = `${file}\n${process.env['PATH'] ?? ''}\n${JSON.stringify(env)}`
  const known = asked.get(key) ?? ask(file, env)
  asked.set(key, known)
  return known
}

/** Whether the release is this one or a later one. */
export function isAtLeast(release: ServerRelease, major: number, minor = 0): boolean {
  return release.major > major || (release.major === major && release.minor >= minor)
}

/** @throws Error when the program is too old for an option of the deployment */
export function requireRelease(release: ServerRelease, option: string, major: number, minor = 0): void {
  if (!isAtLeast(release, major, minor)) throw new Error(`${option} needs Redis ${major}.${minor} or newer; this is ${release.name}`)
}

/** Whether `one` knows less than `other`, so that it may refuse its configuration file. */
export function isOlder(one: ServerRelease, other: ServerRelease): boolean {
  return (one.product ?? 'redis') !== (other.product ?? 'redis') || !isAtLeast(one, other.major, other.minor)
}

function ask(file: string, variables: Readonly<Record<string, string>>): Promise<ServerRelease> {
  const options = { timeout: VERSION_MS, killSignal: 'SIGKILL', env: { ...process.env, ...variables } } as const
  return new Promise((resolve) => {
    execFile(file, ['--version'], options, (_error, output) => {
      // "Redis server v=7.0.15 sha=…", "Valkey server v=8.0.1 sha=…"
      const [, version, major, minor] = /\bv=((\d+)\.(\d+)[\w.-]*)/.exec(output) ?? []
      if (version === undefined) return resolve(CURRENT_RELEASE)
      const product = output.startsWith('Valkey') ? 'valkey' : 'redis'
      return resolve({ name: `${file} ${version}`, major: Number(major), minor: Number(minor), product, version })
    })
  })
}
