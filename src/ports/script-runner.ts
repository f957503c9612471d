import type { Millis } from '../core/index.ts'

export interface ScriptRunner {
  /** Queue a script: path, then arguments (at most 16 in all). */
  enqueue(argv: readonly string[]): void
  /** Oldest first (protocol.md 2.15). */
  pending(): readonly PendingScript[]
}

export type PendingScript = { readonly argv: readonly string[], readonly attempts: number } & (
  | { readonly state: 'running', readonly pid: number, readonly runMs: Millis }
  | { readonly state: 'scheduled', readonly delayMs: Millis }
)
