/** The table of `ts-sentinel history`. */
import type { FailoverJson } from '../../documents/index.ts'
import { durationText } from '../../explain/index.ts'
import { momentText } from '../local-time.ts'
import { tableText } from '../table-text.ts'

interface Times {
  readonly utc: boolean
}

/** Two lines for each failover: the result, then how the time was spent. */
export function historyText(failovers: readonly FailoverJson[], times: Times): string {
  if (failovers.length === 0) return 'No failover since this sentinel started.\n'
  const marks = failovers.some(({ beforeRestart }) => beforeRestart)
  const head = ['STARTED', 'MASTER', 'OUTCOME', 'KIND', 'LED BY', 'EPOCH', 'OUTAGE', 'ATTEMPT TOOK', 'FROM', 'TO', ...marks ? ['PROCESS'] : []]
  const lines = tableText(head, failovers.map((one) => [
    momentText(Date.parse(one.started), times), one.master,
    one.reason === null ? one.outcome : `${one.outcome}: ${one.reason}`,
    kindWord(one), one.role === 'leader' ? 'this sentinel' : 'another', one.epoch === null ? '' : String(one.epoch),
    one.outageMs === null ? '' : durationText(one.outageMs), tookText(one),
    one.from ?? '', one.to ?? '', ...marks ? [one.beforeRestart ? 'earlier' : 'present'] : [],
  ])).split('\n')
  return failovers.reduce((text, one, at) => `${text}${lines[at + 1] ?? ''}\n${detailsText(one, times)}`, `${lines[0] ?? ''}\n`)
}

function kindWord({ planned }: FailoverJson): string {
  return planned === null ? '' : planned ? 'planned' : 'unplanned'
}

function tookText({ attempt, durationMs }: FailoverJson): string {
  const number = attempt > 1 ? `#${attempt}: ` : ''
  return durationMs === null ? number.replace(': ', '') : `${number}${durationText(durationMs)}`
}

/** Empty where the sentinel keeps none of them, as for failovers of older releases. */
function detailsText({ lastAnswer, waitedMs, phases }: FailoverJson, times: Times): string {
  const steps = phases.map(({ name, sinceStartMs }) => `${name} ${durationText(sinceStartMs)}`)
  const parts = [
    ...lastAnswer === null ? [] : [`last good answer of the master ${momentText(Date.parse(lastAnswer), times)}`],
    ...waitedMs === null ? [] : [`waited ${durationText(waitedMs)} after the attempt before`],
    ...steps.length === 0 ? [] : [`phases after the start: ${steps.join(', ')}`],
  ]
  return parts.length === 0 ? '' : `  ${parts.join('; ')}\n`
}
