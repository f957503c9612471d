/**
 * One text for all states of a core that will behave alike from here on: moments become distances from now, and what
 * decides nothing is left out. Two cores with the same text are the same state to the exploration.
 */
import type { Millis, SentinelMemory } from '../../../src/core/index.ts'

/** Fields that hold a moment of the monotonic clock. */
const MOMENTS = new Set([
  'startedAt', 'establishedAt', 'helloActivityAt', 'lastReconnectAt', 'notBefore', 'pingPendingSince', 'lastPingAt',
  'lastValidReplyAt', 'lastReplyAt', 'infoAt', 'at', 'sdownSince', 'odownSince', 'publishedAt', 'roleReportedSince',
  'replicationChangedAt', 'since', 'freshSince', 'orderedAt', 'turnAt', 'retryAt', 'startAt', 'delayLoggedFor',
  'lastHelloAt', 'lastMasterDownReplyAt', 'askedAt', 'correctedAt', 'tiltSince', 'rebootSince', 'grantedAt',
  'silentSince', 'judgeAt', 'heardAt', 'endedAt', 'lastRefusedAt', 'shownAsMasterAt', 'deposedAt', 'answeredFor',
])

/**
 * Left out: texts and verdicts that only explanations read; numbers of saves, of which `unsavedVote` keeps what
 * matters; what is only reported; the position of the master, which decides only with a limit of the lag; what an
 * explored core never has (names, parked inputs, complaints); the way to the records, which the records themselves
 * give.
 */
const IDLE = new Set([
  'infoText', 'lastVerdict', 'saveSeq', 'savedSeq', 'voteSeq', 'addressDurableFrom', 'names', 'parked', 'complaints', 'previousStep',
  'deadlines', 'connections', 'masters', 'globals', 'tunables', 'protection', 'dirty', 'lastHelloAt', 'refusals',
  'lastFailure', 'lost', 'lastHello', 'position', 'disagreement',
])

export function fingerprint({ state, random, hasStarted }: SentinelMemory, now: Millis): string {
  const told: string[] = [String(random), String(hasStarted)]
  for (const [key, value] of Object.entries(state)) {
    if (key === 'records') {
      for (const record of state.records.values()) told.push(fieldsOf(record, now), unsavedVote(record, state))
    } else if (!IDLE.has(key)) told.push(valueText(key, value, now))
  }
  for (const [id, { link, purpose }] of state.connections) told.push(`${id}${purpose}${[...link.users].join('+')}`)
  for (const [key, at] of state.deadlines.entries()) told.push(`${key}@${at - now}`)
  return told.join('|')
}

type State = SentinelMemory['state']
type StateRecord = NonNullable<ReturnType<State['records']['get']>>

/** How many saves ago the last vote was cast, where no save has covered it. */
function unsavedVote(record: StateRecord, { saveSeq, savedSeq }: State): string {
  if (record.kind !== 'master' || record.voteSeq <= savedSeq) return ''
  return `v${saveSeq - record.voteSeq}`
}

function fieldsOf(record: object, now: Millis): string {
  let text = ''
  for (const [key, value] of Object.entries(record)) if (!IDLE.has(key)) text += `${valueText(key, value, now)};`
  return text
}

function valueText(key: string, value: unknown, now: Millis): string {
  switch (typeof value) {
    case 'undefined':
      return 'u'
    case 'number':
      return MOMENTS.has(key) ? `t${value - now}` : String(value)
    case 'bigint':
      return `${value}n`
    case 'string':
      return value
    case 'boolean':
      return value ? 'y' : 'n'
    case 'object':
      return objectText(key, value, now)
    default:
      throw new TypeError(`the state holds a ${typeof value} in ${key}`)
  }
}

function objectText(key: string, value: object | null, now: Millis): string {
  if (value === null) return 'null'
  // Records stand in the list of all records; elsewhere their number says which.
  if ('kind' in value && 'id' in value) return `#${String(value.id)}`
  if (value instanceof Set) return `{${[...value].join('+')}}`
  if (value instanceof Map) return `{${[...value.values()].map((item) => valueText(key, item, now)).join('+')}}`
  // Its two fields are moments that carry the names of connections.
  if (key === 'quickReturnAt') return Object.values(value).map((at) => valueText('at', at, now)).join('/')
  return `(${fieldsOf(value, now)})`
}
