/** The arguments of `ts-sentinel harness`. */
import { parseArgs, type ParseArgsConfig } from 'node:util'

import { OptionsError, validateOptions, type DeploymentOptions, type SentinelKind } from '../../harness/index.ts'
import { alternatives, nearestWord } from '../../text/index.ts'
import { argumentProblem } from '../connection/argument-problem.ts'
import { UsageError } from '../connection/errors.ts'

/** The command line of the harness. */
export type HarnessOptions = { readonly kind: 'help' } | RunOptions | ServeOptions

/** A deployment, and the command that runs beside it. */
export interface RunOptions extends SharedOptions {
  readonly kind: 'run'
  readonly deployment: DeploymentOptions
  /** The program and its arguments. */
  readonly command: readonly [string, ...string[]]
  readonly quiet: boolean
}

/** The control interface without a deployment. */
export interface ServeOptions extends SharedOptions {
  readonly kind: 'serve'
}

interface SharedOptions {
  /** 0: any that is free. */
  readonly port: number
  readonly outliveParent: boolean
}

const OPTIONS = {
  'replicas': { type: 'string' },
  'sentinels': { type: 'string' },
  'genuine': { type: 'string' },
  'masters': { type: 'string' },
  'quorum': { type: 'string' },
  'down-after': { type: 'string' },
  'failover-timeout': { type: 'string' },
  'parallel-syncs': { type: 'string' },
  'password': { type: 'string' },
  'user': { type: 'string' },
  'sentinel-password': { type: 'string' },
  'sentinel-user': { type: 'string' },
  'tls': { type: 'boolean' },
  'persistence': { type: 'string' },
  'network': { type: 'string' },
  'slow-disks': { type: 'boolean' },
  'clock-faults': { type: 'boolean' },
  'resolver': { type: 'boolean' },
  'proxy': { type: 'boolean' },
  'proxy-config': { type: 'string', multiple: true },
  'redis-config': { type: 'string', multiple: true },
  'sentinel-config': { type: 'string', multiple: true },
  'redis-server': { type: 'string' },
  'redis-sentinel': { type: 'string' },
  'no-wait': { type: 'boolean' },
  'quiet': { type: 'boolean' },
  'port': { type: 'string' },
  'outlive-parent': { type: 'boolean', default: false },
  'help': { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options']

type OptionName = keyof typeof OPTIONS
type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** The options of both; all others are those of `run`. */
const SHARED: readonly OptionName[] = ['port', 'outlive-parent', 'help']

/** Words that name one value of an option. */
const WORDS: Readonly<Partial<Record<OptionName, readonly string[]>>> = {
  persistence: ['none', 'aof', 'rdb'], network: ['direct', 'relayed'],
}

/** What messages about the options of a deployment call them, and how they are spelled here. */
const SPELLED: readonly (readonly [RegExp, string])[] = [
  [/\bformed: false\b/g, '--no-wait'],
  [/\b(?:the option programs\.redisServer|the option server)\b/gi, '--redis-server'],
  [/\bprograms\.redisSentinel\b/g, '--redis-sentinel'],
  [/\bnetwork: 'relayed'/g, '--network relayed'],
  [/\bmasters\[\d+\]\.name\b/g, '--masters'],
  [/\bdownAfterMs\b/g, '--down-after'],
  [/\bfailoverTimeoutMs\b/g, '--failover-timeout'],
  [/\bparallelSyncs\b/g, '--parallel-syncs'],
  [/\bsentinelPassword\b/g, '--sentinel-password'],
  [/\bsentinelUser\b/g, '--sentinel-user'],
  [/\bredisConfig\b/g, '--redis-config'],
  [/\bsentinelConfig\b/g, '--sentinel-config'],
  [/^(replicas|quorum|user|password)\b/gm, '--$1'],
]

/** A message of the harness with the spelling of the command line. */
export function inOptions(message: string): string {
  return SPELLED.reduce((text, [pattern, spelled]) => text.replace(pattern, spelled), message)
}

/** @throws UsageError in plain words for invalid arguments */
export function parseHarnessOptions(args: readonly string[]): HarnessOptions {
  const [tool, ...rest] = args
  if (tool === undefined || tool === '--help' || tool === '-h') return { kind: 'help' }
  if (tool !== 'run' && tool !== 'serve') throw new UsageError(unknownTool(tool))
  const at = rest.indexOf('--')
  const values = parsed(at < 0 ? rest : rest.slice(0, at))
  if (values.help) return { kind: 'help' }
  const shared = { port: wholeNumber(values, 'port', 0, 65_535) ?? 0, outliveParent: values['outlive-parent'] }
  if (tool === 'serve') {
    const odd = (Object.keys(values) as OptionName[]).find((name) => !SHARED.includes(name))
    if (odd !== undefined) throw new UsageError(`--${odd} is an option of run; serve starts deployments when it is asked to`)
    if (at >= 0) throw new UsageError('serve takes no command; run does')
    return { kind: 'serve', ...shared }
  }
  const [file, ...more] = at < 0 ? [] : rest.slice(at + 1)
  if (file === undefined) throw new UsageError('the command is missing: ts-sentinel harness run [options] -- COMMAND [ARGUMENTS]')
  return { kind: 'run', ...shared, deployment: deploymentOf(values), command: [file, ...more], quiet: values.quiet === true }
}

function unknownTool(word: string): string {
  const nearest = nearestWord(word, ['run', 'serve'])
  return `${JSON.stringify(word)} is neither run nor serve${nearest === undefined ? '' : `. Did you mean: ts-sentinel harness ${nearest}?`}`
}

function parsed(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    const problem = argumentProblem(error, Object.keys(OPTIONS))
    const isCommand = problem.startsWith('unexpected argument')
    throw new UsageError(isCommand ? `${problem}; the command comes after two dashes: -- COMMAND` : problem, { cause: error })
  }
}

function deploymentOf(values: Values): DeploymentOptions {
  const masters = values.masters === undefined ? undefined : masterNames(values.masters)
  const options: DeploymentOptions = defined({
    masters: masters?.map((name) => ({ name })),
    replicas: wholeNumber(values, 'replicas', 0),
    sentinels: sentinelsOf(values),
    quorum: wholeNumber(values, 'quorum', 1),
    downAfterMs: wholeNumber(values, 'down-after', 1),
    failoverTimeoutMs: wholeNumber(values, 'failover-timeout', 1),
    parallelSyncs: wholeNumber(values, 'parallel-syncs', 1),
    password: values.password,
    user: values.user,
    sentinelPassword: values['sentinel-password'],
    sentinelUser: values['sentinel-user'],
    tls: values.tls,
    persistence: word(values, 'persistence') as DeploymentOptions['persistence'],
    network: word(values, 'network') as DeploymentOptions['network'],
    slowDisks: values['slow-disks'],
    clockFaults: values['clock-faults'],
    resolver: values.resolver,
    proxy: values['proxy-config'] === undefined ? values.proxy : { config: values['proxy-config'] },
    redisConfig: values['redis-config'],
    sentinelConfig: values['sentinel-config'],
    formed: values['no-wait'] === true ? false : undefined,
    programs: defined({ redisServer: values['redis-server'], redisSentinel: values['redis-sentinel'] }),
    folderPrefix: 'ts-sentinel-run',
  })
  try {
    validateOptions(options)
  } catch (error) {
    if (error instanceof OptionsError) throw new UsageError(inOptions(error.message), { cause: error })
    throw error
  }
  return options
}

/** Without the entries that are undefined. */
function defined<T extends object>(entries: T): { [Name in keyof T]: Exclude<T[Name], undefined> } {
  return Object.fromEntries(Object.entries(entries).filter(([, value]) => value !== undefined)) as
    { [Name in keyof T]: Exclude<T[Name], undefined> }
}

function masterNames(text: string): string[] {
  if (/^\d+$/.test(text)) throw new UsageError(`--masters is a list of names, such as cache,sessions, not ${text}`)
  return text.split(',').map((name) => name.trim())
}

function sentinelsOf(values: Values): number | readonly SentinelKind[] | undefined {
  const count = wholeNumber(values, 'sentinels', 0)
  const genuine = wholeNumber(values, 'genuine', 0) ?? 0
  if (genuine === 0) return count
  const all = count ?? 3
  if (genuine > all) throw new UsageError(`--genuine ${genuine} is more than all sentinels, which are ${all}; give more with --sentinels`)
  return Array.from({ length: all }, (_, at) => at < all - genuine ? 'ours' : 'genuine')
}

function wholeNumber(values: Values, name: OptionName, least: number, most = 2_147_483_647): number | undefined {
  const given = values[name]
  if (given === undefined) return undefined
  const number = Number(given)
  if (/^\d+$/.test(String(given)) && number >= least && number <= most) return number
  throw new UsageError(`--${name} is a whole number from ${least} to ${most}, not ${JSON.stringify(given)}`)
}

function word(values: Values, name: 'persistence' | 'network'): string | undefined {
  const given = values[name]
  const words = WORDS[name] ?? []
  if (given === undefined || words.includes(given)) return given
  const nearest = nearestWord(given, words)
  throw new UsageError(`--${name} is ${alternatives(words)}, not ${JSON.stringify(given)}${nearest === undefined ? '' : `. Did you mean: ${nearest}?`}`)
}
