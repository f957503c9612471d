import { PAUSE_MAX_MS, PAUSE_QUESTION, readOrderNotice, type OperationResult } from '../../core/index.ts'
import type { OperationOutcome } from '../../ports/index.ts'
import { error, map, NULL_ARRAY } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call, OrderCall } from '../command-spec.ts'
import { SYNTAX_ERROR } from '../errors.ts'
import { PAUSE_REASON_CHARS_MAX } from '../limits.ts'
import { integerBetween, keepingProblem } from '../words.ts'
import { ok, submit, submitQuestion } from './operation-reply.ts'

/** SENTINEL PAUSE, RESUME and PAUSED. The original has none of them (docs/decisions/0052-pause.md). */

const USAGE = error('ERR syntax error, try SENTINEL PAUSE <master-name> FOR <milliseconds> [REASON <text>]')
const BAD_TIME = error(`ERR FOR must be a number of milliseconds from 1 to ${PAUSE_MAX_MS} (7 days)`)
const LONG_REASON = error(`ERR Reason too long, at most ${PAUSE_REASON_CHARS_MAX} characters`)

/** PAUSE name FOR ms [REASON text]: the words of the reason are joined by blanks. */
export function pause({ argv, env }: OrderCall): Answer {
  const [, , name = '', forWord = '', time = '', reasonWord, ...words] = argv
  if (forWord.toLowerCase() !== 'for') return USAGE
  if (reasonWord !== undefined && (reasonWord.toLowerCase() !== 'reason' || words.length === 0)) return USAGE
  const forMs = integerBetween(time, 1, PAUSE_MAX_MS)
  if (forMs === undefined) return BAD_TIME
  const reason = words.join(' ').trim()
  if (reason.length > PAUSE_REASON_CHARS_MAX) return LONG_REASON
  const problem = keepingProblem('Reason', reason)
  if (problem !== undefined) return error(problem)
  return submit(env, { kind: 'pause', name, forMs, reason: reason === '' ? undefined : reason }, pauseReply)
}

export function resume({ argv, env }: OrderCall): Answer {
  return submit(env, { kind: 'resume', name: argv[2] ?? '' }, ok)
}

/** PAUSED name: the same fields as PAUSE, or nil where failovers are not paused on this sentinel. */
export function paused({ argv, env }: Call): Answer {
  return submit(env, { kind: 'paused', name: argv[2] ?? '' }, pauseReply)
}

function pauseReply({ result }: OperationOutcome): RespValue {
  if (result.kind !== 'paused') return NULL_ARRAY
  const { until, paused: count, known, needed, effective } = result
  return map([
    'until', `${until}`, 'paused', `${count}`, 'known', `${known}`, 'needed', `${needed}`, 'effective', effective ? 'yes' : 'no',
  ])
}

/** Whether the candidate of IS-MASTER-DOWN-BY-ADDR is none, but a message about a pause or an order. */
export function isMessage(candidate: string): boolean {
  return candidate.startsWith(PAUSE_QUESTION) || readOrderNotice(candidate) !== undefined
}

/** The answer has the form of any other to IS-MASTER-DOWN-BY-ADDR. */
export function answerMessage({ argv, env }: Call): Answer {
  const order = readOrderNotice(argv[5] ?? '')
  if (order !== undefined) return submitQuestion(env, { kind: 'note-order', order }, () => [0, '*', 0])
  const name = (argv[5] ?? '').slice(PAUSE_QUESTION.length)
  return submitQuestion(env, { kind: 'tell-pause', name }, ({ result }) => toldReply(result))
}

function toldReply(result: OperationResult): RespValue {
  if (result.kind !== 'pause-told') return SYNTAX_ERROR
  const word = !result.isPaused ? 'not-paused' : result.leftMs > 0 ? 'paused' : 'paused-voted'
  return [0, word, result.leftMs]
}
