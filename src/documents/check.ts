/** `check --json`. */
import type { SchemaVersion } from './values.ts'

export interface CheckDocument {
  readonly schemaVersion: SchemaVersion
  /** The files of the command line. */
  readonly files: readonly string[]
  /** Whether the nodes of the files were asked. */
  readonly nodesAsked: boolean
  /** There are neither errors nor warnings. */
  readonly ok: boolean
  readonly findings: readonly CheckFindingJson[]
}

/** `error`: a failover will fail or cause damage. `warning`: it may. `advice`: the setting can be improved. */
export type CheckLevel = 'error' | 'warning' | 'advice'

export interface CheckFindingJson {
  readonly level: CheckLevel
  /** Stable, for scripts. */
  readonly code: string
  /** `file:line`, or the address of a node. */
  readonly where: string
  /** `file:line` of the line that names the node of `where` or logs in to it; null where `where` is no node. */
  readonly line: string | null
  readonly what: string
  /** What to do about it. */
  readonly todo: string
}
