/** Each obstacle of a failover as a sentence. */
import type { Ineligible, Obstacle, RefusalView } from '../core/index.ts'
import { count } from '../text/index.ts'
import { durationText } from './duration-text.ts'
import { pauseText } from './pause-words.ts'
import { tiltCauseText } from './tilt-words.ts'

type Of<Kind extends Obstacle['kind']> = Extract<Obstacle, { kind: Kind }>

/** A sentence without its full stop. `nameOf` gives the name of a sentinel with an id. */
export function obstacleText(obstacle: Obstacle, nameOf = (id: string): string => id): string {
  switch (obstacle.kind) {
    case 'tilt':
      return `this sentinel has been in TILT for ${durationText(obstacle.forMs)}, because ${tiltCauseText(obstacle.cause)}; it makes no decisions for another ${durationText(obstacle.leftMs)}`
    case 'in-progress':
      return progressText(obstacle)
    case 'master-is-replica':
      return `the master has reported the role of a replica for ${durationText(obstacle.forMs)}, so it refuses writes`
        + (obstacle.downInMs === undefined ? '' : `; unless it becomes a master again, it counts as down in ${durationText(obstacle.downInMs)}`)
    case 'master-up':
      return obstacle.downInMs === undefined
        ? `the master is not down: it answered ${durationText(obstacle.answeredMs)} ago`
        : `the master is not down yet: it has not answered for ${durationText(obstacle.answeredMs)} and counts as down in`
          + ` ${durationText(obstacle.downInMs)} (down-after-milliseconds)`
    case 'witnessed':
      return witnessedText(obstacle)
    case 'paused':
      return lowerFirst(pauseText(obstacle))
    case 'no-quorum':
      return noQuorumText(obstacle)
    case 'quorum-out-of-reach':
      return obstacle.quorum > obstacle.known
        ? `the quorum is ${obstacle.quorum}, but only ${knownText(obstacle.known)}; lower the quorum or start more sentinels`
        : `the quorum is ${obstacle.quorum}, but only ${obstacle.reachable} of ${count(obstacle.known, 'sentinel')} can be reached`
    case 'no-majority':
      return `no majority: a leader needs ${count(obstacle.needed, 'vote')} of ${count(obstacle.known, 'known sentinel')}, but only`
        + ` ${obstacle.reachable} can vote now, this one included`
    case 'no-replicas':
      return 'no replica of this master is known, so none can be promoted'
    case 'no-good-replica':
      return `no replica can be promoted: ${obstacle.excluded.map(excludedText).join(', ')}`
    case 'candidate-refuses':
      return `${obstacle.replica}, the replica to promote, refuses commands: ${refusalText(obstacle.refusal)}`
    case 'peers-refuse':
      return peersRefuseText(obstacle)
    case 'too-soon':
      return tooSoonText(obstacle, nameOf)
    case 'held-back':
      return `the quorum has agreed for ${durationText(obstacle.odownMs)} and this sentinel has started no failover: it waits`
        + ` for ${durationText(obstacle.waitMs)} after its last attempt or vote (2 x failover-timeout); see`
        + ' "Next failover delay" in its log'
    case 'retry':
      return `no candidate won the last election; the next one is in ${durationText(obstacle.leftMs)}`
    case 'not-our-turn':
      return `other sentinels become candidates first; the turn of this sentinel is in ${durationText(obstacle.leftMs)}`
  }
}

function lowerFirst(text: string): string {
  return text.slice(0, 1).toLowerCase() + text.slice(1)
}

function witnessedText({ alive, reachable, answeredMs, forMs, leftMs }: Of<'witnessed'>): string {
  return `${alive} of ${count(reachable, 'replica')} ${alive === 1 ? 'still receives' : 'still receive'} data from the master, which has`
    + ` not answered this sentinel for ${durationText(answeredMs)}; it would have counted as down for ${durationText(forMs)}`
    + ` and is not taken for down for another ${durationText(leftMs)} at most (witness-max)`
}

const VERBS = {
  'be': { one: 'is', more: 'are', past: 'was' },
  'have': { one: 'has', more: 'have', past: 'had' },
  'have been': { one: 'has been', more: 'have been', past: 'had been' },
} as const

/** The rule that excludes a replica: its verb and the rest of the sentence. */
const RULES: Readonly<Record<Ineligible, readonly [verb: keyof typeof VERBS, rest: string]>> = {
  'down': ['be', 'down'],
  'disconnected': ['be', 'disconnected'],
  'silent': ['have', 'no recent valid answer to PING'],
  'priority-zero': ['have', 'replica-priority 0'],
  'excluded-zone': ['be', 'in a zone of never-promote-in'],
  'too-much-lag': ['be', 'behind by more than max-lag-bytes'],
  'info-too-old': ['have', 'no recent INFO'],
  'master-link-down-too-long': ['have been', 'disconnected from the master for too long'],
  'never-synchronised': ['have', 'never synchronised'],
  'loading': ['be', 'loading data'],
  'foreign': ['be', 'of another deployment'],
  'returned-master': ['have', 'returned as a master and must follow first'],
  'lost-data': ['be', 'without the data that the master lost'],
  'no-data': ['be', 'empty and never synchronised'],
}

/** Why a replica cannot or could not be promoted, as the end of a sentence: `is down`, `had replica-priority 0`. */
export function ruleText(why: Ineligible, form: 'one' | 'more' | 'past'): string {
  const [verb, rest] = RULES[why]
  return `${VERBS[verb][form]} ${rest}`
}

function excludedText({ why, count: many }: Of<'no-good-replica'>['excluded'][number]): string {
  return `${many} ${ruleText(why, many === 1 ? 'one' : 'more')}`
}

export function refusalText(refusal: RefusalView): string {
  return `it answered ${answerText(refusal)}`
}

function answerText({ command, error, ageMs }: RefusalView): string {
  return `${command} with "${error}" ${durationText(ageMs)} ago`
}

function peersRefuseText({ count: many, refusal }: Of<'peers-refuse'>): string {
  return many === 1
    ? `1 other sentinel refuses commands: ${refusalText(refusal)}`
    : `${many} other sentinels refuse commands: one of them answered ${answerText(refusal)}`
}

function knownText(known: number): string {
  return known === 1 ? 'this sentinel is known' : `${known} sentinels are known, this one included`
}

const PHASES: Readonly<Record<Of<'in-progress'>['phase'], string>> = {
  'wait-start': 'waiting for votes',
  'select-replica': 'waiting for fresh INFO of the replicas to choose one',
  'send-replicaof-no-one': 'waiting for the connection to the chosen replica',
  'wait-promotion': 'waiting for the chosen replica to become a master',
  'reconf-replicas': 'reconfiguring the other replicas',
}

function progressText({ phase, epoch, forced, forMs, promoted, coordinated }: Of<'in-progress'>): string {
  const cause = coordinated?.isAdopted === true
    ? 'to announce the replica to which the master has handed over'
    : forced ? `${coordinated === undefined ? '' : 'coordinated, '}ordered by an operator` : 'led by this sentinel'
  const chosen = promoted === undefined ? '' : ` (${promoted})`
  const pause = coordinated === undefined || coordinated.isAdopted
    ? '' : `; writes are paused for another ${durationText(coordinated.leftMs)} at most`
  return `${cause}, in epoch ${epoch}, ${PHASES[phase]}${chosen} for ${durationText(forMs)}${pause}`
}

function noQuorumText({ agree, quorum, disagree, unreachable }: Of<'no-quorum'>): string {
  const others = [
    ...disagree > 0 ? [`${disagree} ${disagree === 1 ? 'does' : 'do'} not see it down`] : [],
    ...unreachable > 0 ? [`${unreachable} cannot be reached`] : [],
  ]
  return `no quorum: ${count(agree, 'sentinel')} ${agree === 1 ? 'sees' : 'see'} the master down, and the quorum is ${quorum}`
    + (others.length === 0 ? '' : `; of the others, ${others.join(' and ')}`)
}

function tooSoonText({ leftMs, votedFor, epoch }: Of<'too-soon'>, nameOf: (id: string) => string): string {
  const left = durationText(leftMs)
  return votedFor === undefined
    ? `too soon after this sentinel's last attempt: the next one may start in ${left} (2 x failover-timeout)`
    : `this sentinel voted for ${nameOf(votedFor)} in epoch ${epoch} and waits another ${left} for its failover (2 x failover-timeout)`
}
