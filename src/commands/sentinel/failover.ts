import type { CoordinatedOrder } from '../../core/index.ts'
import { error, type ErrorReply } from '../../resp/index.ts'
import type { Answer, OrderCall } from '../command-spec.ts'
import { SYNTAX_ERROR, wrongArity } from '../errors.ts'
import { integerBetween, keepingProblem } from '../words.ts'
import { ok, submit } from './operation-reply.ts'

/** The order to the master needs a second of the time that is given (docs/decisions/0051-coordinated-failover.md). */
const TIMEOUT_MIN_MS = 1001
const TIMEOUT_MAX_MS = 2 ** 31 - 1

/**
 * FAILOVER name, FAILOVER name COORDINATED [TO host port] [TIMEOUT ms] [AT unix-ms], or FAILOVER name CANCEL, which
 * ends what AT has scheduled.
 */
export function failover({ argv, env }: OrderCall): Answer {
  const [, , name = '', mode, ...options] = argv
  if (mode === undefined) return submit(env, { kind: 'failover', name }, ok)
  const isCancel = mode.toLowerCase() === 'cancel' && options.length === 0
  if (isCancel) return submit(env, { kind: 'cancel-failover', name }, ok)
  // As the original, which takes a name alone.
  if (mode.toLowerCase() !== 'coordinated') return wrongArity('sentinel|failover')
  const coordinated = readOptions(options)
  return 'type' in coordinated ? coordinated : submit(env, { kind: 'failover', name, coordinated }, ok)
}

type Draft = { -readonly [Key in keyof CoordinatedOrder]: CoordinatedOrder[Key] }

/** Each option at most once, in any order. */
function readOptions(words: readonly string[]): CoordinatedOrder | ErrorReply {
  const order: Draft = {}
  for (let at = 0; at < words.length;) {
    const option = words[at]?.toLowerCase()
    if (option === 'to' && order.to === undefined) {
      const [, host = '', portWord = ''] = words.slice(at)
      const port = integerBetween(portWord, 1, 65_535)
      if (port === undefined) return error('ERR Invalid port number.')
      const problem = keepingProblem('Host', host)
      if (problem !== undefined) return error(problem)
      order.to = { host, port }
      at += 3
    } else if (option === 'timeout' && order.timeoutMs === undefined) {
      const ms = integerBetween(words[at + 1] ?? '', TIMEOUT_MIN_MS, TIMEOUT_MAX_MS)
      if (ms === undefined) return error('ERR TIMEOUT must be a number of milliseconds above 1000')
      order.timeoutMs = ms
      at += 2
    } else if (option === 'at' && order.at === undefined) {
      const time = integerBetween(words[at + 1] ?? '', 1, Number.MAX_SAFE_INTEGER)
      if (time === undefined) return error('ERR AT must be a Unix time in milliseconds')
      order.at = time
      at += 2
    } else {
      return SYNTAX_ERROR
    }
  }
  return order
}
