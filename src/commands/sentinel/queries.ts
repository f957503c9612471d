import type { Now } from '../../core/index.ts'
import { quorumVerdict } from '../../explain/index.ts'
import { error, NULL_ARRAY, simple } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { Deferred } from '../command-spec.ts'
import type { CommandEnvironment } from '../environment.ts'
import { NO_SUCH_MASTER } from '../errors.ts'
import { INFO_CACHE_CHARS_MAX } from '../limits.ts'
import { masterEntry, peerEntry, replicaEntry } from './entry.ts'

/** Queries that need no step of the core (protocol.md 2.5 and 2.6). */

export function myId({ env }: Call): Answer {
  return env.view.myId
}

export function masters({ env }: Call): Answer {
  return atThisMoment(env, 'masters', (now) => {
    const entries: RespValue[] = []
    for (const name of env.view.masterNames()) {
      const master = env.view.master(name, now)
      if (master !== undefined) entries.push(masterEntry(master))
    }
    return entries
  })
}

export function master({ argv, env }: Call): Answer {
  const found = env.view.master(argv[2] ?? '', env.now())
  return found === undefined ? NO_SUCH_MASTER : masterEntry(found)
}

/** Replicas that ask not to be announced are left out. */
export function replicas({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  if (!env.view.hasMaster(name)) return NO_SUCH_MASTER
  return atThisMoment(env, `replicas ${name}`, (now) => (
    env.view.replicas(name, now).filter((replica) => replica.announced).map(replicaEntry)
  ))
}

export function sentinels({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  if (!env.view.hasMaster(name)) return NO_SUCH_MASTER
  return atThisMoment(env, `sentinels ${name}`, (now) => env.view.peers(name, now).map(peerEntry))
}

/**
 * The address may be that of a replica whose promotion is still being saved. Then the answer waits until the save is
 * durable (behaviour.md 11.4 P5); in all other cases it comes at once. Only a durable answer is kept in the memo: every
 * later change of the address is a new revision.
 */
export function getMasterAddress({ argv, env }: Call): Answer {
  const name = argv[2] ?? ''
  const known = env.memo.lasting(name)
  if (known !== undefined) return known
  const address = env.view.clientAddress(name)
  if (address === undefined) return NULL_ARRAY
  const reply = [address.host, `${address.port}`]
  const save = { isDurable: false, onDurable: (): void => undefined }
  env.operator.whenDurable(address.durableFrom, () => {
    save.isDurable = true
    save.onDurable()
  })
  if (save.isDurable) return env.memo.keepLasting(name, reply)
  return new Deferred((done) => {
    save.onDurable = () => { done(reply) }
  })
}

export function checkQuorum({ argv, env }: Call): Answer {
  const check = env.view.quorumCheck(argv[2] ?? '')
  if (check === undefined) return NO_SUCH_MASTER
  const { ok, message } = quorumVerdict(check)
  return ok ? simple(message) : error(message)
}

const TOO_MUCH_INFO = error(`ERR the reply would have more than ${INFO_CACHE_CHARS_MAX} characters; ask for fewer masters at a time`)

/** INFO-CACHE name… : a flat array also in RESP3; unknown names are ignored (protocol.md 2.14). */
export function infoCache({ argv, env }: Call): Answer {
  const now = env.now()
  const reply: RespValue[] = []
  let chars = 0
  for (const name of new Set(argv.slice(2))) {
    if (!env.view.hasMaster(name)) continue
    const entries = env.view.infoCache(name, now)
    for (const { text = '' } of entries) chars += text.length
    if (chars > INFO_CACHE_CHARS_MAX) return TOO_MUCH_INFO
    reply.push(name, entries.map((entry) => [entry.ageMs, entry.text ?? null]))
  }
  return reply
}

/** An answer that is valid until the state or the millisecond changes. */
function atThisMoment(env: CommandEnvironment, key: string, make: (now: Now) => RespValue): RespValue {
  const now = env.now()
  return env.memo.momentary(key, now) ?? env.memo.keepMomentary(key, make(now))
}
