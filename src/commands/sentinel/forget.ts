import { FORGET_MAX_MS, FORGET_MS, type ForgetRefusal, type ForgetTarget, type OperationResult } from '../../core/index.ts'
import { hostAndPort } from '../../text/index.ts'
import { error, map } from '../../resp/index.ts'
import type { ErrorReply, RespValue } from '../../resp/index.ts'
import type { Answer, OrderCall } from '../command-spec.ts'
import { NOT_AN_INTEGER, SAVE_FAILED, SYNTAX_ERROR } from '../errors.ts'
import { integerBetween } from '../words.ts'
import { submit } from './operation-reply.ts'

/** The words after the target. */
interface Options {
  readonly forMs: number
  readonly isForced: boolean
}

const FOR_OUT_OF_RANGE = error(`ERR FOR takes milliseconds from 1 to ${FORGET_MAX_MS}`)

/**
 * SENTINEL FORGET name REPLICA host port [FOR ms], SENTINEL FORGET name SENTINEL id|host port [FOR ms] [FORCE]. Ours:
 * docs/planned-work.md.
 */
export function forget({ argv, env }: OrderCall): Answer {
  const [, , name = '', kindWord = '', ...words] = argv
  const kind = kindWord.toLowerCase()
  if (kind !== 'replica' && kind !== 'sentinel') return SYNTAX_ERROR
  // An id is followed by nothing or by an option, a host by its port.
  const isId = kind === 'sentinel' && (words.length === 1 || isOption(words[1]))
  const target = isId ? { kind, id: words[0] ?? '' } as const : readAddress(kind, words)
  const options = readOptions(words.slice(isId ? 1 : 2), kind)
  if ('type' in target) return target
  if ('type' in options) return options
  return submit(env, { kind: 'forget', name, target, ...options }, ({ result, save }) => (
    save === 'failed' ? SAVE_FAILED : reply(result, target)
  ))
}

function isOption(word = ''): boolean {
  return ['for', 'force'].includes(word.toLowerCase())
}

function readAddress(kind: 'replica' | 'sentinel', [host = '', portWord]: readonly string[]): ForgetTarget | ErrorReply {
  if (portWord === undefined) return SYNTAX_ERROR
  const port = integerBetween(portWord, 1, 65_535)
  return port === undefined ? NOT_AN_INTEGER : { kind, host, port }
}

function readOptions(words: readonly string[], kind: 'replica' | 'sentinel'): Options | ErrorReply {
  let [forMs, isForced] = [FORGET_MS, false]
  for (let at = 0; at < words.length; at += 1) {
    const word = words[at]?.toLowerCase()
    if (word === 'force' && kind === 'sentinel') isForced = true
    else if (word === 'for') {
      at += 1
      const ms = integerBetween(words[at] ?? '', 1, FORGET_MAX_MS)
      if (ms === undefined) return FOR_OUT_OF_RANGE
      forMs = ms
    } else return SYNTAX_ERROR
  }
  return { forMs, isForced }
}

function reply(result: OperationResult, target: ForgetTarget): RespValue {
  if (result.kind === 'not-forgotten') return error(`ERR ${refusalText(result.refusal, target)}`)
  if (result.kind !== 'forgotten') return SYNTAX_ERROR
  const { record, untilWall, voters } = result
  return map([
    'forgotten', record, 'until', String(untilWall),
    ...voters === undefined ? [] : [
      'known-before', String(voters.before.known), 'majority-before', String(voters.before.majority),
      'known-after', String(voters.after.known), 'majority-after', String(voters.after.majority),
    ],
  ])
}

/** Why nothing was forgotten, and what to do. */
function refusalText(refusal: ForgetRefusal, target: ForgetTarget): string {
  const named = 'id' in target ? target.id : hostAndPort(target.host, target.port)
  switch (refusal.why) {
    case 'is-master':
      return `${named} is the master. Fail over first, or use SENTINEL REMOVE`
    case 'unknown-replica':
      return `No such replica: ${named}. SENTINEL REPLICAS shows those that are known`
    case 'unknown-sentinel':
      return `No such sentinel: ${named}. SENTINEL SENTINELS shows those that are known`
    case 'master-unreachable':
      return 'The master does not answer as a master, so it could not name the replica again if it came back. Wait for the failover'
    case 'replica-answers':
      return `The replica ${named} is not down. Stop it and try again ${refusal.downAfterMs} ms later`
    case 'sentinel-answers':
      return `The sentinel ${named} is not down. Stop it and try again ${refusal.downAfterMs} ms later, or add FORCE`
    case 'smaller-majority': {
      const { before, after, aliveAtOnce } = refusal
      return `Without it, ${after.majority} of ${after.known} sentinels would be a majority instead of ${before.majority} of ${before.known}, but`
        + ` ${aliveAtOnce} were alive at once. Add FORCE only if it is stopped for good: sentinels that still run elsewhere could fail over as well`
    }
  }
}
