import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

export interface CheckOptions {
  readonly help: boolean
  readonly json: boolean
  /** Ask no node. */
  readonly offline: boolean
  readonly file: string
  /** Who may look at the rights of others, where the sentinel's own user may not look at its own. */
  readonly admin: AdminLogin | undefined
}

export interface AdminLogin {
  readonly user: string | undefined
  readonly password: string
}

export const HELP = `Checks a sentinel.conf before it hurts: its grammar, quorum and majority, names and addresses, times, files and
scripts; and the nodes it names: whether they can be reached and logged in to, and whether they let a sentinel do what
a failover needs. Nothing is changed, neither the file nor a node.

Usage: ts-sentinel check FILE [options]

Options:
  --offline     look at the file alone, ask no node
  --json        print one JSON document
  --admin-password-file FILE, --admin-user NAME
                a login of data nodes that may use ACL DRYRUN. Needed only where the sentinel's own user may not, to
                tell whether its rights are enough for a failover
  -h, --help    print this text

Levels: error (a failover will not work, or will hurt), warning (it may not work), advice (it could be better).
Exit codes: 0 no error and no warning, 1 there are some, 2 usage, or the file cannot be read.

Examples:
  ts-sentinel check /etc/redis/sentinel.conf
  ts-sentinel check sentinel.conf --offline --json
`

/** @throws Error in plain words for arguments that are not understood */
export function parseCheckOptions(args: readonly string[]): CheckOptions {
  const { values, positionals } = parseArgs({
    args: [...args],
    options: {
      'help': { type: 'boolean', short: 'h', default: false },
      'json': { type: 'boolean', default: false },
      'offline': { type: 'boolean', default: false },
      'admin-user': { type: 'string' },
      'admin-password-file': { type: 'string' },
    },
    allowPositionals: true,
  })
  const [file, ...more] = positionals
  if (!values.help && (file === undefined || more.length > 0)) throw new Error('one configuration file is needed')
  const { help, json, offline } = values
  return { help, json, offline, file: file ?? '', admin: adminLogin(values['admin-user'], values['admin-password-file']) }
}

function adminLogin(user: string | undefined, file: string | undefined): AdminLogin | undefined {
  if (file === undefined) {
    if (user !== undefined) throw new Error('--admin-user needs --admin-password-file')
    return undefined
  }
  return { user, password: readFileSync(file, 'utf8').replace(/\r?\n$/, '') }
}
