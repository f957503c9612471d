/** An explanation as names and values, for SENTINEL EXPLAIN and for other outputs. */
import type { CrashView, MasterExplanation, Obstacle } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { durationText } from './duration-text.ts'
import type { Field } from './field.ts'
import { failoverText } from './failover-words.ts'
import { replicaText, sentinelText, troubleText } from './node-words.ts'
import { problemText } from './problem-words.ts'
import { obstacleText } from './obstacle-words.ts'

/**
 * Names are unique. Reasons are `code: sentence`, the decisive one first; fields that can occur several times are
 * numbered from 1. `past` has the remembered failovers of this master, oldest first; `nowWall` is Unix time in
 * milliseconds.
 */
export function explanationFields(
  explanation: MasterExplanation, past: readonly FailoverRecord[], nowWall: number,
): readonly Field[] {
  const { votes, replicas, sentinels, candidate, nextAttemptMs, ifMasterDied, problems } = explanation
  const last = past.at(-1)
  return [
    ['name', explanation.name],
    ['address', addressText(explanation)],
    ['master', masterText(explanation)],
    ['failover', explanation.failover],
    ['answer', answer(explanation)],
    ...numbered('reason', explanation.reasons.map(reason)),
    ...ifMasterDied === undefined ? [] : [['if-master-died', died(ifMasterDied, candidate)] as const],
    ...numbered('if-master-died-reason', (ifMasterDied ?? []).map(reason)),
    ['sentinels-that-see-it-down', String(votes.agree)],
    ['quorum', String(votes.quorum)],
    ['known-sentinels', String(votes.known)],
    ['reachable-sentinels', String(votes.reachable)],
    ['majority', String(votes.majority)],
    ['votes-needed', String(votes.needed)],
    ['candidate', candidate ?? ''],
    ['next-attempt', nextAttemptMs === 0 ? 'now' : `in ${durationText(nextAttemptMs)}`],
    ['next-attempt-ms', String(Math.ceil(nextAttemptMs))],
    ['current-epoch', String(explanation.currentEpoch)],
    ['last-failover', last === undefined ? 'none since this sentinel started' : failoverText(last, nowWall, explanation)],
    ...numbered('replica', replicas.map((replica) => `${replica.name} ${replicaText(replica)}`)),
    ...numbered('problem', problems.map((problem) => `${problem.kind}: ${problemText(problem)}`)),
    ...numbered('sentinel', sentinels.map((one) => `${one.id.slice(0, 8)} ${addressText(one)} ${sentinelText(one)}`)),
  ]
}

function numbered(name: string, values: readonly string[]): Field[] {
  return values.map((value, at) => [`${name}-${at + 1}`, value])
}

function reason(obstacle: Obstacle): string {
  return `${obstacle.kind}: ${obstacleText(obstacle)}`
}

function masterText(explanation: MasterExplanation): string {
  const { sdown, odown, crash, reasons } = explanation
  const up = reasons.some(({ kind }) => kind === 'witnessed') ? 'not answering this sentinel, but its replicas receive data' : 'up'
  const state = odown ? 'down, and the quorum agrees' : sdown ? 'down as seen by this sentinel' : up
  return `${state}${crash === undefined ? '' : `; ${crashText(crash)}`}${troubleText(explanation)}`
}

/** Why it is down earlier than down-after-milliseconds. */
function crashText({ ageMs, refusals, reachable, lost }: CrashView): string {
  const replicas = reachable === 0 ? '' : `, and ${lost} of ${count(reachable, 'replica')} lost it too`
  return `its process ended (crash-detection): found ${durationText(ageMs)} ago, after ${refusals} refused connections${replicas}`
}

function answer({ failover, reasons, candidate }: MasterExplanation): string {
  const [first, second] = reasons
  const why = first === undefined ? '' : `: ${obstacleText(first)}`
  switch (failover) {
    case 'running':
      return `A failover is running${why}.${second === undefined ? '' : ` Obstacle: ${obstacleText(second)}.`}`
    case 'due':
      return `A failover to ${candidate ?? 'a replica'} starts now${why}.`
    case 'no':
      return `No failover now${why}.`
  }
}

function died(obstacles: readonly Obstacle[], candidate: string | undefined): string {
  return obstacles.length === 0 ? `yes, a failover to ${candidate ?? 'a replica'} would follow` : 'no failover would follow'
}
