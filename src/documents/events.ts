/** `/events`. */
import type { TimeJson } from './values.ts'

/** One event of `/events`. The event determines which of the optional fields it has. */
export interface EventJson {
  /** Value for the header Last-Event-ID. */
  readonly id: string
  readonly time: TimeJson
  readonly level: 'debug' | 'verbose' | 'notice' | 'warning'
  /** Name of the event, such as `+switch-master`. */
  readonly event: string
  readonly master?: string
  /** Kind of the instance that the event is about. `name`, absent for a master, and `address` belong to it. */
  readonly subject?: 'master' | 'replica' | 'sentinel'
  readonly name?: string
  readonly address?: string
  readonly epoch?: string
  /** Id of the sentinel that was voted for. */
  readonly leader?: string
  /** Addresses of the master before and after. */
  readonly from?: string
  readonly to?: string
  /** Sentinels that agree and the quorum, such as `2/2`. */
  readonly agree?: string
  /** When a scheduled failover begins. */
  readonly at?: TimeJson
  /** When a pause of failovers ends by itself. */
  readonly until?: TimeJson
  readonly reason?: string
  readonly detail?: string
  /** Text of the event, as subscribers get it. */
  readonly payload: string
}
