/** Each obstacle of a failover as a sentence. */
import type { Ineligible, Obstacle, RefusalView } from '../core/index.ts'
import { durationText } from './duration-text.ts'

type Of<Kind extends Obstacle['kind']> = Extract<Obstacle, { kind: Kind }>

/** A sentence without its full stop. */
export function obstacleText(obstacle: Obstacle): string {
  switch (obstacle.kind) {
    case 'tilt':
      return `this sentinel is in TILT for ${durationText(obstacle.forMs)}, because the clock jumped or the process stood`
        + ` still: it decides nothing for another ${durationText(obstacle.leftMs)}`
    case 'in-progress':
      return progressText(obstacle)
    case 'master-is-replica':
      return `the master reports the role of a replica for ${durationText(obstacle.forMs)}, so it refuses writes`
        + (obstacle.downInMs === undefined ? '' : `; if it stays so, it counts as down in ${durationText(obstacle.downInMs)}`)
    case 'master-up':
      return obstacle.downInMs === undefined
        ? `the master is not down: it answered ${durationText(obstacle.answeredMs)} ago`
        : `the master is not down yet: it has been silent for ${durationText(obstacle.answeredMs)} and counts as down in`
          + ` ${durationText(obstacle.downInMs)} (down-after-milliseconds)`
    case 'no-quorum':
      return noQuorumText(obstacle)
    case 'quorum-out-of-reach':
      return obstacle.quorum > obstacle.known
        ? `the quorum is ${obstacle.quorum}, but the sentinels known, this one included, are ${obstacle.known}: it can never be reached`
        : `the quorum is ${obstacle.quorum}, but only ${obstacle.reachable} of ${count(obstacle.known, 'sentinel')} can be asked`
    case 'no-majority':
      return `no majority: ${count(obstacle.needed, 'vote')} of ${count(obstacle.known, 'known sentinel')} must come together, but only`
        + ` ${obstacle.reachable} can vote now, this one included`
    case 'no-replicas':
      return 'no replica of this master is known, so none can take over'
    case 'no-good-replica':
      return `no replica may be promoted: ${obstacle.excluded.map(({ why, count: many }) => `${many} ${RULES[why]}`).join(', ')}`
    case 'candidate-refuses':
      return `the replica that would be promoted, ${obstacle.replica}, refuses: ${refusalText(obstacle.refusal)}`
    case 'peers-refuse':
      return `${count(obstacle.count, 'other sentinel')} cannot be asked, because of an error: ${refusalText(obstacle.refusal)}`
    case 'too-soon':
      return tooSoonText(obstacle)
    case 'held-back':
      return `the quorum has agreed for ${durationText(obstacle.odownMs)} and no failover has started: this sentinel waits`
        + ` for ${durationText(obstacle.waitMs)} after its last attempt or vote (2 x failover-timeout); its log says when that ends`
    case 'retry':
      return `no candidate won the last election; the next one is in ${durationText(obstacle.leftMs)}`
    case 'not-our-turn':
      return `other sentinels stand first; it is this one's turn in ${durationText(obstacle.leftMs)}`
  }
}

/** What the rules of the selection say of a replica, as the end of a sentence. */
export const RULES: Readonly<Record<Ineligible, string>> = {
  'down': 'down',
  'disconnected': 'disconnected',
  'silent': 'without a recent answer',
  'priority-zero': 'with priority 0',
  'info-too-old': 'without recent INFO',
  'master-link-down-too-long': 'without its master for too long',
  'never-synchronised': 'never synchronised',
  'loading': 'loading its data',
  'no-data': 'empty and never synchronised',
}

export function refusalText({ command, error, ageMs }: RefusalView): string {
  return `to ${command} it said "${error}" ${durationText(ageMs)} ago`
}

export function count(many: number, what: string): string {
  return `${many} ${what}${many === 1 ? '' : 's'}`
}

const PHASES: Readonly<Record<Of<'in-progress'>['phase'], string>> = {
  'wait-start': 'is waiting for votes',
  'select-replica': 'is waiting for fresh INFO of the replicas to choose one',
  'send-replicaof-no-one': 'is waiting for the connection to the chosen replica',
  'wait-promotion': 'is waiting for the chosen replica to become a master',
  'reconf-replicas': 'is pointing the other replicas to the new master',
}

function progressText({ phase, epoch, forced, forMs, promoted }: Of<'in-progress'>): string {
  const who = forced ? 'ordered by an operator' : 'led by this sentinel'
  const whom = promoted === undefined ? '' : ` (${promoted})`
  return `${who}, in epoch ${epoch}, it ${PHASES[phase]}${whom}, for ${durationText(forMs)}`
}

function noQuorumText({ agree, quorum, disagree, unreachable }: Of<'no-quorum'>): string {
  const others = [
    ...disagree > 0 ? [`${disagree} ${disagree === 1 ? 'does' : 'do'} not see it down`] : [],
    ...unreachable > 0 ? [`${unreachable} cannot be asked`] : [],
  ]
  return `no quorum: ${count(agree, 'sentinel')} ${agree === 1 ? 'sees' : 'see'} the master down, ${quorum} must`
    + (others.length === 0 ? '' : `; of the others ${others.join(', ')}`)
}

function tooSoonText({ leftMs, votedFor, epoch }: Of<'too-soon'>): string {
  const left = durationText(leftMs)
  return votedFor === undefined
    ? `too soon after this sentinel's last attempt: the next one may start in ${left} (2x failover-timeout)`
    : `this sentinel voted for ${votedFor} in epoch ${epoch}, which may be at work: it stays out of the way for another ${left}; ask that one for more`
}
