/** An explanation as names and values, for SENTINEL EXPLAIN and for other outputs. */
import type { CrashView, ForgottenView, MasterExplanation, Obstacle } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { runningEpoch, silentFor } from './case.ts'
import { diagnose } from './diagnosis.ts'
import { durationText } from './duration-text.ts'
import type { Field } from './field.ts'
import { findingFields } from './finding-fields.ts'
import { failoverText } from './failover-words.ts'
import { replicaText, sentinelText, troubleText } from './node-words.ts'
import { pauseText } from './pause-words.ts'
import type { CommandOptions } from './shell-command.ts'
import { scheduleText } from './schedule-words.ts'
import { sentinelName } from './sentinel-name.ts'
import { problemText } from './problem-words.ts'
import { obstacleText } from './obstacle-words.ts'
import { othersThatCanAct } from './vote-findings.ts'

/**
 * Names are unique. Reasons are `code: sentence`, the decisive one first; fields that can occur several times are
 * numbered from 1. `past` has the remembered failovers of this master, oldest first; `nowWall` is Unix time in
 * milliseconds.
 */
export function explanationFields(
  explanation: MasterExplanation, past: readonly FailoverRecord[], nowWall: number, options: CommandOptions = {},
): readonly Field[] {
  const { votes, replicas, sentinels, candidate, nextAttemptMs, ifMasterDied, problems, pause, schedule } = explanation
  const last = past.at(-1)
  const epoch = runningEpoch(explanation)
  const nameOf = (id: string): string => sentinelName(id, explanation)
  return [
    ['name', explanation.name],
    ['address', addressText(explanation)],
    ['master', masterText(explanation)],
    ['failover', explanation.failover],
    ['answer', answer(explanation, nameOf)],
    ...findingFields(diagnose(explanation, options)),
    ...numbered('reason', explanation.reasons.map((one) => reason(one, nameOf))),
    ...ifMasterDied === undefined ? [] : [['if-master-died', died(ifMasterDied, explanation)] as const],
    ...numbered('if-master-died-reason', (ifMasterDied ?? []).map((one) => reason(one, nameOf))),
    ['sentinels-that-see-it-down', String(votes.agree)],
    ['quorum', String(votes.quorum)],
    ['known-sentinels', String(votes.known)],
    ['reachable-sentinels', String(votes.reachable)],
    ['majority', String(votes.majority)],
    ['votes-needed', String(votes.needed)],
    ['candidate', candidate ?? ''],
    ['next-attempt', nextAttemptMs === 0 ? 'now' : `in ${durationText(nextAttemptMs)}`],
    ['next-attempt-ms', String(Math.ceil(nextAttemptMs))],
    ...pause === undefined ? [] : [['paused', pauseText(pause)] as const],
    ...schedule === undefined ? [] : [['scheduled', scheduleText(schedule)] as const],
    ...epoch === undefined ? [] : [['failover-epoch', String(epoch)] as const],
    ['current-epoch', String(explanation.currentEpoch)],
    ['last-failover', last === undefined ? 'none since this sentinel started' : failoverText(last, nowWall, explanation)],
    ...numbered('replica', replicas.map((replica) => `${replica.name} ${replicaText(replica)}`)),
    ...numbered('problem', problems.map((problem) => `${problem.kind}: ${problemText(problem)}`)),
    ...numbered('forgotten', (explanation.forgotten ?? []).map((one) => forgottenText(one))),
    ...numbered('sentinel', sentinels.map((one) => `${one.id.slice(0, 8)} ${addressText(one)} ${sentinelText(one, nameOf)}`)),
  ]
}

function numbered(name: string, values: readonly string[]): Field[] {
  return values.map((value, at) => [`${name}-${at + 1}`, value])
}

function reason(obstacle: Obstacle, nameOf: (id: string) => string): string {
  return `${obstacle.kind}: ${obstacleText(obstacle, nameOf)}`
}

/** `replica 10.0.0.3:6379, by an operator, until 2026-12-01T01:02:03.000Z (for another 59 min)`. */
export function forgottenText({ kind, name, host, port, by, untilWall, leftMs }: ForgottenView): string {
  const what = kind === 'replica' ? `replica ${name}` : `sentinel ${name.slice(0, 8)} at ${addressText({ host, port })}`
  const why = by === 'operator' ? 'by an operator' : 'because it was down for long'
  return `${what}, ${why}, until ${new Date(untilWall).toISOString()} (for another ${durationText(leftMs)}) unless it comes back`
}

function masterText(explanation: MasterExplanation): string {
  const { sdown, odown, crash, reasons } = explanation
  const silentMs = silentFor(explanation)
  const up = reasons.some(({ kind }) => kind === 'witnessed') ? 'not answering this sentinel, but its replicas receive data'
    : silentMs === undefined ? 'up' : `no answer for ${durationText(silentMs)}`
  const state = odown ? 'down, and the quorum agrees' : sdown ? 'down as seen by this sentinel' : up
  return `${state}${crash === undefined ? '' : `; ${crashText(crash)}`}${troubleText(explanation)}`
}

/** Why it is down earlier than down-after-milliseconds. */
function crashText({ ageMs, refusals, reachable, lost }: CrashView): string {
  const replicas = reachable === 0 ? '' : `, and ${lost} of ${count(reachable, 'replica')} lost it too`
  return `its process ended (crash-detection): found ${durationText(ageMs)} ago, after ${refusals} refused connections${replicas}`
}

function answer({ failover, reasons, candidate }: MasterExplanation, nameOf: (id: string) => string): string {
  const [first, second] = reasons
  const why = first === undefined ? '' : `: ${obstacleText(first, nameOf)}`
  switch (failover) {
    case 'running':
      return `A failover is running${why}.${second === undefined ? '' : ` Obstacle: ${obstacleText(second, nameOf)}.`}`
    case 'due':
      return `A failover to ${candidate ?? 'a replica'} starts now${why}.`
    case 'no':
      return `No failover now${why}.`
  }
}

function died(obstacles: readonly Obstacle[], explanation: MasterExplanation): string {
  const { candidate } = explanation
  if (obstacles.length === 0) return `yes, a failover to ${candidate ?? 'a replica'} would follow`
  const [tilt, ...rest] = obstacles
  const others = tilt?.kind === 'tilt' && rest.length === 0 ? othersThatCanAct(explanation) : undefined
  if (tilt?.kind === 'tilt' && others !== undefined) {
    return `yes, a failover to ${candidate ?? 'a replica'} would follow, led by another sentinel: this one will not act for another`
      + ` ${durationText(tilt.leftMs)} (TILT), ${count(others, 'other')} can`
  }
  const isOthers = obstacles.every((obstacle) => obstacle.kind === 'paused' && !obstacle.effective)
  return isOthers ? 'a failover would follow only if enough other sentinels are not paused' : 'no failover would follow'
}
