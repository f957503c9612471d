import type { Millis } from '../time.ts'
import type { DataNodeFacts } from './instance.ts'

/** How far a replica has come in following the promoted one (behaviour.md 9.6). */
export type Reconfiguration =
  | { readonly stage: 'none' }
  | { readonly stage: 'sent', readonly at: Millis }
  | { readonly stage: 'in-progress', readonly at: Millis }
  | { readonly stage: 'done' }

export interface Replica extends DataNodeFacts {
  readonly kind: 'replica'
  /** `addr:port`, fixed at creation. */
  readonly name: string
  readonly masterName: string
  /** 0 when the link is up. */
  masterLinkDownMs: Millis
  masterLinkUp: boolean
  reportedMaster: { readonly host: string, readonly port: number } | undefined
  priority: number
  offset: bigint
  announced: boolean
  reconfiguration: Reconfiguration
  /** When we last corrected its role or its master, beside the orders of a failover itself. */
  correctedAt: Millis | undefined
}
