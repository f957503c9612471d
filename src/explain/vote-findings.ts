/** Why the sentinels cannot agree on a failover: TILT, votes, quorum, pauses. */
import type { MasterExplanation, SentinelExplanation } from '../core/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { failureText, finding, hindrance, isAlone, obstacle, type Case } from './case.ts'
import { durationText } from './duration-text.ts'
import type { Finding } from './finding.ts'
import { pauseText } from './pause-words.ts'
import { ownCli, redisCli } from './shell-command.ts'
import { tiltCauseText, tiltRemedy } from './tilt-words.ts'

/** Sentinels besides this one that can agree and vote, or undefined where they are too few to lead without it. */
export function othersThatCanAct({ votes: { reachable, quorum, needed } }: MasterExplanation): number | undefined {
  // A sentinel in TILT votes, but does not say that the master is down.
  return reachable - 1 >= quorum && reachable >= needed ? reachable - 1 : undefined
}

export function tiltFindings(one: Case): Finding[] {
  const { explanation } = one
  const tilt = obstacle(explanation, 'tilt')
  if (tilt === undefined) return []
  const others = othersThatCanAct(explanation)
  const text = `This sentinel will not act for another ${durationText(tilt.leftMs)} (TILT: ${tiltCauseText(tilt.cause)})`
    + (others === undefined ? ', and the others are too few to act without it.' : `; ${count(others, 'other')} can.`)
  return [finding(others === undefined ? hindrance(one) : 'warning', 'tilt', text, {
    about: ownAddress(explanation),
    remedy: `It ends by itself. ${tiltRemedy(tilt.cause)}`,
  })]
}

export function saveFindings(one: Case): Finding[] {
  const { explanation } = one
  if (explanation.own?.isSaveFailing !== true) return []
  const why = explanation.own.saveError === undefined ? '' : ` (${explanation.own.saveError})`
  const text = `This sentinel cannot save its configuration file${why}: it gives no votes that a restart would lose, and a restart`
    + ' would lose epochs and addresses.'
  return [finding(hindrance(one), 'config-not-saved', text, {
    about: ownAddress(explanation),
    remedy: 'Make room on the disk, or make the file and its folder writable; the command saves again.',
    command: ownCli(explanation, ['SENTINEL', 'FLUSHCONFIG'], one.options),
  })]
}

export function pauseFindings(one: Case): Finding[] {
  const { explanation, options } = one
  const paused = explanation.pause
  if (paused === undefined) return []
  return [finding(paused.effective ? hindrance(one) : 'warning', 'paused', `Failovers are paused. ${pauseText(paused)}.`, {
    remedy: 'End the pause when the work is done.',
    command: ownCli(explanation, ['SENTINEL', 'RESUME', explanation.name], options),
  })]
}

/** Too few sentinels can be asked, or they do not agree. */
export function voteFindings(one: Case): Finding[] {
  const { explanation } = one
  const { quorum, known, reachable, needed } = explanation.votes
  if (quorum > known) return [quorumTooHigh(one)]
  const lost = explanation.sentinels.filter((peer) => !peer.reachable)
  const details = {
    about: lost[0] === undefined ? undefined : addressText(lost[0]),
    remedy: `Start ${lost.length === 1 ? 'that sentinel' : 'those sentinels'}, or repair the network to ${lost.length === 1 ? 'it' : 'them'}. Where a`
      + ' sentinel is gone for good, forget it on each of the others (SENTINEL FORGET).',
  }
  if (reachable < needed) {
    return [finding(hindrance(one), reachable < quorum ? 'no-quorum' : 'no-majority',
      `${impossible(one)}: only ${reachable} of ${count(known, 'sentinel')} can be reached, and ${needed} must vote; ${lostText(lost)}.`, details)]
  }
  return disagreementFindings(one)
}

function impossible({ isUrgent }: Case): string {
  return isUrgent ? 'No failover is possible' : 'No failover would be possible'
}

function lostText(lost: readonly SentinelExplanation[]): string {
  const names = lost.map((peer) => `${addressText(peer)}${failureText(peer)}`)
  return `${names.join(', ')} cannot be reached`
}

function quorumTooHigh(one: Case): Finding {
  const { explanation, options } = one
  const { quorum, known, majority } = explanation.votes
  return finding(hindrance(one), 'quorum-too-high',
    `${impossible(one)}: the quorum is ${quorum}, but ${known === 1 ? 'only this sentinel is' : `only ${known} sentinels are`} known.`, {
      remedy: 'Start more sentinels, or lower the quorum on each.',
      command: ownCli(explanation, ['SENTINEL', 'SET', explanation.name, 'quorum', String(majority)], options),
    })
}

/** The master is down for this sentinel, and not for enough of the others, which can be asked. */
function disagreementFindings({ explanation, options }: Case): Finding[] {
  const open = explanation.reasons.find((reason) => reason.kind === 'no-quorum')
  if (open === undefined || !isAlone(explanation)) return []
  const { agree, quorum, disagree } = open
  const about = addressText(explanation)
  return [finding('warning', 'master-unreachable-here',
    `${agree === 1 ? 'Only this sentinel does' : `Only ${agree} sentinels do`} not reach the master ${about}${failureText(explanation)}:`
    + ` ${count(disagree, 'other sentinel')} ${disagree === 1 ? 'does' : 'do'}, and the quorum is ${quorum}, so there is no failover.`, {
      about,
      remedy: `Repair the network between ${agree === 1 ? 'this sentinel' : 'these sentinels'} and the master. The command shows on`
        + ' that machine whether it is repaired.',
      command: redisCli(explanation, ['PING'], options),
    })]
}

/** Too few sentinels to lose one. */
export function spareFindings({ explanation }: Case): Finding[] {
  const { known, reachable, needed } = explanation.votes
  if (reachable < needed) return []
  if (known <= 2) {
    const text = known === 1
      ? 'This is the only sentinel: if its machine fails together with the master, no failover happens.'
      : 'There are two sentinels: if one is lost, the other has no majority, and no failover happens.'
    return [finding('warning', 'few-sentinels', text, { remedy: 'Run three.' })]
  }
  if (reachable > needed || reachable === known) return []
  return [finding('warning', 'no-spare-sentinel', 'If one more sentinel is lost, a failover is impossible.', {
    remedy: 'Start the sentinels that are down.',
  })]
}

export function peerFindings({ explanation }: Case): Finding[] {
  return explanation.sentinels.flatMap((peer) => {
    const about = addressText(peer)
    if (!peer.reachable) {
      return [finding('warning', 'sentinel-down', `The sentinel ${about} ${peer.sdown ? 'is down' : 'cannot be reached'}${failureText(peer)}.`, {
        about, remedy: 'Start it, or repair the network to it.',
      })]
    }
    const { otherMaster } = peer
    if (otherMaster === undefined) return []
    const text = otherMaster.forMs === undefined
      ? `The sentinel ${about} announces ${otherMaster.address} as the master. If this lasts, the sentinels have different masters.`
      : `The sentinel ${about} has announced ${otherMaster.address} as the master for ${durationText(otherMaster.forMs)}.`
    return [finding('warning', 'sentinels-disagree', text, {
      about, remedy: 'Compare SENTINEL GET-MASTER-ADDR-BY-NAME of both, and correct the monitor line of the wrong one.',
    })]
  })
}

export function ownAddress({ own }: MasterExplanation): string | undefined {
  return own?.host === undefined ? undefined : addressText({ host: own.host, port: own.port })
}
