import { parseArgs, type ParseArgsConfig } from 'node:util'

import { argumentProblem } from '../connection/argument-problem.ts'
import { parseNodeUri, parseUri, type RedisUri } from '../connection/address.ts'
import { UsageError } from '../connection/errors.ts'
import { readPasswordFile } from '../connection/password-file.ts'
import { readTlsOptions, TLS_OPTIONS, type TlsFiles } from '../connection/tls-files.ts'
import {
  defaultDownAfterMs, GENUINE_FLOOR_MS, proxyProblem, SCENARIOS, type Address, type SentinelKind,
} from '../../harness/index.ts'
import { MAX_LOST, type Limits } from './limits.ts'

/** The command line of a drill. */
export type DrillOptions =
  | { readonly kind: 'help' | 'list' }
  | DeploymentDrill
  | TargetDrill

/** Scenarios on a deployment that the drill starts. */
export interface DeploymentDrill {
  readonly kind: 'deployment'
  readonly scenarios: readonly string[]
  readonly sentinels: readonly SentinelKind[]
  readonly redisServer: string | undefined
  readonly redisSentinel: string | undefined
  readonly downAfterMs: number
  /** Lines for the file of a proxy through which the clients write; undefined: they ask the sentinels. */
  readonly proxy: readonly string[] | undefined
  /** A command for the shell that runs as the application during each scenario. */
  readonly exec: string | undefined
  /** How long it may go on by itself after the recovery. */
  readonly execWaitMs: number
  readonly limitMs: number
  readonly limits: Limits
  readonly report: string | undefined
}

/** A planned failover of a running deployment. */
export interface TargetDrill {
  readonly kind: 'target'
  readonly sentinel: Address
  readonly masterName: string
  /** The master name that was confirmed on the command line. */
  readonly confirmed: string | undefined
  /** Write during the failover, with keys that only the drill uses. */
  readonly write: boolean
  /** The proxy through which it writes; undefined: it asks the sentinels. */
  readonly proxy: TargetProxy | undefined
  readonly login: TargetLogin
  readonly limitMs: number
  readonly limits: Limits
  readonly report: string | undefined
}

/** How to log in. Passwords are in files or the environment, because `ps` shows command lines. */
export interface TargetLogin {
  readonly user?: string
  readonly password?: string
  readonly sentinelUser?: string
  readonly sentinelPassword?: string
  readonly tls?: TlsFiles
}

/** A running proxy of the master. */
export interface TargetProxy extends Address {
  readonly user: string | undefined
  readonly password: string | undefined
  /** Undefined for connections without TLS. */
  readonly tls: TlsFiles | undefined
}

/** The options are invalid. The message says which and why. */
export class DrillUsageError extends UsageError {
  override readonly name = 'DrillUsageError'
}

const CONFIRMATION = '--yes-fail-over-'
/** Default of `--limit`. */
export const DEFAULT_LIMIT_S = 60

/** Default of `--exec-wait`. */
export const DEFAULT_EXEC_WAIT_S = 5

const OPTIONS = {
  'list': { type: 'boolean', default: false },
  'scenario': { type: 'string', multiple: true, default: [] },
  'sentinels': { type: 'string', default: 'ours' },
  'redis-server': { type: 'string' },
  'redis-sentinel': { type: 'string' },
  'down-after': { type: 'string' },
  'proxy': { type: 'boolean', default: false },
  'proxy-config': { type: 'string', multiple: true },
  'exec': { type: 'string' },
  'exec-wait': { type: 'string' },
  'target': { type: 'string' },
  'master': { type: 'string' },
  'write': { type: 'boolean', default: false },
  'proxy-uri': { type: 'string' },
  'uri': { type: 'string', short: 'u' },
  'user': { type: 'string' },
  'sentinel-user': { type: 'string' },
  'pass-file': { type: 'string' },
  'sentinel-pass-file': { type: 'string' },
  ...TLS_OPTIONS,
  'report': { type: 'string' },
  'limit': { type: 'string' },
  'max-lost': { type: 'string' },
  'max-outage': { type: 'string' },
  'help': { type: 'boolean', short: 'h', default: false },
} as const satisfies ParseArgsConfig['options']

type Values = ReturnType<typeof parseArgs<{ options: typeof OPTIONS }>>['values']

/** Options that are valid only with `--target`. */
const TARGET_ONLY = [
  'master', 'user', 'sentinel-user', 'pass-file', 'sentinel-pass-file', 'cacert', 'cert', 'key', 'sni', 'proxy-uri',
] as const

/** @throws DrillUsageError in plain words for invalid options */
export function parseDrillOptions(args: readonly string[], environment: NodeJS.ProcessEnv): DrillOptions {
  const confirmed = args.find((arg) => arg.startsWith(CONFIRMATION))?.slice(CONFIRMATION.length)
  const values = parsed(args.filter((arg) => !arg.startsWith(CONFIRMATION)))
  if (values.help) return { kind: 'help' }
  if (values.list) return { kind: 'list' }
  if (values.target === undefined && values.uri === undefined) return deploymentDrill(values, confirmed)
  return targetDrill(values, confirmed, environment)
}

function parsed(args: readonly string[]): Values {
  try {
    return parseArgs({ args: [...args], options: OPTIONS }).values
  } catch (error) {
    throw new DrillUsageError(argumentProblem(error, Object.keys(OPTIONS)), { cause: error })
  }
}

function deploymentDrill(values: Values, confirmed: string | undefined): DeploymentDrill {
  const odd = TARGET_ONLY.find((name) => values[name] !== undefined)
    ?? (['write', 'tls'] as const).find((name) => values[name])
  if (odd !== undefined) throw new DrillUsageError(`--${odd} needs --target`)
  if (confirmed !== undefined) throw new DrillUsageError(`${CONFIRMATION}${confirmed} needs --target`)
  const names = values.scenario.flatMap((entry) => entry.split(',')).filter((name) => name !== '')
  const known = SCENARIOS.map(({ name }) => name)
  const unknown = names.find((name) => !known.includes(name))
  if (unknown !== undefined) throw new DrillUsageError(`--scenario ${unknown} does not exist; the scenarios are ${known.join(', ')}`)
  const proxy = values['proxy-config'] ?? (values.proxy ? [] : undefined)
  if (proxy !== undefined) checkProxied(names)
  const sentinels = sentinelKinds(values.sentinels)
  return {
    kind: 'deployment',
    scenarios: names.length === 0 ? known : names,
    sentinels,
    redisServer: values['redis-server'],
    redisSentinel: values['redis-sentinel'],
    proxy,
    exec: execOf(values),
    execWaitMs: positive('exec-wait', values['exec-wait'], DEFAULT_EXEC_WAIT_S) * 1_000,
    downAfterMs: downAfter(values['down-after'], sentinels),
    limitMs: positive('limit', values.limit, DEFAULT_LIMIT_S) * 1_000,
    limits: limitsOf(values),
    report: values.report,
  }
}

/** A scenario that is named must run; of all scenarios, those without a way through the proxy are skipped. */
function checkProxied(names: readonly string[]): void {
  const named = SCENARIOS.filter(({ name }) => names.includes(name))
  const problem = named.map(proxyProblem).find((one) => one !== undefined)
  if (problem !== undefined) throw new DrillUsageError(`--proxy: ${problem}`)
}

function execOf(values: Values): string | undefined {
  if (values.exec?.trim() === '') throw new DrillUsageError('--exec needs a command')
  if (values.exec === undefined && values['exec-wait'] !== undefined) throw new DrillUsageError('--exec-wait needs --exec')
  return values.exec
}

function targetDrill(values: Values, confirmed: string | undefined, environment: NodeJS.ProcessEnv): TargetDrill {
  if (values.scenario.length > 0) throw new DrillUsageError('--scenario cannot be combined with --target')
  if (values.exec !== undefined) throw new DrillUsageError('--exec cannot be combined with --target')
  if (values.proxy || values['proxy-config'] !== undefined) {
    throw new DrillUsageError('--proxy cannot be combined with --target; --proxy-uri names a proxy that is already running')
  }
  if (values.master === undefined) throw new DrillUsageError('--target needs --master <name>')
  const uri = values.uri === undefined ? undefined : parseUri(values.uri)
  const login = loginOf(values, uri, environment)
  return {
    kind: 'target',
    sentinel: uri === undefined ? readAddress(values.target ?? '') : { host: uri.host, port: uri.port },
    masterName: values.master,
    confirmed,
    write: values.write,
    proxy: targetProxy(values, login),
    login,
    limitMs: positive('limit', values.limit, DEFAULT_LIMIT_S) * 1_000,
    limits: limitsOf(values),
    report: values.report,
  }
}

function loginOf(values: Values, uri: RedisUri | undefined, environment: NodeJS.ProcessEnv): TargetLogin {
  const password = filePassword(values, 'pass-file') ?? environment['REDIS_PASSWORD']
  const sentinelPassword = filePassword(values, 'sentinel-pass-file') ?? uri?.password ?? environment['SENTINEL_PASSWORD']
  const sentinelUser = values['sentinel-user'] ?? uri?.user
  const tls = readTlsOptions({ ...values, tls: values.tls || uri?.tls === true })
  return {
    ...(values.user !== undefined && { user: values.user }),
    ...(password !== undefined && { password }),
    ...(sentinelUser !== undefined && { sentinelUser }),
    ...(sentinelPassword !== undefined && { sentinelPassword }),
    ...(tls !== undefined && { tls }),
  }
}

function targetProxy(values: Values, login: TargetLogin): TargetProxy | undefined {
  const text = values['proxy-uri']
  if (text === undefined) return undefined
  if (!values.write) throw new DrillUsageError('--proxy-uri needs --write: the drill writes through the proxy')
  const { host, port, user, password, tls } = parseNodeUri('--proxy-uri', text)
  const given = password === undefined ? login : { user, password }
  const files = tls ? readTlsOptions({ ...values, tls }) : undefined
  return { host, port, user: given.user, password: given.password, tls: files }
}

function filePassword(values: Values, option: 'pass-file' | 'sentinel-pass-file'): string | undefined {
  const file = values[option]
  return file === undefined ? undefined : readPasswordFile(`--${option}`, file)
}

function sentinelKinds(which: string): SentinelKind[] {
  switch (which) {
    case 'ours': return ['ours', 'ours', 'ours']
    case 'genuine': return ['genuine', 'genuine', 'genuine']
    case 'mixed': return ['ours', 'ours', 'genuine']
    default: throw new DrillUsageError(`--sentinels must be ours, genuine or mixed, not ${which}`)
  }
}

function downAfter(text: string | undefined, sentinels: readonly SentinelKind[]): number {
  const wanted = positive('down-after', text, defaultDownAfterMs(sentinels))
  if (wanted > GENUINE_FLOOR_MS || !sentinels.includes('genuine')) return wanted
  throw new DrillUsageError(
    `--down-after ${wanted} is too short for genuine sentinels, which then sometimes replace the healthy new master as well; `
    + `give more than ${GENUINE_FLOOR_MS}`,
  )
}

function limitsOf(values: Values): Limits {
  const lost = values['max-lost'] ?? String(MAX_LOST)
  if (!/^\d{1,9}$/.test(lost)) throw new DrillUsageError(`--max-lost must be a whole number from 0, not ${lost}`)
  const outage = values['max-outage']
  return { maxLost: Number(lost), maxOutageMs: outage === undefined ? undefined : positive('max-outage', outage, 0) }
}

function positive(name: string, text: string | undefined, fallback: number): number {
  if (text === undefined) return fallback
  const number = Number(text)
  if (Number.isInteger(number) && number > 0 && number <= 86_400_000) return number
  throw new DrillUsageError(`--${name} must be a whole number above 0, not ${text}`)
}

function readAddress(text: string): Address {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d+)$/.exec(text) ?? []
  if (host === '' || Number(port) < 1 || Number(port) > 65_535) {
    throw new DrillUsageError(`--target must be host:port of a sentinel, not ${text}`)
  }
  return { host, port: Number(port) }
}
