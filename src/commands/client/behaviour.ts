import { error, OK } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { SILENCE } from '../command-spec.ts'
import { NOT_AN_INTEGER, SYNTAX_ERROR, unhandledShape } from '../errors.ts'
import { strictInteger } from '../words.ts'

/** CLIENT NO-EVICT ON|OFF. Kept only for CLIENT LIST: a sentinel never evicts clients to save memory. */
export function noEvict({ argv, client }: Call): Answer {
  switch (argv[2]?.toLowerCase()) {
    case 'on':
      client.isSafeFromEviction = true
      return OK
    case 'off':
      client.isSafeFromEviction = false
      return OK
    default:
      return SYNTAX_ERROR
  }
}

/** CLIENT REPLY ON|OFF|SKIP. The dispatcher suppresses the replies. */
export function reply({ argv, client }: Call): Answer {
  switch (argv[2]?.toLowerCase()) {
    case 'on':
      client.replyMode = 'on'
      return OK
    case 'off':
      client.replyMode = 'off'
      return SILENCE
    case 'skip':
      if (client.replyMode !== 'off') client.replyMode = 'skip-next'
      return SILENCE
    default:
      return SYNTAX_ERROR
  }
}

/** The longest pause in milliseconds: the largest 64-bit number, less more than any Unix time in milliseconds. */
const PAUSE_MAX_MS = 2n ** 63n - 2n ** 53n

/** CLIENT PAUSE ms [WRITE|ALL]: holds back the requests of every connection (protocol.md 1.6). */
export function pause({ argv, env }: Call): Answer {
  const [, subcommand = '', timeout = '', mode = 'all'] = argv
  if (argv.length > 4) return unhandledShape('client', subcommand)
  const word = mode.toLowerCase()
  if (word !== 'write' && word !== 'all') return error('ERR CLIENT PAUSE mode must be WRITE or ALL')
  const ms = strictInteger(timeout)
  // The original adds the Unix time, and an overflow makes its pause ineffective. Here the pause would never end.
  if (ms === undefined || ms > PAUSE_MAX_MS) return error('ERR timeout is not an integer or out of range')
  if (ms < 0n) return error('ERR timeout is negative')
  env.clients.pause(word, env.now().mono + Number(ms))
  return OK
}

export function unpause({ env }: Call): Answer {
  env.clients.unpause()
  return OK
}

/** CLIENT UNBLOCK id [TIMEOUT|ERROR]: no command blocks in a sentinel, so the answer is always 0. */
export function unblock({ argv }: Call): Answer {
  const [, subcommand = '', client = '', reason = 'timeout'] = argv
  if (argv.length > 4) return unhandledShape('client', subcommand)
  if (!/^(?:timeout|error)$/i.test(reason)) return error('ERR CLIENT UNBLOCK reason should be TIMEOUT or ERROR')
  return strictInteger(client) === undefined ? NOT_AN_INTEGER : 0
}
