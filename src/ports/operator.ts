import type { Operation, OperationResult } from '../core/index.ts'

/** The result of an operation and of its save; `none` when it needed no save. */
export interface OperationOutcome {
  readonly result: OperationResult
  readonly save: 'none' | 'saved' | 'failed'
}

/** Submits the operations of commands to the core. */
export interface Operator {
  /** `done` runs exactly once, after the saves that the operation requested, and never synchronously. */
  submit(operation: Operation, done: (outcome: OperationOutcome) => void): void
  /** Runs `done` when the save with this number has succeeded or failed: at once if it already has. */
  whenDurable(seq: number, done: () => void): void
}
