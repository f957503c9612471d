import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { configGet } from './config-get.ts'
import { configSet } from './config-set.ts'

const ONLY_GET_AND_SET = error(
  'ERR Only SENTINEL CONFIG GET <param> [<param> <param> ...] / SET <param> <value> [<param> <value> ...] are supported.',
)

/** SENTINEL CONFIG GET|SET: settings of this sentinel as a whole (protocol.md 2.12). Arity leaves one word at least. */
export function config(call: Call): Answer {
  const [, , verb = '', ...words] = call.argv
  switch (verb.toLowerCase()) {
    case 'get':
      return configGet(words, call.env)
    case 'set':
      return words.length === 1 ? ONLY_GET_AND_SET : configSet(words, call.env)
    default:
      return ONLY_GET_AND_SET
  }
}
