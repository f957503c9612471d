import { error } from '../../resp/index.ts'
import type { Answer, Call } from '../command-spec.ts'
import { ACL_CATEGORIES } from '../command-spec.ts'
import { NOT_AN_INTEGER, unhandledShape } from '../errors.ts'
import { helpReply } from '../help-frame.ts'
import { strictInteger } from '../words.ts'

/** ACL subcommands that are not about one user (protocol.md 5.6). */

const GENPASS_BITS_DEFAULT = 256n
const GENPASS_BITS_MAX = 4096n

/** ACL CAT [category]. */
export function cat({ argv, env }: Call): Answer {
  const [, subcommand = '', wanted] = argv
  if (argv.length > 3) return unhandledShape('acl', subcommand)
  if (wanted === undefined) return ACL_CATEGORIES
  const category = ACL_CATEGORIES.find((name) => name === wanted.toLowerCase())
  if (category === undefined) return error(`ERR Unknown category '${wanted}'`)
  return [...env.commands.all()].filter((spec) => spec.categories.includes(category)).map((spec) => spec.fullName)
}

/** ACL GENPASS [bits]: hexadecimal text, one digit for every 4 bits, rounded up. */
export function genPass({ argv, env }: Call): Answer {
  const [, subcommand = '', word] = argv
  if (argv.length > 3) return unhandledShape('acl', subcommand)
  const bits = word === undefined ? GENPASS_BITS_DEFAULT : strictInteger(word)
  if (bits === undefined) return NOT_AN_INTEGER
  if (bits < 1n || bits > GENPASS_BITS_MAX) {
    return error('ERR ACL GENPASS argument must be the number of bits for the output password, a positive number up to 4096')
  }
  const digits = Math.ceil(Number(bits) / 4)
  const bytes = env.randomBytes(Math.ceil(digits / 2))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, '0')).join('').slice(0, digits)
}

const HELP_LINES = Object.freeze([
  'CAT [<category>]',
  '    List all commands that belong to <category>, or all command categories',
  '    when no category is specified.',
  'DELUSER <username> [<username> ...]',
  '    Delete a list of users.',
  'DRYRUN <username> <command> [<arg> ...]',
  '    Returns whether the user can execute the given command without executing the command.',
  'GETUSER <username>',
  '    Get the user\'s details.',
  'GENPASS [<bits>]',
  '    Generate a secure 256-bit user password. The optional `bits` argument can',
  '    be used to specify a different size.',
  'LIST',
  '    Show users details in config file format.',
  'LOAD',
  '    Reload users from the ACL file.',
  'LOG [<count> | RESET]',
  '    Show the ACL log entries.',
  'SAVE',
  '    Save the current config to the ACL file.',
  'SETUSER <username> <attribute> [<attribute> ...]',
  '    Create or modify a user with the specified attributes.',
  'USERS',
  '    List all the registered usernames.',
  'WHOAMI',
  '    Return the current connection username.',
])

export function help({ argv }: Call): Answer {
  return helpReply(argv[0] ?? 'acl', HELP_LINES)
}
