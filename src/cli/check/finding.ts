import type { CheckLevel } from '../../documents/index.ts'

export type Level = CheckLevel

/** One problem that the check found. */
export interface Finding {
  readonly level: Level
  /** Kind of the problem. It is stable, so that scripts can use it. */
  readonly code: string
  /** `file:line`, or the address of a node. */
  readonly where: string
  /** `file:line` of the line that names the node or logs in to it; only where `where` is the address of a node. */
  readonly line?: string
  readonly what: string
  /** What to do about it. */
  readonly todo: string
}

export function finding(level: Level, code: string, where: string, [what, todo]: readonly [string, string]): Finding {
  return { level, code, where, what, todo }
}
