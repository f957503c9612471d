import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { SILENCE } from '../command-spec.ts'
import { SYNTAX_ERROR } from '../errors.ts'

const NOT_SHUTTING_DOWN = error('ERR No shutdown in progress.')
const WORDS: ReadonlySet<string> = new Set(['save', 'nosave', 'now', 'force', 'abort'])

/** SHUTDOWN [NOSAVE|SAVE] [NOW] [FORCE] [ABORT]: closes the connection without a reply (protocol.md 7.2). */
export function shutdown({ argv, env }: Call): Answer {
  const words = new Set(argv.slice(1).map((word) => word.toLowerCase()))
  if ([...words].some((word) => !WORDS.has(word))) return SYNTAX_ERROR
  if (words.has('save') && words.has('nosave')) return SYNTAX_ERROR
  if (words.has('abort')) return words.size === 1 ? NOT_SHUTTING_DOWN : SYNTAX_ERROR
  env.shutdown()
  return SILENCE
}
