import type { PublishedHello } from './hello.ts'
import type { Failover } from './failover.ts'
import type { Handover, Standing } from './handover.ts'
import type { AcceptedData, LostData } from './lost-data.ts'
import type { Verdict } from './verdict.ts'
import type { Millis } from '../time.ts'
import type { Epoch } from './ids.ts'
import type { DataNodeFacts } from './facts.ts'
import type { Tombstone } from './forgotten.ts'
import type { OrderNotice, Pause, PauseQuestion } from './pause.ts'
import type { Schedule } from './planned.ts'
import type { Peer } from './peer.ts'
import type { Replica } from './replica.ts'
import type { Suspicion } from './suspicion.ts'

export interface Master extends DataNodeFacts {
  readonly kind: 'master'
  readonly name: string
  readonly replicas: Map<string, Replica>
  readonly peers: Map<string, Peer>
  odown: boolean
  odownSince: Millis | undefined
  /**
   * When INFO last showed the role of a master, also before it became our master; where none has, since when it is
   * our master.
   */
  shownAsMasterAt: Millis
  /** RESET kept its replicas, and INFO has not shown it as a master since: they lost their links before. */
  wasResetWhileGone: boolean
  /** When INFO showed a restart of the master; undefined once it answers PONG, or when the feature is off. */
  rebootSince: Millis | undefined
  /** What it held when INFO last showed a working master with the data of the deployment. */
  acceptedData: AcceptedData | undefined
  /** Its place in its replication stream, and the ids of that, when INFO last showed a working master with its data. */
  position: Position | undefined
  /** It restarted without its data, and still lacks them (monitoring/lost-data.ts). */
  lostData: LostData | undefined
  /** Set while its replicas are asked whether it lives; only where `witnesses` is on. */
  suspicion: Suspicion | undefined
  configEpoch: Epoch
  /** Our last vote for this master. The leader is not durable, its epoch is (behaviour.md 8.2). */
  leader: string | undefined
  leaderEpoch: Epoch
  /** Number of the save that makes our vote durable; 0 when the vote was loaded. */
  voteSeq: number
  /** When we last voted for another sentinel, or may have: a restart forgets it. No switch or RESET clears it. */
  votedForOtherAt: Millis | undefined
  /** Failovers are paused here. */
  pause: Pause | undefined
  /** A coordinated failover that is to begin later. */
  schedule: Schedule | undefined
  /** The last notice of a peer's ordered failover. */
  orderNotice: OrderNotice | undefined
  /** Operations that wait for the peers to tell their pauses, the oldest first. */
  readonly pauseQuestions: PauseQuestion[]
  /** Changed by `enter` alone (failover/phases.ts). */
  readonly failover: Failover
  attempt: Attempt
  /** A coordinated failover that waits, runs, or is about to be tried again. */
  handover: Handover | undefined
  /** The master that it follows by its last INFO reply, where that shows the role of a replica. */
  follows: Following | undefined
  /** The replica to which it handed over without an announcement, since both show it (failover/adoption.ts). */
  successor: Successor | undefined
  /** The last one published for this master; the next one is the same until something in it changes. */
  lastHello: PublishedHello | undefined
  /** Number of the save that makes the address for clients durable. */
  addressDurableFrom: number
  /** Replica addresses that belong to a known server, by `addr:port`; the most recent ones. */
  readonly twins: Map<string, Twin>
  /** Replicas and sentinels that were forgotten. Replaced as a whole by `tombstones.ts`. */
  forgotten: readonly Tombstone[]
  /** The most sentinels that were alive at once, this one included (monitoring/alive-at-once.ts). */
  aliveAtOnce: number
  /** Why the last selection chose as it did; read by explanations. */
  lastVerdict: Verdict | undefined
}

export interface Following {
  readonly host: string
  readonly port: number
  readonly isLinkUp: boolean
  /** Undefined: not reported. */
  readonly standing: Standing | undefined
}

export interface Successor {
  readonly replica: Replica
  readonly since: Millis
  /** False: it still follows the master that follows it, so neither accepts writes. */
  readonly isPromoted: boolean
}

/** An offset counts the bytes of one history of data, which has a replication id and the one that it continues. */
export interface Position {
  readonly offset: bigint
  readonly replid: string | undefined
  readonly replid2: string | undefined
}

/** An address that was dropped because its server is known under another one. */
export interface Twin {
  /** `addr:port` of the record that was kept. */
  readonly kept: string
  /** Undefined where the two addresses are the same. */
  readonly runId: string | undefined
  /** The master has listed it without a break since it was dropped. */
  readonly isListed: boolean
}

/** Facts about failover attempts, our own and those we voted for. */
export interface Attempt {
  /** Start of the last attempt, own or voted for; up to 999 ms in the future. undefined = none. */
  startAt: Millis | undefined
  /** The `startAt` for which the delay was already logged. */
  delayLoggedFor: Millis | undefined
  /** When our last attempt without a winner may be repeated. */
  retryAt: Millis | undefined
  /** Consecutive elections without a winner. */
  splitVotes: number
  /** The last election that we lost. */
  lost: LostElection | undefined
  /** When it is our turn to become a candidate, once a failover is due. */
  turnAt: Millis | undefined
  /** When we last voted for another sentinel; undefined = not since the last configuration. */
  votedAt: Millis | undefined
  /** When a failover that an operator ordered starts, if it has to wait. */
  orderAt: Millis | undefined
  /** When our last attempt began that was to announce a successor (failover/adoption.ts). */
  adoptsSince: Millis | undefined
}

/** The votes when we gave up; for explanations. */
export interface LostElection {
  readonly epoch: Epoch
  readonly at: Millis
  readonly mine: number
  readonly needed: number
  /** Peers that had been asked and not answered, and those that could not be asked. */
  readonly silent: number
  readonly unreachable: number
  /** Peers that do not vote: they cannot save it (kept-vote.ts), or are genuine and voted in a later epoch. */
  readonly withheld: number
  /** The candidate with most votes of others, if there is one. */
  readonly rival: { readonly id: string, readonly votes: number } | undefined
}

export function newAttempt(): Attempt {
  return {
    startAt: undefined, delayLoggedFor: undefined, retryAt: undefined, splitVotes: 0, lost: undefined,
    turnAt: undefined, votedAt: undefined, orderAt: undefined, adoptsSince: undefined,
  }
}

/** It is down, or would be if its replicas did not still receive its data (detection/witnesses.ts). */
export function isSilent({ sdown, suspicion }: Master): boolean {
  return sdown || suspicion?.withheld !== undefined
}

/** Its running attempt asks for votes in order to announce a handover that has happened (failover/adoption.ts). */
export function isAdoption({ failover, attempt: { adoptsSince } }: Master): boolean {
  return failover.phase === 'wait-start' && failover.since === adoptsSince
}
