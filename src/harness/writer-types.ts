/** The options of a writer, and its report. */
import type { Address } from './address.ts'
import type { TlsEndpoint } from './certificates.ts'
import type { Timeline } from './timeline.ts'
import type { WaitLimit } from './wait-limit.ts'

/** The client under test: anything that can append a number to a list on the present master. */
export interface WriterClient {
  /** Resolves when the server acknowledged the write, with what the client knows about it. Rejects otherwise. */
  write(key: string, value: number): Promise<WriteAnswer>
  close(): void | Promise<void>
}

/** What a client knows about an acknowledged write; unknown fields are absent. */
export interface WriteAnswer {
  /** The server that acknowledged. */
  readonly server?: Address | undefined
  /** The length of the list after the write, from the reply to RPUSH. Without it no regressions are counted. */
  readonly length?: number
}

/** Options of a writer. `deployment.startWriter()` fills in everything up to `tls`, and `timeline`. */
export interface WriterOptions {
  readonly masterName: string
  readonly sentinels: readonly Address[]
  /** Credentials for the data nodes; without a user those of the default user. */
  readonly user?: string
  readonly password?: string
  readonly sentinelUser?: string
  readonly sentinelPassword?: string
  /** TLS for sentinels and data nodes. Default: no TLS. */
  readonly tls?: TlsEndpoint
  /** Pause between two writes, in milliseconds. Default 5. */
  readonly everyMs?: number
  /** Time limit of one write in milliseconds; a later acknowledgement counts as failed. Default 1000. */
  readonly timeoutMs?: number
  /** The list that is written to. Default `ts-sentinel:harness:writer`. */
  readonly key?: string
  /** Another client, to test how it follows a failover. Default: ioredis in sentinel mode. */
  readonly client?: WriterClient
  /**
   * Returns the time of the last fault, in milliseconds since 1970 on the clock of the timeline; undefined: none.
   * Recovery is judged from that time. Default: no faults are known.
   */
  readonly lastFaultAt?: () => number | undefined
  /**
   * The timeline of the sentinels, for `expectFailovers` and the story of a verification that failed. Default: none.
   */
  readonly timeline?: Timeline
  /** Shortens the waits of the writer, so that their messages come before a test's own limit. Default: no limit. */
  readonly limit?: WaitLimit
}

/** One acknowledged write. */
export interface Acknowledged {
  readonly value: number
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  readonly server: Address | undefined
}

/** The figures of all writes so far. After `stop()` every write is either acknowledged or failed. */
export interface WriterReport {
  readonly tried: number
  readonly acknowledged: number
  /** Writes that were not acknowledged in time. Some of them may have reached the server. */
  readonly failed: number
  /**
   * How many of the failed writes had no answer within the time limit or until the end: it is unknown whether they were
   * stored.
   */
  readonly unknown: number
  /** How many of the failed writes were acknowledged after their time limit. */
  readonly late: number
  /**
   * How many of the failed writes a replica refused with READONLY: the client was still connected to the old master.
   */
  readonly readonlyErrors: number
  /** How often the list on an acknowledging server was shorter than before: the server had lost writes. */
  readonly regressions: number
  /**
   * Longest time without an acknowledged write, in milliseconds, from the start of the writer to its stop, or until now
   * while it writes: an outage that has not ended counts.
   */
  readonly outageMs: number
  /** When that time began, in milliseconds since 1970. */
  readonly outageFrom: number | undefined
  /**
   * Whether the client was seen to write again: the last finished write was acknowledged, the write under way has not
   * waited for more than 1 s and, where faults are known (a writer of a deployment), the last write began after the
   * last of them. False may also mean that this was not observed, for example by a writer that was stopped before the
   * fault.
   */
  readonly recovered: boolean
  /** When the writer started, in milliseconds since 1970. */
  readonly startedAt: number
  /** When `stop()` was called, in milliseconds since 1970; undefined while it writes. */
  readonly stoppedAt: number | undefined
  /** Number of occurrences of each error. */
  readonly errors: Readonly<Record<string, number>>
}

/** A report after the data were read back. */
export interface VerifiedReport extends WriterReport {
  /** Acknowledged values that are not on the server, including those acknowledged late. */
  readonly lost: readonly number[]
  /** Values on the server that were never acknowledged. */
  readonly unacknowledgedButStored: number
}
