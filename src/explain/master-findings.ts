/** The state of a master itself, and of the failover that follows from it. */
import type { MasterExplanation, Obstacle } from '../core/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { failureText, finding, isAlone, obstacle, type Case } from './case.ts'
import { durationText } from './duration-text.ts'
import type { Finding } from './finding.ts'
import { obstacleText } from './obstacle-words.ts'
import { sentinelName } from './sentinel-name.ts'
import { redisCli, shellWord } from './shell-command.ts'

/** A failover that this sentinel or another one leads. */
export function failoverFindings(one: Case): Finding[] {
  const { explanation } = one
  const running = obstacle(explanation, 'in-progress')
  if (running !== undefined) return [finding('critical', 'failover-running', `A failover is running: ${obstacleText(running)}.`)]
  if (!explanation.sdown) return []
  const wait = explanation.reasons.find((reason) => reason.kind === 'too-soon')
  const leader = explanation.sentinels.find(({ id }) => id === wait?.votedFor)
  if (wait?.votedFor !== undefined && leader !== undefined) {
    const about = addressText(leader)
    return [finding('critical', 'failover-elsewhere',
      `The failover waits for the sentinel ${about}, which has the vote of this one (epoch ${wait.epoch}); this one may lead the next`
      + ` one in ${durationText(wait.leftMs)}.`, {
        about, remedy: 'If the failover does not end, that sentinel shows why.',
        command: `ts-sentinel explain ${shellWord(about)} ${shellWord(explanation.name)}`,
      })]
  }
  const open = explanation.reasons.find(({ kind }) => kind === 'too-soon' || kind === 'retry' || kind === 'not-our-turn' || kind === 'held-back')
  return open === undefined ? [] : [finding('critical', 'failover-waits', `The failover waits: ${obstacleText(open, (id) => sentinelName(id, explanation))}.`)]
}

/** What prevents a failover until it is repaired. A pause may be one of this sentinel alone. */
const PREVENTS: ReadonlySet<Obstacle['kind']> = new Set(['quorum-out-of-reach', 'no-majority', 'no-replicas'])

/** The master is down, silent or read-only; empty when it works. */
export function masterFindings({ explanation, options }: Case): Finding[] {
  const about = addressText(explanation)
  const { sdown, odown, crash } = explanation
  const readOnly = obstacle(explanation, 'master-is-replica')
  if (readOnly !== undefined) {
    return [finding('critical', 'master-is-replica', `The master ${about} reports the role of a replica and refuses writes.`, {
      about, remedy: 'A failover follows unless it becomes a master again.', command: redisCli(explanation, ['REPLICAOF', 'NO', 'ONE'], options),
    })]
  }
  if (isAlone(explanation)) return []
  if (sdown) {
    const why = crash === undefined ? `is down${failureText(explanation)}` : 'has ended: its process does not run any more'
    const isStuck = explanation.reasons.some(({ kind }) => PREVENTS.has(kind))
    const agreement = odown ? 'the quorum agrees' : `a failover starts when the quorum of ${explanation.votes.quorum} agrees`
    return [finding('critical', 'master-down', `The master ${about} ${why}; ${isStuck ? 'no failover can replace it now' : agreement}.`, {
      about, remedy: isStuck ? 'Start it, or remove what prevents the failover.' : 'Start it; the failover does not wait for it.',
    })]
  }
  const witnessed = obstacle(explanation, 'witnessed')
  if (witnessed !== undefined) {
    return [finding('warning', 'master-unreachable-here',
      `This sentinel has not reached the master ${about} for ${durationText(witnessed.answeredMs)}${failureText(explanation)}, but ${witnessed.alive} of`
      + ` ${count(witnessed.reachable, 'replica')} still receive its data: it is not taken for down for another ${durationText(witnessed.leftMs)} at most.`, {
        about, remedy: 'Repair the network between this sentinel and the master.',
      })]
  }
  return silentFindings(explanation)
}

/** It does not answer and does not count as down yet. */
function silentFindings(explanation: MasterExplanation): Finding[] {
  const up = obstacle(explanation, 'master-up')
  if (up?.downInMs === undefined) return []
  const about = addressText(explanation)
  const reason = failureText(explanation) || ' (no answer to PING)'
  const reporting = explanation.replicas.filter(({ reported, sdown }) => reported !== undefined && !sdown)
  const lost = reporting.filter(({ reported }) => reported?.isMasterLinkUp === false).length
  const replicas = lost === 0 ? '' : `; ${lost} of ${count(reporting.length, 'replica')} lost it too`
  return [finding('warning', 'master-unreachable',
    `The master ${about} has been unreachable for ${durationText(up.answeredMs)}${reason}${replicas}; failover in ${durationText(up.downInMs)} if the quorum`
    + ' agrees.', { about, remedy: 'Start it, or repair the network to it; otherwise wait for the failover.' })]
}
