/** Modules have no state of their own: what changes belongs to an object, so that a process can have two of them. */
import { describe, expect, it } from 'vitest'

import { filesUnder, readProjectFile } from './project-files.ts'

/** Variables that are there once for each process, with the reason. */
const ALLOWED: Readonly<Record<string, string>> = {
  'src/harness/ancestor-watch.ts: watcher': 'one shell watches for all deployments of the process',
  'src/harness/ancestor-watch.ts: users': 'the same',
  'src/harness/build-server.ts: building': 'deployments that start together build a server once',
  'src/harness/free-ports.ts: areStaleLocksRemoved': 'the folder of locks belongs to all processes',
  'src/harness/server-release.ts: asked': 'a cache: each program is asked once',
  'src/logging/redis-line-format.ts: knownSecond': 'a cache: a date is costly to take apart',
  'src/logging/redis-line-format.ts: knownText': 'the same',
  'src/logging/target.ts: keptSockets': 'a socket that is collected closes its descriptor',
}

/** Variables at the top of a module that are assigned again, or are collections that begin empty. */
function moduleState(text: string): string[] {
  const assigned = text.matchAll(/^(?:export )?let (\w+)/gm)
  const filled = text.matchAll(/^(?:export )?const (\w+)(?:: (?![^=\n]*\breadonly\b)[^=\n]+)? = (?:new (?:Weak)?(?:Map|Set)\b.*\(\)|\[\])$/gim)
  return [...assigned, ...filled].map(([, name = '']) => name)
}

describe('a module', () => {
  it('has no state but that of the process', () => {
    const found = filesUnder('src').flatMap((path) => moduleState(readProjectFile(path)).map((name) => `${path}: ${name}`))
    expect(found.sort()).toEqual(Object.keys(ALLOWED).sort())
  })

  it('is reported when it has a variable or a collection that begins empty', () => {
    const planted = [
      'let count = 0', 'export let last: string | undefined', 'const known = new Map<string, Promise<number>>()',
      'const waiting: Waiting[] = []',
    ]
    expect(planted.flatMap(moduleState)).toEqual(['count', 'last', 'known', 'waiting'])
    const constant = ['const NONE: readonly string[] = []', 'const NAMES = new Set([1])', 'function f() {\n  let a = 1\n}']
    expect(constant.flatMap(moduleState)).toEqual([])
  })
})
