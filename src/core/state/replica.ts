import type { Millis } from '../time.ts'
import type { DataNodeFacts } from './facts.ts'
import type { Hello } from './hello.ts'

/** The progress of a replica that must follow the promoted one (behaviour.md 9.6). */
export type Reconfiguration =
  | { readonly stage: 'none' }
  | { readonly stage: 'sent', readonly at: Millis }
  | { readonly stage: 'in-progress', readonly at: Millis }
  | { readonly stage: 'done' }

/** What INFO of a replica proves about the life of its master (monitoring/master-contact.ts). */
export interface MasterContact {
  /** When the last INFO was sent that has been answered. */
  readonly askedAt: Millis
  /** The master sent data at this moment or later. Undefined: the link to it is down, or nothing is proved. */
  readonly heardAt: Millis | undefined
}

/** Why a node is foreign (monitoring/foreign-nodes.ts). */
export interface Foreign {
  /** Address of the master of the other deployment, as `addr:port`; undefined: the node itself is a master. */
  readonly follows: string | undefined
  /** The replication id of its data, and the one that they had before. */
  readonly replid: string
  readonly replid2: string | undefined
}

export interface Replica extends DataNodeFacts {
  readonly kind: 'replica'
  /** `addr:port`, fixed at creation. */
  readonly name: string
  readonly masterName: string
  /** 0 when the link is up. */
  masterLinkDownMs: Millis
  masterLinkUp: boolean
  /** Undefined before the first INFO. */
  contact: MasterContact | undefined
  reportedMaster: { readonly host: string, readonly port: number } | undefined
  priority: number
  offset: bigint
  /** When INFO last showed the role of a master; undefined: never, or its link to a master worked after that. */
  shownAsMasterAt: Millis | undefined
  /** Its position in its own stream, in the last INFO reply that showed it as a master. */
  ownOffset: bigint
  announced: boolean
  /** Its link to its master is down, and its data are not those of its master. */
  neverSynchronised: boolean
  syncInProgress: boolean
  isLoading: boolean
  /** Undefined = not known. */
  hasKeys: boolean | undefined
  /** It was at a position in the replication stream of its master, with a working link, before. */
  hadData: boolean
  /** Since when the master lists two replicas at this address. */
  listedTwiceSince: Millis | undefined
  /** When INFO of the master listed it last, and how. */
  listedAt: Millis | undefined
  listedAs: { readonly host: string, readonly port: number, readonly isOnline: boolean } | undefined
  /** When it was the master before the last switch, and has not reported to be a replica since. */
  deposedAt: Millis | undefined
  /** Its run id when it last reported to be a replica. */
  replicaRunId: string | undefined
  /** The address by which it knew the master when its link to this deployment worked last. */
  linkedAs: { readonly host: string, readonly port: number } | undefined
  /** Its replication id when its data were those of this deployment last. */
  ownReplid: string | undefined
  /** Its replication id when it followed our master last, be it without a link. */
  followedWith: string | undefined
  /** Its replication id when it was a master with unknown data last that a replica followed which is none of ours. */
  strangeReplid: string | undefined
  /** It holds the data of another deployment; undefined otherwise. */
  foreign: Foreign | undefined
  /** Since when INFO has shown data that may be another deployment's, so that it gets no orders. */
  unknownSince: Millis | undefined
  /** A hello on its channel that is judged by INFO asked for from that moment on (monitoring/strange-hellos.ts). */
  heldHello: { readonly hello: Hello, readonly askedFrom: Millis } | undefined
  reconfiguration: Reconfiguration
  /** When we last corrected its role or its master, beside the orders of a failover itself. */
  correctedAt: Millis | undefined
}

/** Whether it was started again since it last reported to be a replica. */
export function isStartedAgain({ replicaRunId, runId }: Replica): boolean {
  return replicaRunId !== undefined && runId !== replicaRunId
}
