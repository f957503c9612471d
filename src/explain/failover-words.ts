/** Past failovers in words. */
import type { Endpoint, MasterExplanation } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { count } from '../text/index.ts'
import { addressText } from './address-text.ts'
import { durationText } from './duration-text.ts'
import type { Field } from './field.ts'
import { sentinelName } from './sentinel-name.ts'
import { refusalText, ruleText } from './obstacle-words.ts'

/** One remembered failover as fields (SENTINEL HISTORY). */
export function failoverFields(failover: FailoverRecord): readonly Field[] {
  const { master, role, outcome, reason, epoch, startedWall, durationMs, from, to, phases, isBeforeRestart } = failover
  const { isPlanned, attempt, waitedMs, lastAnswerWall, outageMs } = failover
  return [
    ['master', master],
    ['outcome', outcome],
    ...reason === undefined ? [] : [['reason', reason] as const],
    ['role', role],
    ['epoch', epoch === undefined ? '' : String(epoch)],
    ['planned', isPlanned === undefined ? 'unknown' : isPlanned ? 'yes' : 'no'],
    ['last-answer', lastAnswerWall === undefined ? '' : new Date(lastAnswerWall).toISOString()],
    ['attempt', String(attempt)],
    ['started', new Date(startedWall).toISOString()],
    ['waited-ms', millis(waitedMs)],
    ['duration-ms', millis(durationMs)],
    ['outage-ms', millis(outageMs)],
    ['from', from === undefined ? '' : addressText(from)],
    ['to', to === undefined ? '' : addressText(to)],
    ['phases', phases.map(({ name, sinceStartMs }) => `${name}=${Math.round(sinceStartMs)}`).join(' ')],
    ['before-restart', isBeforeRestart ? 'yes' : 'no'],
  ]
}

/** Empty: there is none. */
function millis(ms: number | undefined): string {
  return ms === undefined ? '' : String(Math.round(ms))
}

/** Removes the common prefix: `no-good-slave` for `-failover-abort-no-good-slave`. `master-answers` has none. */
export function abortWord(reason: string): string {
  return reason.replace('-failover-abort-', '')
}

/** The outcome of one failover. `last` adds the details of this sentinel's last attempt. */
export function failoverText(failover: FailoverRecord, nowWall: number, last?: MasterExplanation): string {
  const { outcome, startedWall, durationMs, outageMs, epoch, isBeforeRestart } = failover
  const when = `${durationText(nowWall - startedWall)} ago${epoch === undefined ? '' : ` in epoch ${epoch}`}`
    + (isBeforeRestart ? ` (${new Date(startedWall).toISOString()}, before this sentinel started)` : '')
  const took = outageMs !== undefined ? `, outage of ${durationText(outageMs)} since its last good answer` : durationMs === undefined
    ? '' : `, in ${durationText(durationMs)}`
  switch (outcome) {
    case 'running':
      return `running for ${durationText(nowWall - startedWall)}`
    case 'switched':
      return `switched from ${address(failover.from)} to ${address(failover.to)}, led by this sentinel${took}; began ${when}`
    case 'adopted':
      return `switched from ${address(failover.from)} to ${address(failover.to)}, led by another sentinel${took}; began ${when}`
    case 'aborted':
      return `aborted (${failover.reason ?? 'unknown'}): ${abortText(failover, isBeforeRestart ? undefined : last)}; began ${when}`
  }
}

function address(endpoint: Endpoint | undefined): string {
  return endpoint === undefined ? 'an unknown address' : addressText(endpoint)
}

function abortText({ reason }: FailoverRecord, last: MasterExplanation | undefined): string {
  switch (reason) {
    case '-failover-abort-not-elected':
      return `not elected${lostText(last)}`
    case '-failover-abort-no-good-slave':
      return `no replica could be promoted${rejectedText(last)}`
    case '-failover-abort-slave-timeout':
      return `the chosen replica did not become a master within failover-timeout${promotionText(last)}`
    case '-failover-abort-master-timeout':
      return 'the master did not hand over in time, so it stays the master'
    case 'master-answers':
      return 'the master answered again before a replica was ordered to replace it'
    default:
      return 'for an unknown reason'
  }
}

function lostText(last: MasterExplanation | undefined): string {
  if (last?.lostElection === undefined) return ''
  const lost = last.lostElection
  const { mine, needed, silent, unreachable, withheld, rival } = lost
  return `: ${count(mine, 'vote')} of ${needed} needed`
    + (rival === undefined ? '' : `, ${count(rival.votes, 'vote')} for ${sentinelName(rival.id, last)}`)
    + (silent === 0 ? '' : `, ${count(silent, 'sentinel')} did not answer`)
    + (unreachable === 0 ? '' : `, ${count(unreachable, 'sentinel')} could not be reached`)
    + (withheld === 0 ? '' : `, ${count(withheld, 'sentinel')} gave no vote (a sentinel does not vote while it is paused or cannot save its file)`)
}

function rejectedText(last: MasterExplanation | undefined): string {
  const rejected = last?.lastSelection?.rejected ?? []
  return rejected.length === 0 ? '' : `: ${rejected.map(({ replica, why }) => `${replica} ${ruleText(why, 'past')}`).join(', ')}`
}

function promotionText(last: MasterExplanation | undefined): string {
  const chosen = last?.replicas.find(({ name }) => name === last.lastSelection?.chosen)
  const refusal = chosen?.refusals.find(({ purpose }) => purpose === 'order')
  if (chosen === undefined) return ''
  return refusal === undefined ? ` (${chosen.name})` : ` (${chosen.name}): ${refusalText(refusal)}`
}
