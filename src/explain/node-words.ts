/** One replica and one other sentinel in words. */
import type { Exclusion, LagView, LastResort, Precedence, RefusalView, ReplicaExplanation, SentinelExplanation } from '../core/index.ts'
import { count } from '../text/index.ts'
import { durationText } from './duration-text.ts'
import { refusalText } from './obstacle-words.ts'

export function replicaText(replica: ReplicaExplanation): string {
  const copy = replica.syncInProgress ? '; a full synchronisation with its master is in progress' : ''
  return `${standingText(replica)}${copy}${troubleText(replica)}`
}

function standingText(replica: ReplicaExplanation): string {
  const { standing, priority, zone, offset, lastResort, lag } = replica
  const last = lastResort === undefined ? '' : `, as a last resort: ${lastResortText(lastResort, lag)}`
  const facts = `priority ${priority}, ${zone === undefined ? '' : `zone ${zone}, `}offset ${offset}`
  switch (standing.kind) {
    case 'best':
      return `would be promoted: ${standing.by === undefined ? 'no other replica can be' : BETTER[standing.by]} (${facts})${last}`
    case 'lower':
      return `number ${standing.rank}: ${WORSE[standing.by]} (${facts})${last}`
    case 'excluded':
      return `excluded: ${exclusionText(standing, replica)}`
  }
}

const BETTER: Readonly<Record<Precedence, string>> = {
  'priority': 'it has the lowest priority number',
  'zone': 'it is in the preferred zone, among those of its priority',
  'offset': 'it has more data than the next one',
  'run-id': 'it has the smallest run id among equals',
}

const WORSE: Readonly<Record<Precedence, string>> = {
  'priority': 'its priority number is higher than that of the best replica',
  'zone': 'it is not in the preferred zone, as the best replica is',
  'offset': 'it has less data than the best replica',
  'run-id': 'equal to the best replica, but its run id is larger',
}

function lastResortText(lastResort: LastResort, lag: LagView | undefined): string {
  switch (lastResort) {
    case 'too-much-lag':
      return lagText(lag)
    case 'never-synchronised':
      return 'it has never synchronised with its master'
    case 'loading':
      return 'it is loading its data'
  }
}

function lagText(lag: LagView | undefined): string {
  const limit = lag === undefined ? '' : `, at most ${lag.maxBytes} are allowed (max-lag-bytes)`
  return lag?.bytes === undefined
    ? `how many bytes it lacks cannot be measured, because its data have another replication id${limit}`
    : `it lacks ${count(lag.bytes, 'byte')} of the newest data known${limit}`
}

/** Why the rules leave a replica out. */
export function exclusionText(
  { why, measuredMs, limitMs }: Exclusion, { zone, lag }: Partial<Pick<ReplicaExplanation, 'zone' | 'lag'>> = {},
): string {
  const measured = measuredMs === undefined ? undefined : durationText(measuredMs)
  const limit = limitMs === undefined ? '' : `, at most ${durationText(limitMs)} is allowed`
  switch (why) {
    case 'down':
      return measured === undefined ? 'it is down' : `down for ${measured}`
    case 'disconnected':
      return 'there is no connection to it'
    case 'silent':
      return `its last valid answer to PING is ${measured ?? 'too'} old${limit}`
    case 'priority-zero':
      return 'its replica-priority is 0: it must never be promoted'
    case 'excluded-zone':
      return `it is in ${zone === undefined ? 'a zone' : `zone ${zone}`}, of which no replica may be promoted (never-promote-in)`
    case 'too-much-lag':
      return `${lagText(lag)}${lag?.isStrict === true ? '; max-lag-strict excludes it even where no other can be promoted' : ', and another replica can be promoted'}`
    case 'info-too-old':
      return measured === undefined ? 'it never answered INFO' : `its last INFO is ${measured} old${limit}`
    case 'master-link-down-too-long':
      return `it has been disconnected from its master for ${measured ?? 'too long'}${limit}`
    case 'never-synchronised':
      return 'it has never synchronised with its master, and another replica can be promoted'
    case 'loading':
      return 'it is loading its data, and another replica can be promoted'
    case 'no-data':
      return 'it is empty and has never synchronised with its master: after its promotion the old master would come back as its'
        + ' replica and lose all keys; to promote it all the same, run REPLICAOF NO ONE on it'
    case 'foreign':
      return 'its replication ids are not known here, so it may hold the data of another deployment; if it belongs here, make it'
        + ' follow the master with REPLICAOF'
    case 'returned-master':
      return 'it was replaced and runs as a master again: it must follow the present master before it can be promoted'
    case 'lost-data':
      return 'it does not have the data that its master lost, and another replica has them'
  }
}

/** `nameOf` gives the name of a sentinel with an id. */
export function sentinelText(sentinel: SentinelExplanation, nameOf = (id: string): string => id): string {
  const { reachable, sdown, saysDown, answeredMs, votedFor, votedEpoch } = sentinel
  const state = reachable ? 'reachable' : sdown ? 'down' : 'not connected'
  const opinion = saysDown ? `sees the master down (answered ${durationText(answeredMs)} ago)` : 'does not see the master down'
  const vote = votedFor === undefined ? '' : `, voted for ${nameOf(votedFor)} in epoch ${votedEpoch}`
  return `${state}, ${opinion}${vote}${troubleText(sentinel)}`
}

/** Refusals and failed connections of a node; empty when there are none. */
export function troubleText(node: Pick<ReplicaExplanation, 'refusals' | 'lastFailure'>): string {
  const { lastFailure } = node
  const refused = decisive(node.refusals).map((refusal) => `; ${refusalText(refusal)}`).join('')
  if (lastFailure === undefined) return refused
  const what = lastFailure.purpose === 'command' ? 'the connection' : 'the subscription to its hello channel'
  return `${refused}; ${what} failed ${durationText(lastFailure.ageMs)} ago: ${lastFailure.reason}`
}

/** Omits the other refusals after a failed login, which causes them. */
function decisive(refusals: readonly RefusalView[]): readonly RefusalView[] {
  const login = refusals.filter(({ purpose }) => purpose === 'auth')
  return login.length > 0 ? login : refusals
}
