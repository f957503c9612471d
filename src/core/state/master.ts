import type { Failover } from './failover.ts'
import type { AcceptedData, LostData } from './lost-data.ts'
import type { Verdict } from './verdict.ts'
import type { Millis } from '../time.ts'
import type { Epoch } from './ids.ts'
import type { DataNodeFacts } from './facts.ts'
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
  /** When INFO showed a restart of the master; undefined once it answers PONG, or when the feature is off. */
  rebootSince: Millis | undefined
  /** What it held when INFO last showed a working master with the data of the deployment. */
  acceptedData: AcceptedData | undefined
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
  /** Changed by `enter` alone (failover/phases.ts). */
  readonly failover: Failover
  attempt: Attempt
  /** Number of the save that makes the address for clients durable. */
  addressDurableFrom: number
  /** Replica addresses that belong to a known server, by `addr:port`; the most recent ones. */
  readonly twins: Map<string, Twin>
  /** Why the last selection chose as it did; read by explanations. */
  lastVerdict: Verdict | undefined
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
    turnAt: undefined, votedAt: undefined, orderAt: undefined,
  }
}

/** It is down, or would be if its replicas did not still receive its data (detection/witnesses.ts). */
export function isSilent({ sdown, suspicion }: Master): boolean {
  return sdown || suspicion?.withheld !== undefined
}
