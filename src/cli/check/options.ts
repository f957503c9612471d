import type { ConnectionOptions } from 'node:tls'
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { argumentProblem } from '../connection/argument-problem.ts'
import { readPasswordFile } from '../connection/password-file.ts'
import { loadTlsFiles, readTlsOptions, TLS_OPTIONS } from '../connection/tls-files.ts'

export interface CheckOptions {
  readonly help: boolean
  readonly json: boolean
  /** Connect to no node. */
  readonly offline: boolean
  /** At least one; several are those of one fleet. */
  readonly files: readonly string[]
  /** The settings file; undefined for ts-sentinel.ini beside the file. */
  readonly settings?: string | undefined
  /**
   * Login of an administrator, who reads the rights of the sentinel's user where that user may not read them itself.
   */
  readonly admin: AdminLogin | undefined
  /** TLS in place of the `tls-` lines of the file, whose paths may be those of another machine. */
  readonly tls?: ConnectionOptions | undefined
}

export interface AdminLogin {
  readonly user: string | undefined
  readonly password: string
}

export const HELP = `Reports problems of a sentinel.conf: grammar, quorum and majority, names and addresses, times, files and scripts. It
also connects to the nodes that the file names: whether they can be reached, accept the login and grant the rights that a
failover needs. It changes neither the file nor a node. The file may also be a proxy.conf: its lines, and whether the
sentinels and the master accept the proxy.

Usage: ts-sentinel check FILE... [options]

Several files are those of the sentinels of one fleet: their ids, addresses and settings are compared.

Options:
  --offline     read only the file, connect to no node
  --json        print one JSON document
  --settings FILE
                the settings file, as the service gives it (default: ts-sentinel.ini beside FILE)
  --pass-file FILE, --user NAME (or --admin-password-file, --admin-user)
                login on data nodes that may use ACL DRYRUN, to check the rights of the sentinel's user; needed only
                where that user may not use ACL DRYRUN itself
  --tls, --cacert FILE, --cert FILE, --key FILE, --sni NAME
                connect to all nodes with TLS and these files (PEM) instead of those in the tls- lines of the file
  -h, --help    print this text

Levels: error (a failover will fail or do damage), warning (it may), advice (the setting can be improved).
Exit codes: 0 no errors or warnings, 1 errors or warnings, 2 wrong usage, or the file cannot be read.

Examples:
  ts-sentinel check /etc/redis/sentinel.conf
  ts-sentinel check sentinel.conf --offline --json
  ts-sentinel check proxy.conf
`

const OPTIONS = {
  'help': { type: 'boolean', short: 'h', default: false },
  'json': { type: 'boolean', default: false },
  'offline': { type: 'boolean', default: false },
  'settings': { type: 'string' },
  'user': { type: 'string' },
  'pass-file': { type: 'string' },
  'admin-user': { type: 'string' },
  'admin-password-file': { type: 'string' },
  ...TLS_OPTIONS,
} as const satisfies ParseArgsConfig['options']

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new Error(argumentProblem(error, Object.keys(OPTIONS)), { cause: error })
  }
}

/** @throws Error in plain words for invalid arguments */
export function parseCheckOptions(args: readonly string[]): CheckOptions {
  const { values, positionals } = read(args)
  if (!values.help && positionals.length === 0) throw new Error('FILE, the configuration file, is missing')
  const { help, json, offline, settings } = values
  const tls = readTlsOptions(values)
  return { help, json, offline, files: positionals, settings, admin: adminLogin(values), tls: tls && loadTlsFiles(tls) }
}

interface AdminValues {
  readonly 'user'?: string | undefined
  readonly 'pass-file'?: string | undefined
  readonly 'admin-user'?: string | undefined
  readonly 'admin-password-file'?: string | undefined
}

function adminLogin(values: AdminValues): AdminLogin | undefined {
  const user = values.user ?? values['admin-user']
  const option = (['pass-file', 'admin-password-file'] as const).find((name) => values[name] !== undefined)
  if (option === undefined) {
    if (user !== undefined) throw new Error(values.user === undefined ? '--admin-user needs --admin-password-file' : '--user needs --pass-file')
    return undefined
  }
  return { user, password: readPasswordFile(`--${option}`, values[option] ?? '') }
}
