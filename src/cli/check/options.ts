import { readFileSync } from 'node:fs'
import { parseArgs } from 'node:util'

export interface CheckOptions {
  readonly help: boolean
  readonly json: boolean
  /** Connect to no node. */
  readonly offline: boolean
  readonly file: string
  /**
   * Login of an administrator, who reads the rights of the sentinel's user where that user may not read them itself.
   */
  readonly admin: AdminLogin | undefined
}

export interface AdminLogin {
  readonly user: string | undefined
  readonly password: string
}

export const HELP = `Reports problems of a sentinel.conf: grammar, quorum and majority, names and addresses, times, files and scripts. It
also connects to the nodes that the file names: whether they can be reached, accept the login and grant the rights that a
failover needs. It changes neither the file nor a node.

Usage: ts-sentinel check FILE [options]

Options:
  --offline     read only the file, connect to no node
  --json        print one JSON document
  --admin-password-file FILE, --admin-user NAME
                login on data nodes that may use ACL DRYRUN, to check the rights of the sentinel's user; needed only
                where that user may not use ACL DRYRUN itself
  -h, --help    print this text

Levels: error (a failover will fail or do damage), warning (it may), advice (the setting can be improved).
Exit codes: 0 no errors or warnings, 1 errors or warnings, 2 wrong usage, or the file cannot be read.

Examples:
  ts-sentinel check /etc/redis/sentinel.conf
  ts-sentinel check sentinel.conf --offline --json
`

/** @throws Error in plain words for invalid arguments */
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
  if (!values.help && (file === undefined || more.length > 0)) throw new Error(more.length > 0 ? `one configuration file is expected, not ${positionals.length}` : 'FILE, the configuration file, is missing')
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
