import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { MASTER_NAME_CHARS_MAX } from '../limits.ts'
import { keepingProblem, strictInteger } from '../words.ts'
import { okIfSaved, submit } from './operation-reply.ts'

/** All sentinels count votes in signed 32-bit integers. */
const QUORUM_MAX = 2_147_483_647n

/**
 * SENTINEL MONITOR name ip port quorum (protocol.md 2.7). Address, port range and name are checked by the core, in
 * that order.
 */
export function monitor({ argv, env }: Call): Answer {
  const [, , name = '', host = '', portWord = '', quorumWord = ''] = argv
  const problem = nameProblem(name) ?? keepingProblem('Host', host)
  if (problem !== undefined) return error(problem)
  const quorum = strictInteger(quorumWord)
  if (quorum === undefined || quorum > QUORUM_MAX) return error('ERR Invalid quorum')
  const port = strictInteger(portWord)
  if (port === undefined) return error('ERR Invalid port')
  if (quorum < 1n) return error('ERR Quorum must be 1 or greater.')
  return submit(env, { kind: 'monitor', name, host, port: Number(port), quorum: Number(quorum) }, okIfSaved)
}

/**
 * Names are unquoted in the hello message, whose fields are separated by commas, and in the configuration file, whose
 * words are separated by blanks. The original accepts any name and may then be unable to read its own file.
 */
function nameProblem(name: string): string | undefined {
  if (name === '') return 'ERR Master name must not be empty'
  if (name.length > MASTER_NAME_CHARS_MAX) return `ERR Master name too long, at most ${MASTER_NAME_CHARS_MAX} characters`
  if (/[ ,"']/.test(name)) return 'ERR Master name must not contain spaces, commas or quotes'
  return keepingProblem('Master name', name)
}
