import { execFile } from 'node:child_process'
import { createHash, randomUUID } from 'node:crypto'
import {
  chmodSync, copyFileSync, cpSync, existsSync, lstatSync, mkdirSync, mkdtempSync, readdirSync, readFileSync, renameSync,
  rmSync, statSync,
} from 'node:fs'
import { availableParallelism, homedir, tmpdir } from 'node:os'
import { join, resolve } from 'node:path'

import { messageOf } from './eventually.ts'

/** Source code of Redis or Valkey to build a server from. */
export interface ServerSource {
  /** Path of the folder, or of an archive that `tar` reads. It is not changed. */
  readonly source: string
  /** Arguments of `make`, for example `['BUILD_TLS=yes']`. Default: none. */
  readonly make?: readonly string[]
  /** Variables for the server in addition to those of the test. */
  readonly env?: Readonly<Record<string, string>>
}

/** Time limit of one build, in milliseconds; on a busy machine it takes minutes. */
const BUILD_MS = 15 * 60_000

/** Lines of the output of `make` in an error. */
const SHOWN_LINES = 15

/** The largest output of a build that is kept, in bytes. */
const MAX_OUTPUT = 64 * 1024 * 1024

const building = new Map<string, Promise<string>>()

/**
 * Builds a server once, and keeps it in the folder `ts-sentinel/servers` of the user's cache (XDG_CACHE_HOME). The same
 * source is not built again: an archive with the same content, or a folder whose files have the same sizes and times.
 *
 * @returns the path of the program
 * @throws Error when there is no such source, or with the end of the output when the build fails
 */
export function buildServer({ source, make = [] }: ServerSource): Promise<string> {
  const path = resolve(source)
  if (!existsSync(path)) return Promise.reject(new Error(`there is no source ${path} to build a server from`))
  const kept = join(cacheFolder(), sourceKey(path, make), 'redis-server')
  if (existsSync(kept)) return Promise.resolve(kept)
  const work = building.get(kept) ?? build(path, make, kept).finally(() => { building.delete(kept) })
  building.set(kept, work)
  return work
}

function cacheFolder(): string {
  const variable = process.env['XDG_CACHE_HOME']
  return join(variable === undefined || variable === '' ? join(homedir(), '.cache') : variable, 'ts-sentinel', 'servers')
}

function sourceKey(path: string, make: readonly string[]): string {
  const hash = createHash('sha256').update(make.join('\0'))
  if (statSync(path).isDirectory()) {
    for (const name of readdirSync(path, { recursive: true, encoding: 'utf8' }).sort()) {
      const { size, mtimeMs } = lstatSync(join(path, name))
      hash.update(`\n${name} ${size} ${mtimeMs}`)
    }
  } else {
    hash.update('\n').update(readFileSync(path))
  }
  return hash.digest('hex').slice(0, 32)
}

async function build(path: string, make: readonly string[], kept: string): Promise<string> {
  const folder = mkdtempSync(join(tmpdir(), 'ts-sentinel-build-'))
  try {
    if (statSync(path).isDirectory()) cpSync(path, folder, { recursive: true, preserveTimestamps: true })
    else await run('tar', ['-xf', path, '-C', folder], folder)
    const top = topFolder(folder)
    await run('make', [`-j${availableParallelism()}`, ...make], top)
    const built = ['redis-server', 'valkey-server'].map((name) => join(top, 'src', name)).find(existsSync)
    if (built === undefined) throw new Error(`make has built neither src/redis-server nor src/valkey-server from ${path}`)
    keep(built, kept)
    return kept
  } catch (error) {
    throw new Error(`cannot build a server from ${path}: ${messageOf(error)}`, { cause: error })
  } finally {
    rmSync(folder, { recursive: true, force: true, maxRetries: 3 })
  }
}

/** An archive has its files in one folder, as redis-7.2.4. */
function topFolder(folder: string): string {
  const [only, ...others] = readdirSync(folder)
  const isNested = only !== undefined && others.length === 0 && statSync(join(folder, only)).isDirectory()
  return isNested ? join(folder, only) : folder
}

/** Other test processes may build the same at the same time: the last step is atomic. */
function keep(built: string, kept: string): void {
  const folder = join(kept, '..')
  mkdirSync(folder, { recursive: true })
  const copy = join(folder, `.${randomUUID()}`)
  copyFileSync(built, copy)
  chmodSync(copy, 0o755)
  renameSync(copy, kept)
}

function run(program: string, args: readonly string[], folder: string): Promise<void> {
  return new Promise((done, fail) => {
    const options = { cwd: folder, timeout: BUILD_MS, killSignal: 'SIGKILL', maxBuffer: MAX_OUTPUT } as const
    execFile(program, args, options, (error, output, errors) => {
      if (error === null) done()
      else if (error.code === 'ENOENT') fail(new Error(`it needs the program ${program}, which is not installed`))
      else {
        const end = `${output}\n${errors}`.trim().split('\n').slice(-SHOWN_LINES).join('\n')
        fail(new Error(`${program} ${args.join(' ')} ${error.killed === true ? `took more than ${BUILD_MS / 60_000} minutes` : 'failed'}:\n${end}`))
      }
    })
  })
}
