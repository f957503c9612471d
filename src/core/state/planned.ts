/** Coordinated failovers that are scheduled (operations/planned.ts, docs/decisions/0053-schedule.md). */
import type { Epoch } from './ids.ts'
import type { Millis } from '../time.ts'

/** What is kept of a schedule over restarts. Times are Unix times in milliseconds. */
export interface KeptSchedule {
  readonly at: number
  readonly to: { readonly host: string, readonly port: number } | undefined
  readonly timeoutMs: number | undefined
  /** The configuration that the order was given for. */
  readonly configEpoch: Epoch
}

/** A coordinated failover that this sentinel starts at its time, unless another one does. */
export interface Schedule {
  readonly kept: KeptSchedule
  /** When it is this sentinel's turn, or when it tries again; undefined until the time of the schedule. */
  tryAt: Millis | undefined
}
