import { RUN_ID_CHARS_MAX } from '../../core/index.ts'
import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { longPattern, NOT_AN_INTEGER, SYNTAX_ERROR } from '../errors.ts'
import { GLOB_CHARS_MAX } from '../limits.ts'
import { keepingProblem, strictInteger } from '../words.ts'
import { answerMessage, isMessage } from './pause.ts'
import { okIfSaved, submit, submitQuestion } from './operation-reply.ts'

/** Short commands that change state (protocol.md 2.5, 2.8, 2.9, 2.10). */

export function remove({ argv, env }: Call): Answer {
  return submit(env, { kind: 'remove', name: argv[2] ?? '' }, okIfSaved)
}

/** Answers with the number of masters that matched. */
export function reset({ argv, env }: Call): Answer {
  const pattern = argv[2] ?? ''
  if (pattern.length > GLOB_CHARS_MAX) return longPattern(GLOB_CHARS_MAX)
  return submit(env, { kind: 'reset', pattern }, ({ result }) =>
    result.kind === 'reset' ? result.count : SYNTAX_ERROR)
}

export function flushConfig({ env }: Call): Answer {
  return submit(env, { kind: 'save' }, okIfSaved)
}

/**
 * IS-MASTER-DOWN-BY-ADDR ip port epoch runid: a peer's question about a master, and its request for a vote. The vote is
 * durable before it is sent. Negative epochs, which would mean about 2^64, and ids that would break the log are refused
 * (protocol.md 2.10).
 */
export function isMasterDown({ argv, env, client }: Call): Answer {
  const [, , host = '', portWord = '', epochWord = '', candidate = ''] = argv
  if (isMessage(candidate)) return answerMessage({ argv, env, client })
  const port = strictInteger(portWord)
  const epoch = strictInteger(epochWord)
  if (port === undefined || epoch === undefined || epoch < 0n) return NOT_AN_INTEGER
  const problem = candidate.length > RUN_ID_CHARS_MAX ? 'ERR Run id too long' : keepingProblem('Run id', candidate)
  if (problem !== undefined) return error(problem)
  return submitQuestion(env, { kind: 'is-master-down', host, port: Number(port), epoch, candidate }, ({ result }) =>
    result.kind === 'master-down' ? [result.down ? 1 : 0, result.leader ?? '*', result.epoch] : SYNTAX_ERROR)
}
