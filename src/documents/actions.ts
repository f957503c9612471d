/** POST requests. */
import type { Milliseconds, SchemaVersion } from './values.ts'

/** The answer to a POST request that was carried out. */
export interface ActionDocument {
  readonly schemaVersion: SchemaVersion
  readonly master: string
  readonly action: ActionName
  /** What the command answered, such as `OK`. */
  readonly answer: string
}

export type ActionName = 'failover' | 'switchover' | 'pause' | 'resume' | 'forget'

/** The body of `/masters/<name>/failover`. */
export type FailoverRequest = Readonly<Record<string, never>>

/** The body of `/masters/<name>/switchover`. */
export interface SwitchoverRequest {
  /**
   * Address of the replica that shall become the master; the best one where it is absent.
   *
   * @pattern ^(\[[^\]\s]+\]|[^:\s]+):[0-9]{1,5}$
   */
  readonly to?: string
  /** How long writes may be paused. */
  readonly timeoutMs?: Milliseconds
}

/** The body of `/masters/<name>/pause`: pauses this sentinel. */
export interface PauseRequest {
  readonly durationMs: Milliseconds
  readonly reason?: string
}

/** The body of `/masters/<name>/resume`. */
export type ResumeRequest = Readonly<Record<string, never>>

/** The body of `/masters/<name>/forget`. */
export interface ForgetRequest {
  readonly kind: 'replica' | 'sentinel'
  /**
   * Address of the replica or sentinel, or id of the sentinel.
   *
   * @pattern ^((\[[^\]\s]+\]|[^:\s]+):[0-9]{1,5}|[0-9a-f]{40})$
   */
  readonly which: string
}
