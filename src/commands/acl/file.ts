import { readAclFile, writeAclFile } from '../../acl/index.ts'
import { error, OK } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { Deferred } from '../command-spec.ts'
import { disconnect } from './disconnect.ts'

/** ACL LOAD and ACL SAVE (protocol.md 5.6). */

const NO_ACL_FILE = error(
  'ERR This Redis instance is not configured to use an ACL file. You may want to specify users via the ACL SETUSER command and then issue a CONFIG REWRITE (assuming you have a Redis configuration file set) in order to store users in the Redis configuration.',
)
const USERS_NOT_SAVED = error(
  'ERR Users are not saved: sentinel state-config-file is set, so the main file is not written. Use an ACL file, or write user lines'
  + ' into the main file',
)
const SAVE_FAILED = error('ERR There was an error trying to save the ACLs. Please check the server logs for more information')

/**
 * ACL LOAD: replaces all users by those of the file, or changes nothing. Connections of users that changed or were
 * removed are closed; those of `default` stay.
 */
export function load(call: Call): Answer {
  const { aclFile } = call.env
  if (aclFile === undefined) return NO_ACL_FILE
  return new Deferred((done) => {
    aclFile.read().then(
      (text) => { apply(call, aclFile.path, text).start(done) },
      (cause: unknown) => { done(error(`ERR Error loading ACLs, opening file '${aclFile.path}': ${messageOf(cause)}`)) },
    )
  })
}

function apply(call: Call, path: string, text: string): Deferred {
  const { env } = call
  const reading = readAclFile(env.access, path, text)
  if (!reading.ok) return new Deferred((done) => { done(error(`ERR ${reading.problem}`)) })
  const changed = new Set(env.access.replace(reading.users))
  return disconnect(call, (other) => changed.has(other.user), OK)
}

/** ACL SAVE. */
export function save({ env }: Call): Answer {
  const { access, aclFile, stateFile, logger } = env
  if (aclFile === undefined) return stateFile === undefined ? NO_ACL_FILE : USERS_NOT_SAVED
  return new Deferred((done) => {
    aclFile.write(writeAclFile(access)).then(
      () => { done(OK) },
      (cause: unknown) => {
        logger.log('warning', `Saving the ACL file '${aclFile.path}': ${messageOf(cause)}`)
        done(SAVE_FAILED)
      },
    )
  })
}

function messageOf(cause: unknown): string {
  return cause instanceof Error ? cause.message : String(cause)
}
