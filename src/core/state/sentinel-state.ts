/** The state of one sentinel process. Plain data; the rules are in the other folders of the core. */
import { Deadlines } from '../deadlines.ts'
import type { TiltCause } from '../event.ts'
import type { Input } from '../input.ts'
import { TUNABLE_DEFAULTS } from '../limits.ts'
import type { SimulatedFailure } from '../operation.ts'
import type { Tunable } from '../tunables.ts'
import type { Millis, Now } from '../time.ts'
import type { Globals } from './durable.ts'
import type { ConnectionId, Epoch, RecordId } from './ids.ts'
import type { Instance } from './instance.ts'
import type { Link } from './link.ts'
import type { Master } from './master.ts'
import { NO_OUTSIDE_PASSWORDS, type OutsidePasswords } from './outside-passwords.ts'
import { protectionOfAll, type ProtectionSettings } from './protection.ts'
import type { KeptVoters } from './voters.ts'

export interface SentinelState {
  readonly myId: string
  /** The port of our own listener, announced unless announce-port is set. */
  readonly ownPort: number
  /** Our own requirepass: the password for peers where sentinel-pass is not set (behaviour.md 3.3). */
  requirepass: string | undefined
  /** From ts-sentinel.ini; a reload replaces them. */
  outsidePasswords: OutsidePasswords
  /** The object stays; its values change. */
  readonly globals: { -readonly [Key in keyof Globals]: Globals[Key] }
  /** From ts-sentinel.ini; a reload replaces it. */
  protection: ProtectionSettings
  readonly tunables: Record<Tunable, Millis>
  readonly masters: Map<string, Master>
  readonly records: Map<RecordId, Instance>
  readonly connections: Map<ConnectionId, OpenConnection>
  readonly deadlines: Deadlines
  /** Records to check before this step ends. */
  readonly dirty: Set<RecordId>
  readonly names: Map<string, NameEntry>
  readonly parked: ParkedInput[]
  /** Characters of all INFO replies that are kept. */
  infoChars: number
  /** Malformed messages already logged, so that each is logged once. */
  readonly complaints: Set<string>
  /** Addresses that our own hellos have contained, as `addr:port`. */
  readonly ownAddresses: Set<string>
  /** Ids that came from more than one address, and our own where it came from another. */
  readonly idClaims: Map<string, IdClaims>
  currentEpoch: Epoch
  /** The last election that we began, or that raised our epoch when we were asked for a vote. */
  lastElection: { readonly epoch: Epoch, readonly at: Millis } | undefined
  /** Our own ends of connections, as literal addresses. */
  readonly ownIps: Set<string>
  /** By master's name: voters that RESET, REMOVE or FORGET removed. */
  readonly formerVoters: Map<string, RememberedVoters>
  /** By master's name: replication ids of its data set, newest first. Changed by `lineage.ts` alone. */
  readonly lineage: Map<string, readonly string[]>
  /** When we last voted for another sentinel. */
  grantedAt: Millis | undefined
  tiltSince: Millis | undefined
  /** Why it began, or was prolonged; for explanations. */
  tiltCause: TiltCause | undefined
  previousStep: Now | undefined
  simulatedFailure: SimulatedFailure
  /** Number of the last save that was asked for. */
  saveSeq: number
  /** Number of the last save that succeeded. */
  savedSeq: number
  /** A save has failed, and none that covers it has succeeded. */
  isSaveFailing: boolean
  /** Why the last save failed; undefined when it succeeded. For explanations. */
  saveError: string | undefined
  /** Names of masters whose election we have won by a vote that is not yet saved. */
  readonly wonUnsaved: Set<string>
  /** Smoothed time of a save in milliseconds; undefined until measured. */
  saveMs: number | undefined
  lastRecordId: number
  lastConnectionId: number
  /** A simulated crash happened: later inputs have no effect. */
  hasCrashed: boolean
}

/** Peers that count as voters until then. */
export interface RememberedVoters {
  readonly kept: KeptVoters
  readonly until: Millis
}

export interface OpenConnection {
  readonly link: Link
  readonly purpose: 'command' | 'hello'
}

/** A host name's last answer. */
export interface NameEntry {
  address: string | undefined
  answeredAt: Millis | undefined
  isLookupRunning: boolean
  /** Why the last lookup failed; undefined when it succeeded. For explanations. */
  failure: string | undefined
}

/** The addresses from which hellos with one id came. */
export interface IdClaims {
  /** When each address was first seen, and when last, by `addr:port`. */
  readonly seen: Map<string, { readonly firstAt: Millis, lastAt: Millis }>
  /** Addresses that use this id in addition to its owner's. */
  readonly others: Set<string>
}

/** An input that waits until every name in it has been looked up. */
export interface ParkedInput {
  readonly input: Input
  readonly waitingFor: Set<string>
}

export interface StateOptions {
  readonly myId: string
  readonly ownPort: number
  readonly requirepass: string | undefined
  readonly currentEpoch: Epoch
  readonly globals: Globals
  /** Default: the settings of a sentinel without ts-sentinel.ini. */
  readonly protection?: ProtectionSettings | undefined
  /** Default: none. */
  readonly outsidePasswords?: OutsidePasswords | undefined
}

export function newState(options: StateOptions): SentinelState {
  return {
    ...options,
    protection: options.protection ?? protectionOfAll(),
    outsidePasswords: options.outsidePasswords ?? NO_OUTSIDE_PASSWORDS,
    tunables: { ...TUNABLE_DEFAULTS },
    masters: new Map(),
    records: new Map(),
    connections: new Map(),
    deadlines: new Deadlines(),
    dirty: new Set(),
    names: new Map(),
    parked: [],
    infoChars: 0,
    complaints: new Set(),
    ownAddresses: new Set(),
    idClaims: new Map(),
    lastElection: undefined,
    ownIps: new Set(),
    formerVoters: new Map(),
    lineage: new Map(),
    grantedAt: undefined,
    tiltSince: undefined,
    tiltCause: undefined,
    previousStep: undefined,
    simulatedFailure: { crashAfterElection: false, crashAfterPromotion: false },
    saveSeq: 0,
    savedSeq: 0,
    isSaveFailing: false,
    saveError: undefined,
    wonUnsaved: new Set(),
    saveMs: undefined,
    lastRecordId: 0,
    lastConnectionId: 0,
    hasCrashed: false,
  }
}

/** The master that a record belongs to: itself, or the one above it. */
export function masterOf(state: SentinelState, instance: Instance): Master | undefined {
  return instance.kind === 'master' ? instance : state.masters.get(instance.masterName)
}
