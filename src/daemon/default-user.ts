/**
 * Who may come in, as far as this release knows users: `default`, with all rights, with or without a password. A
 * configuration that says more about users than that must not run as if it had not: it would let people in, or keep
 * sentinels out, without anybody noticing.
 */
import { createHash } from 'node:crypto'
import { toBytes, userLine, type Settings, type UserLine } from '../config/index.ts'

export interface DefaultUser {
  readonly requirepass: string | undefined
  readonly passwordHash?: string
}

export interface DefaultUserFound {
  readonly access: DefaultUser
  /** Why the process cannot start, in lines for the log. */
  readonly obstacles: readonly string[]
}

/** A `user default` line wins over `requirepass` (config.md 4.3), and a rewritten file always has one. */
export function defaultUser({ users, aclFile, requirepass, aclPubsubDefault }: Settings): DefaultUserFound {
  const access = { requirepass }
  if (aclFile !== undefined) return refused(access, `aclfile ${aclFile}`)
  const other = users.find(({ name }) => name !== 'default')
  if (other !== undefined) return refused(access, userLine(other.name, other.rules))
  const [line] = users
  if (line === undefined) return { access, obstacles: [] }
  const password = passwordOf(line, aclPubsubDefault === 'allchannels')
  if (password === undefined) return refused(access, userLine(line.name, line.rules))
  return {
    access: password === 'none' ? { requirepass: undefined } : { requirepass: undefined, passwordHash: password },
    obstacles: [],
  }
}

function refused(access: DefaultUser, what: string): DefaultUserFound {
  return {
    access,
    obstacles: [
      `Users other than 'default' with all rights are not supported by this release. Remove this line, or use redis-sentinel: ${what}`,
      'Critical error while loading ACLs. Exiting.',
    ],
  }
}

/** Words that give nothing but all rights, or change nothing here. */
const HARMLESS = new Set([
  'on', 'sanitize-payload', 'skip-sanitize-payload', 'allkeys', '~*', 'allcommands', '+@all', 'allchannels', '&*',
])

/** The hash, or `none`; undefined when the line says something else. */
function passwordOf({ rules }: UserLine, allChannels: boolean): string | undefined {
  const has = (...words: readonly string[]) => rules.some((rule) => words.includes(rule.toLowerCase()))
  const hasAllRights = has('on') && has('+@all', 'allcommands') && (allChannels || has('&*', 'allchannels'))
  const secrets = rules.filter((rule) => !HARMLESS.has(rule.toLowerCase()))
  const [secret = ''] = secrets
  if (!hasAllRights || secrets.length !== 1) return undefined
  if (secret.toLowerCase() === 'nopass') return 'none'
  if (secret.startsWith('#')) return secret.slice(1)
  return secret.startsWith('>') ? sha256(secret.slice(1)) : undefined
}

/** Of the bytes that the text stands for; lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
}
