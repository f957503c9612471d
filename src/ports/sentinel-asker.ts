import type { Reply } from '../core/index.ts'

/** Questions to other sentinels on connections of their own, which no rule of the core uses. */
export interface SentinelAsker {
  /**
   * Sends the commands at once and resolves with their replies, in order. Rejects with the reason when the sentinel
   * does not answer all of them within the time limit, or refuses the login.
   */
  ask(target: AskTarget, commands: readonly (readonly string[])[]): Promise<readonly Reply[]>
  /** Closes all connections. Questions without an answer are rejected. */
  close(): void
}

export interface AskTarget {
  /** An IP address or a name. */
  readonly host: string
  readonly port: number
}
