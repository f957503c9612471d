/** What a writer is given, and its account. */
import type { Address } from './address.ts'
import type { TlsEndpoint } from './certificates.ts'
import type { WaitLimit } from './wait-limit.ts'

/** The client under test: anything that can append a number to a list on the present master. */
export interface WriterClient {
  /** Resolves when the server acknowledged, with what the client knows about that. Rejects when it did not. */
  write(key: string, value: number): Promise<WriteAnswer>
  close(): void | Promise<void>
}

/** What a client knows about an acknowledged write; what it does not know is left out. */
export interface WriteAnswer {
  /** The server that acknowledged. */
  readonly server?: Address | undefined
  /** The length of the list after the write, as RPUSH answers it. Without it no regressions are counted. */
  readonly length?: number
}

/** `deployment.startWriter()` fills in everything up to `tls`. */
export interface WriterOptions {
  readonly masterName: string
  readonly sentinels: readonly Address[]
  /** Toward the data nodes; without a user it is the default one. */
  readonly user?: string
  readonly password?: string
  readonly sentinelUser?: string
  readonly sentinelPassword?: string
  /** Toward sentinels and data nodes. Default plain. */
  readonly tls?: TlsEndpoint
  /** Pause between two writes, in milliseconds. Default 5. */
  readonly everyMs?: number
  /** How long one write may take before it counts as failed, in milliseconds. Default 1000. */
  readonly timeoutMs?: number
  /** The list written to. Default `ts-sentinel:harness:writer`. */
  readonly key?: string
  /** A client of one's own, to test how it follows a failover. Default: ioredis in sentinel mode. */
  readonly client?: WriterClient
  /**
   * When the last fault was done, in milliseconds since 1970 on the clock of the timeline; undefined: none. Recovery
   * is judged from there. Default: no faults are known.
   */
  readonly lastFaultAt?: () => number | undefined
  /** Shortens the waits of the writer, so that their messages come before a test's own limit. Default: nothing does. */
  readonly limit?: WaitLimit
}

/** One acknowledged write. */
export interface Acknowledged {
  readonly value: number
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  readonly server: Address | undefined
}

/** Account of all writes so far. After `stop()` every write that was tried is either acknowledged or failed. */
export interface WriterReport {
  readonly tried: number
  readonly acknowledged: number
  /** Not acknowledged. Some of them may have reached the server all the same. */
  readonly failed: number
  /** How many of the failed ones had no answer within the time limit or until the end: their fate is unknown. */
  readonly unknown: number
  /** How many of the failed ones were acknowledged after their time limit. */
  readonly late: number
  /** How many of the failed ones a replica refused with READONLY: the client still held on to the old master. */
  readonly readonlyErrors: number
  /** How often a server that acknowledged held less than the client had seen before: it forgot writes. */
  readonly regressions: number
  /**
   * Longest time without an acknowledged write, in milliseconds. It is looked for from the start of the writer to its
   * stop, or until now while it writes: an outage that has not ended counts.
   */
  readonly outageMs: number
  /** When that time began, in milliseconds since 1970. */
  readonly outageFrom: number | undefined
  /**
   * Whether the client was seen to write again: the last write that is over was acknowledged, the one under way has
   * not waited for more than 1 s and, where faults are known (a writer of a deployment), the last write was begun after
   * the last of them. False also means "not seen": a writer that
   * was stopped before the fault says nothing about it.
   */
  readonly recovered: boolean
  /** When it began to write, in milliseconds since 1970. */
  readonly startedAt: number
  /** When it was told to stop, in milliseconds since 1970; undefined while it writes. */
  readonly stoppedAt: number | undefined
  /** How often each error was met. */
  readonly errors: Readonly<Record<string, number>>
}

/** A report after the data was read back. */
export interface VerifiedReport extends WriterReport {
  /** Acknowledged values that are not on the server; those acknowledged late among them. */
  readonly lost: readonly number[]
  /** Values on the server that were never acknowledged. */
  readonly unacknowledgedButStored: number
}
