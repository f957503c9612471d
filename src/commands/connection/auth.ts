import { DEFAULT_USER } from '../../acl/index.ts'
import { error, OK } from '../../resp/index.ts'
import type { ErrorReply } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { refuseLogin } from '../denial.ts'
import { SYNTAX_ERROR, WRONG_PASSWORD } from '../errors.ts'

const NO_PASSWORD_SET = error(
  'ERR AUTH <password> called without any password configured for the default user. Are you sure your configuration is correct?',
)

/** AUTH [user] password (protocol.md 5.5). A failure keeps the identity that the connection had. */
export function auth(call: Call): Answer {
  const [, first = '', second] = call.argv
  if (call.argv.length > 3) return SYNTAX_ERROR
  if (second !== undefined) return logIn(call, first, second) ?? OK
  if (call.env.access.defaultNeedsNoPassword) return NO_PASSWORD_SET
  return logIn(call, DEFAULT_USER, first) ?? OK
}

/** Returns undefined when the connection now acts as this user, otherwise the error to reply. */
export function logIn({ argv, client, env }: Call, user: string, password: string): ErrorReply | undefined {
  if (!env.access.authenticate(user, password)) {
    refuseLogin(argv[0] ?? '', user, client, env)
    return WRONG_PASSWORD
  }
  client.user = user
  client.authenticated = true
  return undefined
}
