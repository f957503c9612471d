/** The arguments of `status`, `explain` and `history`. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { argumentProblem } from '../connection/argument-problem.ts'
import { CONNECTION_OPTIONS, readConnection, type Connection } from '../connection/connection-options.ts'
import { UsageError } from '../connection/errors.ts'

export type SentinelToolName = 'status' | 'explain' | 'history'

export interface ToolOptions {
  readonly json: boolean
  readonly watch: boolean
  /** Ask the given sentinel alone. */
  readonly one: boolean
  readonly onlyProblems: boolean
  readonly utc: boolean
  readonly connection: Connection
  /** The arguments after the address. */
  readonly rest: readonly string[]
}

const OPTIONS = {
  'help': { type: 'boolean', short: 'h', default: false },
  'json': { type: 'boolean', default: false },
  'utc': { type: 'boolean', default: false },
  'watch': { type: 'boolean', short: 'w', default: false },
  'one': { type: 'boolean', default: false },
  'only-problems': { type: 'boolean', default: false },
  ...CONNECTION_OPTIONS,
} as const satisfies ParseArgsConfig['options']

/** The options that not all of the tools have. */
const OWN_OPTIONS: Readonly<Record<SentinelToolName, readonly OwnOption[]>> = {
  status: ['watch', 'one', 'only-problems'],
  explain: ['one'],
  history: [],
}

type OwnOption = 'watch' | 'one' | 'only-problems'

/** Resolves to the word `help` where the help text is asked for. @throws UsageError */
export function parseToolOptions(tool: SentinelToolName, args: readonly string[]): ToolOptions | 'help' {
  const { values, positionals } = read(args)
  if (values.help) return 'help'
  const odd = OWN_OPTIONS.status.find((name) => values[name] && !OWN_OPTIONS[tool].includes(name))
  if (odd !== undefined) throw new UsageError(`there is no option --${odd}`)
  const { json, watch, one, utc } = values
  return { json, watch, one, utc, onlyProblems: values['only-problems'], ...readConnection(values, positionals) }
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(argumentProblem(error, Object.keys(OPTIONS)))
  }
}
