/** The arguments of the tools that act on all sentinels of a master. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { argumentProblem } from '../connection/argument-problem.ts'
import { CONNECTION_OPTIONS, readConnection, type Connection } from '../connection/connection-options.ts'
import { UsageError } from '../connection/errors.ts'

export type FleetToolName = 'pause' | 'resume' | 'forget' | 'failover' | 'switchover'

const OPTIONS = {
  help: { type: 'boolean', short: 'h', default: false },
  json: { type: 'boolean', default: false },
  yes: { type: 'boolean', default: false },
  utc: { type: 'boolean', default: false },
  for: { type: 'string' },
  reason: { type: 'string' },
  force: { type: 'boolean' },
  to: { type: 'string' },
  timeout: { type: 'string' },
  at: { type: 'string' },
  cancel: { type: 'boolean' },
  ...CONNECTION_OPTIONS,
} as const satisfies ParseArgsConfig['options']

/** The options that not all of the tools have. */
const OWN_OPTIONS: Readonly<Record<FleetToolName, readonly OwnOption[]>> = {
  pause: ['for', 'reason'],
  resume: [],
  forget: ['for', 'force'],
  failover: ['force'],
  switchover: ['to', 'timeout', 'at', 'cancel'],
}

type OwnOption = 'for' | 'reason' | 'force' | 'to' | 'timeout' | 'at' | 'cancel'

export interface OwnValues {
  readonly for?: string
  readonly reason?: string
  readonly force?: boolean
  readonly to?: string
  readonly timeout?: string
  readonly at?: string
  readonly cancel?: boolean
}

export interface FleetToolOptions {
  readonly json: boolean
  /** Confirmed on the command line. */
  readonly yes: boolean
  /** Print times in UTC. */
  readonly utc: boolean
  readonly connection: Connection
  readonly master: string
  /** The arguments after the name of the master. */
  readonly rest: readonly string[]
  readonly own: OwnValues
}

/** Resolves to the word `help` where the help text is asked for. @throws UsageError */
export function parseFleetToolOptions(tool: FleetToolName, args: readonly string[]): FleetToolOptions | 'help' {
  const { values, positionals } = read(args)
  if (values.help) return 'help'
  const own = ownValues(tool, values)
  const { connection, rest: [master, ...rest] } = readConnection(values, positionals)
  if (master === undefined) throw new UsageError('MASTER, the name of one master, is missing')
  return { json: values.json, yes: values.yes, utc: values.utc, connection, master, rest, own }
}

/** @throws UsageError for an option of another tool */
function ownValues(tool: FleetToolName, values: OwnValues): OwnValues {
  const all = [...new Set(Object.values(OWN_OPTIONS).flat())]
  const odd = all.find((name) => values[name] !== undefined && !OWN_OPTIONS[tool].includes(name))
  if (odd !== undefined) throw new UsageError(`there is no option --${odd}`)
  const given = OWN_OPTIONS[tool].filter((name) => values[name] !== undefined)
  return Object.fromEntries(given.map((name) => [name, values[name]]))
}

function read(args: readonly string[]) {
  try {
    return parseArgs({ args: [...args], options: OPTIONS, allowPositionals: true })
  } catch (error) {
    throw new UsageError(argumentProblem(error, Object.keys(OPTIONS)))
  }
}
