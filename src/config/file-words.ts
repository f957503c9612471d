/** Words that have an older form, the only one that releases before 5.0 know. */
import { lowerAscii } from '../text/index.ts'
import type { DocumentLine } from './document.ts'

export interface FileWords {
  readonly knownReplica: 'known-replica' | 'known-slave'
  /** The class of `client-output-buffer-limit`. */
  readonly replicaClass: 'replica' | 'slave'
}

/**
 * Returns the older form if the file has no other. A file that has both was last written by a newer release, which
 * would add a `known-replica` line for each `known-slave` line and then could not start (config.md 7.6).
 */
export function fileWords(lines: readonly DocumentLine[]): FileWords {
  const replicas = wordsOf(lines, 'sentinel known-replica', ([, subdirective = '']) => [subdirective])
  // The whole value may be one quoted word.
  const limits = wordsOf(lines, 'client-output-buffer-limit', (words) => words.flatMap((word) => word.split(' ')))
  return {
    knownReplica: replicas.has('known-slave') && !replicas.has('known-replica') ? 'known-slave' : 'known-replica',
    replicaClass: limits.has('slave') && !limits.has('replica') ? 'slave' : 'replica',
  }
}

/** Words of all lines of this key, in lower case. */
function wordsOf(
  lines: readonly DocumentLine[], key: string, pick: (words: readonly string[]) => readonly string[],
): ReadonlySet<string> {
  return new Set(lines.flatMap((line) => line.kind === 'slot' && line.key === key ? pick(line.words).map(lowerAscii) : []))
}
