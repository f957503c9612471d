/** The failovers of SENTINEL HISTORY in the form of the JSON documents. */
import type { EpochJson, FailoverJson, FailoverOutcome } from '../../documents/index.ts'
import { abortWord } from '../../explain/index.ts'
import type { Entry } from './sentinel-facts.ts'

const OUTCOMES: ReadonlySet<string> = new Set<FailoverOutcome>(['running', 'switched', 'adopted', 'aborted'])

/** A sentinel of an older release does not report all fields. */
export function failoverJson(entry: Entry): FailoverJson {
  const outcome = entry.get('outcome') ?? ''
  const planned = entry.get('planned')
  return {
    master: entry.get('master') ?? '',
    role: entry.get('role') === 'leader' ? 'leader' : 'follower',
    outcome: OUTCOMES.has(outcome) ? outcome as FailoverOutcome : 'aborted',
    reason: abortWord(entry.get('reason') ?? '') || null,
    epoch: epochIn(entry.get('epoch')),
    planned: planned === 'yes' ? true : planned === 'no' ? false : null,
    lastAnswer: entry.get('last-answer') || null,
    attempt: numberIn(entry.get('attempt')) ?? 1,
    started: entry.get('started') ?? '',
    waitedMs: numberIn(entry.get('waited-ms')),
    durationMs: numberIn(entry.get('duration-ms')),
    outageMs: numberIn(entry.get('outage-ms')),
    from: entry.get('from') || null,
    to: entry.get('to') || null,
    phases: phasesIn(entry.get('phases') ?? ''),
    beforeRestart: entry.get('before-restart') === 'yes',
  }
}

/** `+sdown=0 +odown=12`. */
function phasesIn(text: string): FailoverJson['phases'] {
  return text.split(' ').flatMap((one) => {
    const [, name, ms] = /^(\S+)=(\d+)$/.exec(one) ?? []
    return name === undefined ? [] : [{ name, sinceStartMs: Number(ms) }]
  })
}

function numberIn(text: string | undefined): number | null {
  return text !== undefined && /^\d+$/.test(text) && Number.isFinite(Number(text)) ? Number(text) : null
}

function epochIn(text: string | undefined): EpochJson | null {
  const number = numberIn(text)
  return number === null || Number.isSafeInteger(number) ? number : text ?? null
}
