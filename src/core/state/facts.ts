/** The fields that records of masters, replicas and peers have in common (behaviour.md 1.2). */
import type { Millis } from '../time.ts'
import type { Address } from './address.ts'
import type { ConnectionId, RecordId } from './ids.ts'
import type { Link } from './link.ts'
import type { ServerFailover } from './server-failover.ts'
import type { MasterSettings } from './settings.ts'

/** The role in the last INFO reply of a node; `unknown` differs from both others and is shown as slave. */
export type Role = 'master' | 'slave' | 'unknown'

export interface InstanceFacts {
  readonly id: RecordId
  address: Address
  link: Link
  runId: string | undefined
  /** The settings of its master: one object for the master and all its replicas and peers. */
  readonly settings: MasterSettings
  sdown: boolean
  /** When SDOWN was last entered. Kept when it is left (behaviour.md 1.2). */
  sdownSince: Millis | undefined
  /** When this node last accepted a hello of ours, or the record was created. */
  publishedAt: Millis
  /** Send our hello at the next opportunity, also before it is due. */
  isPublishWanted: boolean
  /** The last hello that was sent and has no reply yet. */
  publishSent: Sent | undefined
}

/** A command that was sent: on which connection, when, and whether it was answered with an error. */
export interface Sent {
  readonly on: ConnectionId
  readonly at: Millis
  readonly failed: boolean
}

/** The state of a kill command. `refused`: the script keeps running. */
export interface ScriptKill {
  readonly at: Millis
  readonly outcome: 'awaited' | 'stopped' | 'refused'
}

export interface DataNodeFacts extends InstanceFacts {
  /** undefined = never. */
  infoAt: Millis | undefined
  infoText: string | undefined
  /** Ask for INFO at the next opportunity, also before it is due. */
  isInfoWanted: boolean
  infoSent: Sent | undefined
  roleReported: Role
  roleReportedSince: Millis
  /** When the reported master address or the reported role slave last changed. */
  replicationChangedAt: Millis
  /** The replication id in its last INFO reply, and the one that its data had before. */
  replid: string | undefined
  replid2: string | undefined
  /** It is a master, and INFO listed a replica that is none of this deployment. Not known of a master in office. */
  listsStrangers: boolean
  /** The server command FAILOVER: its state, and since when INFO shows this one, if active. Undefined: not reported. */
  failoverState: ServerFailover | undefined
  failoverSince: Millis | undefined
  /** Until when its writes may be paused by an order of ours. */
  pausedUntil: Millis | undefined
  /** SCRIPT KILL or FUNCTION KILL of this down period. */
  scriptKill: ScriptKill | undefined
  /** Availability zone that its server reports (Valkey 8 and later). */
  zone: string | undefined
  /** Release of the server, from INFO. */
  version: string | undefined
  /** When the present run id was first read; undefined = there is none. */
  runIdSince: Millis | undefined
  /** Run ids that it reported before; one that comes back belongs to a second server at this address. */
  formerRunIds: readonly string[]
  /** More than one server answers at this address. */
  isShared: boolean
}

/** The fields of a fresh record. */
export function newInstanceFacts(
  given: { id: RecordId, address: Address, link: Link, settings: MasterSettings, now: Millis },
): InstanceFacts {
  return {
    id: given.id,
    address: given.address,
    link: given.link,
    runId: undefined,
    settings: given.settings,
    sdown: false,
    sdownSince: undefined,
    publishedAt: given.now,
    isPublishWanted: true,
    publishSent: undefined,
  }
}

export function newDataNodeFacts(
  given: { id: RecordId, address: Address, link: Link, settings: MasterSettings, now: Millis, role: 'master' | 'slave' },
): DataNodeFacts {
  return {
    ...newInstanceFacts(given),
    infoAt: undefined,
    infoText: undefined,
    isInfoWanted: true,
    infoSent: undefined,
    roleReported: given.role,
    roleReportedSince: given.now,
    replicationChangedAt: given.now,
    replid: undefined,
    replid2: undefined,
    listsStrangers: false,
    failoverState: undefined,
    failoverSince: undefined,
    pausedUntil: undefined,
    scriptKill: undefined,
    zone: undefined,
    version: undefined,
    runIdSince: undefined,
    formerRunIds: [],
    isShared: false,
  }
}
