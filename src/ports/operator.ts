import type { Operation, OperationResult } from '../core/index.ts'

/** An operation's result and how its save went; `none` when it needed none. */
export interface OperationOutcome {
  readonly result: OperationResult
  readonly save: 'none' | 'saved' | 'failed'
}

/** The way from a command to the core. */
export interface Operator {
  /** `done` runs exactly once, behind the saves that the operation asked for. Never synchronously. */
  submit(operation: Operation, done: (outcome: OperationOutcome) => void): void
  /** Runs `done` when the save with this number is durable (or has failed): at once if it is already. */
  whenDurable(seq: number, done: () => void): void
}
