import type { Tunable, TunableChange } from '../../core/index.ts'
import { TUNABLES } from '../../core/index.ts'
import { error, isError, map, OK } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { TOO_MANY_OPTIONS } from '../errors.ts'
import { OPTIONS_MAX } from '../limits.ts'
import { integerBetween } from '../words.ts'
import { ok, submit } from './operation-reply.ts'

/**
 * SENTINEL DEBUG [option value …]: shows or changes the periods (protocol.md 2.13). As with SET, the options before the
 * first invalid one are applied. The periods are not saved.
 */
export function debug({ argv, env }: Call): Answer {
  if (argv.length === 2) {
    return map(TUNABLES.flatMap((name) => [name.toUpperCase(), `${env.view.tunable(name)}`]))
  }
  if (argv.length > 2 + 2 * OPTIONS_MAX) return TOO_MANY_OPTIONS
  const changes: TunableChange[] = []
  for (let at = 2; at < argv.length; at += 2) {
    const [option = '', value] = argv.slice(at, at + 2)
    const change = readChange(option, value)
    if (isError(change)) {
      return changes.length === 0 ? change : submit(env, { kind: 'set-tunables', changes }, () => change)
    }
    changes.push(change)
  }
  return changes.length === 0 ? OK : submit(env, { kind: 'set-tunables', changes }, ok)
}

function readChange(option: string, value: string | undefined): TunableChange | ErrorReply {
  const tunable: Tunable | undefined = TUNABLES.find((name) => name === option.toLowerCase())
  if (tunable === undefined || value === undefined) {
    return error(`ERR Unknown option or number of arguments for SENTINEL DEBUG '${option}'`)
  }
  const ms = integerBetween(value, 1, Number.MAX_SAFE_INTEGER)
  return ms === undefined ? error(`ERR Invalid argument '${value}' for SENTINEL DEBUG '${option}'`) : { tunable, ms }
}
