import type { Millis } from '../core/index.ts'

export interface ScriptRunner {
  /** Queues a script: path, then arguments (at most 16 words in all). */
  enqueue(argv: readonly string[]): void
  /** Scripts that run or wait, oldest first (protocol.md 2.15). */
  pending(): readonly PendingScript[]
}

export type PendingScript = { readonly argv: readonly string[], readonly attempts: number } & (
  | { readonly state: 'running', readonly pid: number, readonly runMs: Millis }
  | { readonly state: 'scheduled', readonly delayMs: Millis }
)
