/** Error replies that mean: the command was not executed, because of the state of the node. Pure. */

/** What the node cannot do now. */
export type NodeProblem =
  /** It is a replica, or has become one while the command waited. */
  | 'not-master'
  /** It reads its data. */
  | 'loading'
  /** It is a replica without its master, and serves no old data. */
  | 'master-down'

/**
 * How these errors begin in all releases. Their code alone is not enough: a script that has written may end with an
 * error of its own.
 */
const TEXTS: readonly (readonly [RegExp, NodeProblem])[] = [
  [/^READONLY You can't write against /, 'not-master'], [/^UNBLOCKED force/, 'not-master'],
  [/^LOADING \S+ is loading/, 'loading'], [/^MASTERDOWN Link with MASTER is down/, 'master-down'],
]

/** Characters of an error that are looked at. */
const TEXT_CHARS_MAX = 64

/** `start`: the position after the minus of the error. */
export function nodeProblem(bytes: Buffer, start: number, end: number): NodeProblem | undefined {
  const first = bytes[start]
  // R, U, L, M: most errors begin with E.
  if (first !== 82 && first !== 85 && first !== 76 && first !== 77) return undefined
  const text = bytes.toString('latin1', start, Math.min(end, start + TEXT_CHARS_MAX))
  return TEXTS.find(([pattern]) => pattern.test(text))?.[1]
}
