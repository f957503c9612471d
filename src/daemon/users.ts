/** The users of this sentinel: from `user` lines, from the ACL file, or `requirepass` alone (config.md 4.3). */
import { createHash } from 'node:crypto'
import {
  AccessList, AclLog, DEFAULT_USER, loadUserLines, readAclFile, userLineProblem,
} from '../acl/index.ts'
import { COMMAND_CATALOGUE, globMatch, type CommandEnvironment } from '../commands/index.ts'
import { toBytes, userLine, type Settings, type UserValidator } from '../config/index.ts'
import { AclFileOnDisk, readAclFileNow } from './acl-file.ts'

export interface Users {
  /** What commands need of them. */
  readonly world: Pick<CommandEnvironment, 'access' | 'aclLog' | 'aclFile'>
  /** Complete `user` lines for the configuration file as the users are now; none with an ACL file. */
  readonly configLines: () => readonly string[]
  /** Why the process cannot start, in lines for the log (config.md 10). */
  readonly obstacles: readonly string[]
}

/** Relative paths are relative to the working directory. `umask` decides about the mode of an ACL file made anew. */
export function loadUsers(settings: Settings, umask: number): Users {
  const access = newAccessList(settings.aclPubsubDefault === 'allchannels')
  const aclFile = settings.aclFile === undefined ? undefined : new AclFileOnDisk(settings.aclFile, umask)
  return {
    world: { access, aclLog: new AclLog(settings.aclLogMaxLength), aclFile },
    configLines: () => aclFile === undefined ? configLines(access) : [],
    obstacles: fill(access, settings),
  }
}

/** The check of `user` lines while the configuration is read. */
export const validateUser: UserValidator = (rules) => userLineProblem(newAccessList(false), rules)

/** Of the bytes that the text stands for; lower-case hexadecimal. */
export function sha256(text: string): string {
  return createHash('sha256').update(toBytes(text), 'latin1').digest('hex')
}

function newAccessList(allChannelsByDefault: boolean): AccessList {
  return new AccessList({ catalogue: COMMAND_CATALOGUE, globMatch, sha256, allChannelsByDefault })
}

function fill(access: AccessList, { users, aclFile, requirepass }: Settings): readonly string[] {
  if (aclFile !== undefined) return users.length > 0 ? [BOTH] : fillFromFile(access, aclFile)
  const problem = loadUserLines(access, users)
  if (problem !== undefined) return [problem, 'Critical error while loading ACLs. Exiting.']
  // A line about the default user wins, wherever it stands (config.md 4.3).
  if (requirepass !== undefined && !users.some(({ name }) => name === DEFAULT_USER)) {
    access.setUser(DEFAULT_USER, ['resetpass', `>${requirepass}`])
  }
  return []
}

const BOTH = 'Configuring Redis with users defined in redis.conf and at the same setting an ACL file path is invalid. '
  + 'This setup is very likely to lead to configuration errors and security holes, please define either an ACL file '
  + 'or declare users directly in your redis.conf, but not both.'

function fillFromFile(access: AccessList, path: string): readonly string[] {
  const file = readAclFileNow(path)
  if (!file.ok) return [startProblem(`Error loading ACLs, opening file '${path}': ${file.problem}`)]
  const reading = readAclFile(access, path, file.text)
  if (!reading.ok) return [startProblem(reading.problem)]
  access.replace(reading.users)
  return []
}

function startProblem(problem: string): string {
  return `Aborting Redis startup because of ACL errors: ${problem}`
}

/** Words are quoted where they must be; the original writes them as they are, and then cannot read some of them. */
function configLines(access: AccessList): readonly string[] {
  return access.lines({ showsDefaults: false }).map(({ name, rules }) => userLine(name, rules))
}
