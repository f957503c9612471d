/** The users of this sentinel, from `user` lines, from the ACL file, or from `requirepass` alone (config.md 4.3). */
import {
  AccessList, AclLog, DEFAULT_USER, hasNoChannelRules, loadUserLines, readAclFile, userLineProblem,
} from '../acl/index.ts'
import { COMMAND_CATALOGUE, globMatch, type CommandEnvironment } from '../commands/index.ts'
import type { Settings, UserValidator } from '../config/index.ts'
import { AclFileOnDisk, readAclFileNow } from './acl-file.ts'
import { SavedUsers } from './saved-users.ts'
import { sha256 } from './sha256.ts'

export interface Users {
  /** The users, the ACL log and the ACL file, for commands. */
  readonly world: Pick<CommandEnvironment, 'access' | 'aclLog' | 'aclFile'>
  /**
   * Gives the default user another password, for new logins. Returns false, and changes nothing, where a `user` line,
   * an ACL file or a client defines that user.
   */
  readonly changeRequirepass: (password: string | undefined) => boolean
  /** Complete `user` lines of the present users for the configuration file; empty with an ACL file. */
  readonly configLines: () => readonly string[]
  /** Log lines with the reasons why the process cannot start (config.md 10). */
  readonly obstacles: readonly string[]
  /**
   * Users that may use Pub/Sub commands but no channel, because their rules name none. In Redis 6.0 they had them all.
   */
  readonly withoutChannels: readonly string[]
}

/** Relative paths are relative to the working directory. `umask` applies to a new ACL file. */
export function loadUsers(settings: Settings, umask: number): Users {
  const access = newAccessList(settings.aclPubsubDefault === 'allchannels')
  const aclFile = settings.aclFile === undefined ? undefined : new AclFileOnDisk(settings.aclFile, umask)
  const { obstacles, usersWithoutChannelRules } = fill(access, settings)
  const saved = new SavedUsers(access, settings.users)
  return {
    world: { access, aclLog: new AclLog(settings.aclLogMaxLength), aclFile },
    changeRequirepass: (password) => {
      const isDefined = aclFile !== undefined || settings.users.some(({ name }) => name === DEFAULT_USER)
      if (isDefined || !saved.isUnchanged(DEFAULT_USER)) return false
      access.setUser(DEFAULT_USER, password === undefined ? ['resetpass', 'nopass'] : ['resetpass', `>${password}`])
      saved.acceptChange(DEFAULT_USER)
      return true
    },
    configLines: () => aclFile === undefined ? saved.lines() : [],
    obstacles,
    withoutChannels: usersWithoutChannelRules.filter((name) => access.lacksChannels(name)),
  }
}

/** Checks the rules of a `user` line while the configuration is read. */
export const validateUser: UserValidator = (rules) => userLineProblem(newAccessList(false), rules)

function newAccessList(allChannelsByDefault: boolean): AccessList {
  return new AccessList({ catalogue: COMMAND_CATALOGUE, globMatch, sha256, allChannelsByDefault })
}

interface Filled {
  readonly obstacles: readonly string[]
  /** Names of users without a rule about channels. */
  readonly usersWithoutChannelRules: readonly string[]
}

function fill(access: AccessList, { users, aclFile, requirepass, values }: Settings): Filled {
  if (aclFile !== undefined) return users.length > 0 ? failed(BOTH) : fillFromFile(access, aclFile)
  const problem = loadUserLines(access, users, { channelsAreDecided: values.has('acl-pubsub-default') })
  if (problem !== undefined) return failed(problem, 'Critical error while loading ACLs. Exiting.')
  // A `user` line for the default user overrides `requirepass`, wherever it is in the file (config.md 4.3).
  if (requirepass !== undefined && !users.some(({ name }) => name === DEFAULT_USER)) {
    access.setUser(DEFAULT_USER, ['resetpass', `>${requirepass}`])
  }
  const usersWithoutChannelRules = users.filter(({ rules }) => hasNoChannelRules(rules)).map(({ name }) => name)
  return { obstacles: [], usersWithoutChannelRules }
}

function failed(...obstacles: readonly string[]): Filled {
  return { obstacles, usersWithoutChannelRules: [] }
}

const BOTH = 'Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. '
  + 'This setup is very likely to lead to configuration errors and security holes, please define either an ACL file '
  + 'or declare users directly in your redis.conf, but not both.'

function fillFromFile(access: AccessList, path: string): Filled {
  const file = readAclFileNow(path)
  if (!file.ok) return failed(startProblem(`Error loading ACLs, opening file '${path}': ${file.problem}`))
  const reading = readAclFile(access, path, file.text)
  if (!reading.ok) return failed(startProblem(reading.problem))
  access.replace(reading.users)
  return { obstacles: [], usersWithoutChannelRules: reading.usersWithoutChannelRules }
}

function startProblem(problem: string): string {
  return `Aborting Redis startup because of ACL errors: ${problem}`
}
