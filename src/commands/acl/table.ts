import { integer, MULTIPLE, oneOf, OPTIONAL, OPTIONAL_MULTIPLE, text, word } from '../command-doc.ts'
import type { ArgumentDoc } from '../command-doc.ts'
import type { CommandRow, Handler } from '../command-spec.ts'
import { CATEGORIES, command, CONTAINER_ONLY, FLAGS } from '../command-spec.ts'
import { cat, genPass, help } from './catalogue.ts'
import { load, save } from './file.ts'
import { log } from './log.ts'
import { delUser, dryRun, getUser, list, setUser, users, whoAmI } from './users.ts'

const ALL_NODES = ['request_policy:all_nodes', 'response_policy:all_succeeded']
const ADMIN = { flags: FLAGS.B, categories: CATEGORIES.ADMIN }
const ANYONE = { flags: FLAGS.A, categories: CATEGORIES.SLOW }
const USER = text('username')

interface RowDoc {
  readonly summary: string
  readonly args?: readonly ArgumentDoc[]
  readonly complexity?: string
  readonly since?: string
}

function row(name: string, arity: number, run: Handler, doc: RowDoc): CommandRow {
  const { summary, args, complexity = 'O(1)', since = '6.0.0' } = doc
  return {
    name, arity, run, ...ADMIN,
    doc: { summary, since, group: 'server', complexity, ...(args && { arguments: args }) },
  }
}

const PER_USER = 'O(N), N being the number of users'

const ROWS: readonly CommandRow[] = [
  { ...row('cat', -2, cat, { summary: 'Categories, or the commands of one', args: [text('category', OPTIONAL)] }), ...ANYONE },
  { ...row('deluser', -3, delUser, { summary: 'Remove users and close their connections', args: [text('username', MULTIPLE)] }), tips: ALL_NODES },
  row('dryrun', -4, dryRun, { summary: 'Whether a user may run a request', args: [USER, text('command'), text('arg', OPTIONAL_MULTIPLE)], since: '7.0.0' }),
  { ...row('genpass', -2, genPass, { summary: 'A random password', args: [integer('bits', OPTIONAL)] }), ...ANYONE },
  row('getuser', 3, getUser, { summary: 'Rules of one user', args: [USER] }),
  { ...row('help', 2, help, { summary: 'Show the subcommands' }), flags: FLAGS.C, categories: CATEGORIES.SLOW },
  row('list', 2, list, { summary: 'Rules of all users, as the configuration file has them', complexity: PER_USER }),
  row('load', 2, load, { summary: 'Read the ACL file again', complexity: PER_USER }),
  row('log', -2, log, { summary: 'Refused requests and logins', args: [oneOf('operation', [integer('count'), word('RESET')], OPTIONAL)] }),
  { ...row('save', 2, save, { summary: 'Write the ACL file', complexity: PER_USER }), tips: ALL_NODES },
  { ...row('setuser', -3, setUser, { summary: 'Create or change a user', args: [USER, text('rule', OPTIONAL_MULTIPLE)] }), tips: ALL_NODES },
  row('users', 2, users, { summary: 'Names of all users', complexity: PER_USER }),
  { ...row('whoami', 2, whoAmI, { summary: 'User of this connection' }), ...ANYONE },
]

export const ACL = command({
  name: 'acl', arity: -2, flags: FLAGS.NONE, categories: CATEGORIES.SLOW, run: CONTAINER_ONLY,
  doc: { summary: 'Commands about users and their rights', since: '6.0.0', group: 'server', complexity: 'Depends on subcommand.' },
}, ROWS)
