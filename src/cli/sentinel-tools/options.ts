/** The arguments that `status`, `explain` and `history` share. */
import { readFileSync } from 'node:fs'
import { parseArgs, type ParseArgsConfig } from 'node:util'

export interface ToolOptions {
  readonly help: boolean
  readonly json: boolean
  readonly watch: boolean
  readonly host: string
  readonly port: number
  readonly user: string | undefined
  readonly password: string | undefined
  readonly tls: boolean
  readonly caFile: string | undefined
  /** The arguments after the address. */
  readonly rest: readonly string[]
}

/** The arguments are invalid. The message says what is wrong. */
export class UsageError extends Error {
  override readonly name = 'UsageError'
}

const OPTIONS = {
  'help': { type: 'boolean', short: 'h', default: false },
  'json': { type: 'boolean', default: false },
  'watch': { type: 'boolean', short: 'w', default: false },
  'user': { type: 'string' },
  'password-file': { type: 'string' },
  'tls': { type: 'boolean', default: false },
  'cacert': { type: 'string' },
} as const satisfies ParseArgsConfig['options']

/** @throws UsageError */
export function parseToolOptions(args: readonly string[]): ToolOptions {
  const { values, positionals } = read(args)
  const [address, ...rest] = positionals
  const common = {
    help: values.help, json: values.json, watch: values.watch, user: values.user,
    tls: values.tls || values.cacert !== undefined, caFile: values.cacert, rest,
  }
  if (values.help) return { ...common, host: '', port: 0, password: undefined }
  if (address === undefined) throw new UsageError('HOST[:PORT], the address of a sentinel, is missing; an example is 127.0.0.1:26379')
  return { ...common, ...parseAddress(address), password: password(values['password-file']) }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(error instanceof Error ? error.message : String(error))
  }
}

/** Reads `host:port` or `[v6]:port`. The default port is 26379. */
export function parseAddress(text: string): { host: string, port: number } {
  const [, bracketed, plain, digits] = /^(?:\[([^\]]+)\]|([^:]*))(?::(\d+))?$/.exec(text) ?? []
  const host = bracketed ?? plain ?? ''
  const port = digits === undefined ? 26_379 : Number(digits)
  if (host === '' || port < 1 || port > 65_535) throw new UsageError(`${JSON.stringify(text)} is not HOST[:PORT]; an example is 127.0.0.1:26379`)
  return { host, port }
}

/** Passwords come from a file or the environment, because every user of the machine can see command lines. */
function password(file: string | undefined): string | undefined {
  if (file === undefined) return process.env['REDISCLI_AUTH'] || undefined
  try {
    return readFileSync(file, 'utf8').replace(/\r?\n$/, '')
  } catch (error) {
    throw new UsageError(`--password-file ${file} cannot be read: ${error instanceof Error ? error.message : String(error)}`)
  }
}
