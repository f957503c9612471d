import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Command } from './command.ts'
import { installCommand, onPath } from './find-program.ts'
import { releaseOf, type ServerRelease } from './server-release.ts'

/** The two programs that are known by name. */
export type SentinelKind = 'ours' | 'genuine'

/** Any program that runs a sentinel from a config file. */
export interface SentinelProgram {
  /** Shown in the timeline and in messages, for example `genuine` or `valkey`. */
  readonly name: string
  command(configFile: string): Command
  /** Its release, as far as its configuration file depends on it. Default: one that knows every directive. */
  release?(): Promise<ServerRelease>
}

/** Paths of the programs; the harness looks for those that are absent. */
export interface ProgramPaths {
  /** The built `ts-sentinel.js`. Default: the environment variable TS_SENTINEL_JS, or the one of this package. */
  readonly tsSentinel?: string
  /** Node options for ts-sentinel, for example `['--max-old-space-size=64']`. */
  readonly nodeOptions?: readonly string[]
  /** Default: `redis-sentinel` or `valkey-sentinel` on the PATH. */
  readonly redisSentinel?: string
  /** As the option `server` of the deployment, which takes precedence. */
  readonly redisServer?: string
}

/** ts-sentinel, run by the Node that runs the test. */
export function ourSentinel(paths: ProgramPaths = {}): SentinelProgram {
  const script = paths.tsSentinel ?? process.env['TS_SENTINEL_JS'] ?? findOwnScript()
  const nodeOptions = paths.nodeOptions ?? []
  return { name: 'ours', command: (configFile) => ({ file: process.execPath, args: [...nodeOptions, script, configFile] }) }
}

/** The genuine redis-sentinel, or valkey-sentinel where the PATH has only that. */
export function genuineSentinel(paths: ProgramPaths = {}): SentinelProgram {
  const file = paths.redisSentinel ?? onPath('redis-sentinel', 'valkey-sentinel') ?? 'redis-sentinel'
  const ifMissing = `The genuine sentinel comes with Redis: install it (${installCommand('redis-sentinel')}), `
    + 'or give its path as programs.redisSentinel.'
  return {
    name: 'genuine', command: (configFile) => ({ file, args: [configFile], ifMissing }), release: () => releaseOf(file),
  }
}

/** The program of this kind; a program that is given as such is returned unchanged. */
export function sentinelProgram(kind: SentinelKind | SentinelProgram, paths: ProgramPaths = {}): SentinelProgram {
  if (typeof kind !== 'string') return kind
  switch (kind) {
    case 'ours': return ourSentinel(paths)
    case 'genuine': return genuineSentinel(paths)
  }
}

// This file is dist/harness/programs.js in the package and src/harness/programs.ts in the tests of this project.
function findOwnScript(): string {
  let folder = dirname(fileURLToPath(import.meta.url))
  for (;;) {
    if (existsSync(join(folder, 'package.json'))) {
      const script = join(folder, 'dist', 'ts-sentinel.js')
      if (existsSync(script)) return script
      throw new Error(`${script} does not exist: run \`npm run build\` first`)
    }
    const parent = dirname(folder)
    if (parent === folder) throw new Error('ts-sentinel.js not found: give its path as programs.tsSentinel')
    folder = parent
  }
}
