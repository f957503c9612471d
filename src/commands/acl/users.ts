import { error, map, OK, set } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'
import type { UserDescription } from '../access.ts'
import { DEFAULT_USER } from '../access.ts'
import { arityFits } from '../command-index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { wrongArity } from '../errors.ts'
import { denialText } from '../denial.ts'

/** ACL subcommands about users (protocol.md 5.6), as far as access by requirepass alone has an answer. */

export function whoAmI({ client }: Call): Answer {
  return client.user
}

export function users({ env }: Call): Answer {
  return [...env.access.users()].sort()
}

export function list({ env }: Call): Answer {
  return [...env.access.users()].sort().flatMap((user) => {
    const description = env.access.describe(user)
    return description === undefined ? [] : [configLine(user, description)]
  })
}

export function getUser({ argv, env }: Call): Answer {
  const user = env.access.describe(argv[2] ?? '')
  if (user === undefined) return null
  return map([
    'flags', set(user.flags),
    'passwords', [...user.passwordHashes],
    'commands', user.commands,
    'keys', user.keys,
    'channels', user.channels,
    'selectors', [],
  ])
}

/** Users other than `default` do not exist here, so none is ever removed. */
export function delUser({ argv }: Call): Answer {
  return argv.slice(2).includes(DEFAULT_USER) ? error('ERR The \'default\' user cannot be removed') : 0
}

export function setUser(): Answer {
  return error('ERR ACL SETUSER is not supported by this release: use requirepass')
}

/** ACL DRYRUN user command arg…: would it be allowed? */
export function dryRun({ argv, env }: Call): Answer {
  const [, , user = '', ...request] = argv
  if (!env.access.hasUser(user)) return error(`ERR User '${user}' not found`)
  const spec = env.commands.resolve(request)
  if (spec === undefined) return error(`ERR Command '${request[0] ?? ''}' not found`)
  if (!arityFits(spec, request.length)) return wrongArity(spec.fullName)
  const denial = env.access.refusal(user, spec, request)
  return denial === undefined ? OK : denialText(denial, user, spec)
}

function configLine(user: string, description: UserDescription): RespValue {
  const hashes = description.passwordHashes.map((hash) => `#${hash}`)
  const { flags, keys, channels, commands } = description
  return ['user', user, ...flags, ...hashes, keys, channels, commands].join(' ')
}
