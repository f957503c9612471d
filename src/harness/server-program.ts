import { existsSync, statSync } from 'node:fs'
import { resolve } from 'node:path'

import { buildServer, type ServerSource } from './build-server.ts'
import type { Command } from './command.ts'
import { installCommand, onPath } from './find-program.ts'
import type { ProgramPaths } from './programs.ts'

/** The program of a data node: a path, or a name on the PATH; or with variables; or a source to build it from. */
export type ServerProgram = string | ServerPath | ServerSource

/** A program with environment variables of its own. */
export interface ServerPath {
  readonly path: string
  /** Variables in addition to those of the test. */
  readonly env?: Readonly<Record<string, string>>
}

/** A program that can be started. */
export interface ServerFile {
  readonly file: string
  readonly env: Readonly<Record<string, string>>
  /** What to do when there is no such program. */
  readonly ifMissing: string
}

/**
 * Finds the program of a data node, and builds it first when a source is given. Without a program: that of `paths`, of
 * the environment variable REDIS_SERVER, redis-server on the PATH, or valkey-server on the PATH.
 *
 * @throws Error when the path is that of a folder, or when the build fails
 */
export async function findServer(wanted: ServerProgram | undefined, paths: ProgramPaths = {}): Promise<ServerFile> {
  if (typeof wanted === 'object' && 'source' in wanted) {
    return { file: await buildServer(wanted), env: wanted.env ?? {}, ifMissing: 'It was removed after its build.' }
  }
  const variable = process.env['REDIS_SERVER']
  const [path, ifMissing] = givenPath([
    [typeof wanted === 'object' ? wanted.path : wanted, 'The option server has this path.'],
    [paths.redisServer, 'The option programs.redisServer has this path.'],
    [variable === '' ? undefined : variable, 'The environment variable REDIS_SERVER has this path.'],
    // Where neither is there, the start fails with the advice.
    [onPath('redis-server', 'valkey-server') ?? 'redis-server', installAdvice()],
  ])
  return { file: checkedPath(path), env: typeof wanted === 'object' ? wanted.env ?? {} : {}, ifMissing }
}

/** Whether there is a file of this program. */
export function isThere({ file }: ServerFile): boolean {
  return file.includes('/') ? existsSync(file) : onPath(file) !== undefined
}

/** The command that runs one data node. */
export function serverCommand({ file, env, ifMissing }: ServerFile, configFile: string): Command {
  return { file, args: [configFile], env, ifMissing }
}

function installAdvice(): string {
  return `Nor is there a valkey-server. The harness runs real Redis servers: install one (${installCommand('redis-server')}), `
    + 'or give its path in the environment variable REDIS_SERVER or as the option server.'
}

function givenPath(
  [...candidates]: readonly (readonly [path: string | undefined, ifMissing: string])[],
): readonly [path: string, ifMissing: string] {
  for (const [path, ifMissing] of candidates) if (path !== undefined) return [path, ifMissing]
  throw new Error('no program is given')
}

/** The processes run in folders of their own, so a relative path would be wrong. A name stays, for the PATH. */
function checkedPath(path: string): string {
  if (!path.includes('/')) return path
  const file = resolve(path)
  if (statSync(file, { throwIfNoEntry: false })?.isDirectory() === true) {
    throw new Error(`the server ${file} is a folder: give the path of its program, or { source: '${path}' } to build it`)
  }
  return file
}
