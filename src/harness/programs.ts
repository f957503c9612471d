import { existsSync } from 'node:fs'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

import type { Command } from './managed-process.ts'

/** The two programs that are known by name. */
export type SentinelKind = 'ours' | 'genuine'

/** Any program that runs a sentinel from a config file. */
export interface SentinelProgram {
  /** Shown in the timeline and in messages, for example `genuine` or `valkey`. */
  readonly name: string
  command(configFile: string): Command
}

/** Paths of the programs; the harness looks for those that are absent. */
export interface ProgramPaths {
  /** The built `ts-sentinel.js`. Default: the environment variable TS_SENTINEL_JS, or the one of this package. */
  readonly tsSentinel?: string
  /** Node options for ts-sentinel, for example `['--max-old-space-size=64']`. */
  readonly nodeOptions?: readonly string[]
  /** Default: `redis-sentinel` on the PATH. */
  readonly redisSentinel?: string
  /** Default: `redis-server` on the PATH. */
  readonly redisServer?: string
}

/** ts-sentinel, run by the Node that runs the test. */
export function ourSentinel(paths: ProgramPaths = {}): SentinelProgram {
  const script = paths.tsSentinel ?? process.env['TS_SENTINEL_JS'] ?? findOwnScript()
  const nodeOptions = paths.nodeOptions ?? []
  return { name: 'ours', command: (configFile) => ({ file: process.execPath, args: [...nodeOptions, script, configFile] }) }
}

/** The path of the genuine redis-sentinel. */
export function genuineProgram(paths: ProgramPaths = {}): string {
  return paths.redisSentinel ?? 'redis-sentinel'
}

/** The path of the redis-server for data nodes. */
export function serverProgram(paths: ProgramPaths = {}): string {
  return paths.redisServer ?? 'redis-server'
}

/** The genuine redis-sentinel. */
export function genuineSentinel(paths: ProgramPaths = {}): SentinelProgram {
  const file = genuineProgram(paths)
  const ifMissing = [
    'The genuine sentinel is installed with Redis (Debian and Ubuntu: apt install redis-sentinel; macOS: brew install redis;',
    'Alpine: apk add redis). Or give its path as programs.redisSentinel.',
  ].join(' ')
  return { name: 'genuine', command: (configFile) => ({ file, args: [configFile], ifMissing }) }
}

/** The command that runs one data node. */
export function redisServer(file: string, configFile: string): Command {
  const ifMissing = [
    'The harness runs real Redis servers: install one (Debian and Ubuntu: apt install redis-server; macOS: brew install redis;',
    'Alpine: apk add redis), or give its path as programs.redisServer.',
  ].join(' ')
  return { file, args: [configFile], ifMissing }
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
