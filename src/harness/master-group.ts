import type { MasterPlan } from './options.ts'
import type { RedisProcess } from './redis-process.ts'

/** One monitored master with the nodes that belong to it. */
export interface MasterGroup {
  readonly plan: MasterPlan
  readonly name: string
  /** The node that started as master first, then its replicas. Roles change, the order does not. */
  readonly nodes: readonly RedisProcess[]
}
