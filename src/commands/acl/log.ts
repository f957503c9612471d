import type { LogEntry } from '../../acl/index.ts'
import { double, map, OK } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { NOT_AN_INTEGER, unhandledShape } from '../errors.ts'
import { strictInteger } from '../words.ts'

const SHOWN_DEFAULT = 10n

/** ACL LOG [count|RESET] (protocol.md 5.6): the newest entry first. */
export function log({ argv, env }: Call): Answer {
  const [, subcommand = '', word] = argv
  if (argv.length > 3) return unhandledShape('acl', subcommand)
  if (word?.toLowerCase() === 'reset') {
    env.aclLog.clear()
    return OK
  }
  const count = word === undefined ? SHOWN_DEFAULT : strictInteger(word)
  if (count === undefined) return NOT_AN_INTEGER
  const { wall } = env.now()
  return env.aclLog.entries(Math.max(0, Number(count))).map((entry) => describe(entry, wall))
}

function describe(entry: LogEntry, wall: number): RespValue {
  return map([
    'count', entry.count,
    'reason', entry.reason,
    'context', 'toplevel',
    'object', entry.object,
    'username', entry.user,
    'age-seconds', double(String(Math.max(0, wall - entry.updatedAt) / 1000)),
    'client-info', entry.clientInfo,
    'entry-id', entry.id,
    'timestamp-created', entry.createdAt,
    'timestamp-last-updated', entry.updatedAt,
  ])
}
