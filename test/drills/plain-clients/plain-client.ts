/** A client library, or a program, that knows one address and nothing of Sentinel. */
import type { RedisProcess } from '../../../src/harness/index.ts'

/** One write, or one job of a queue. Times are in milliseconds since 1970. */
export interface Attempt {
  readonly value: string
  readonly began: number
  readonly ended: number
  /** Undefined: it was acknowledged. */
  readonly problem: string | undefined
}

export interface PlainClient {
  readonly name: string
  /** The longest time that it waits by itself before it connects again the first time, in milliseconds. */
  readonly waitMs: number
  /** Writes again and again, to the list `key` where it can, and reports each attempt. */
  readonly start: (port: number, key: string, report: (attempt: Attempt) => void) => Promise<RunningClient>
}

export interface RunningClient {
  stop(): Promise<void>
  /** The values that a node holds. Default: those of the list. */
  readonly stored?: (node: RedisProcess) => Promise<readonly string[]>
}

/** Pause between two writes, in milliseconds. Every client of the drill keeps it. */
export const PAUSE_MS = 10
