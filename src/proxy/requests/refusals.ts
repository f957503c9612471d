/** Error replies that mean: the command was not executed, because of the state of the node. Pure. */

/** What the node cannot do now. */
export type NodeProblem =
  /** It is a replica, or has become one while the command waited. */
  | 'not-master'
  /** It reads its data. */
  | 'loading'
  /** It is a replica without its master, and serves no old data. */
  | 'master-down'

const CODES: readonly (readonly [string, NodeProblem])[] = [
  ['READONLY ', 'not-master'], ['UNBLOCKED force', 'not-master'], ['LOADING ', 'loading'], ['MASTERDOWN ', 'master-down'],
]

/** `start`: the position after the minus of the error. */
export function nodeProblem(bytes: Buffer, start: number, end: number): NodeProblem | undefined {
  const first = bytes[start]
  // R, U, L, M: most errors begin with E.
  if (first !== 82 && first !== 85 && first !== 76 && first !== 77) return undefined
  const text = bytes.toString('latin1', start, Math.min(end, start + 16))
  return CODES.find(([code]) => text.startsWith(code))?.[1]
}
