import { parseArgs, type ParseArgsConfig } from 'node:util'

import { argumentProblem } from '../connection/argument-problem.ts'
import { parseUri, type RedisUri } from '../connection/address.ts'
import { UsageError } from '../connection/errors.ts'
import { readPasswordFile } from '../connection/password-file.ts'
import { readTlsOptions, TLS_OPTIONS, type TlsFiles } from '../connection/tls-files.ts'
import { defaultDownAfterMs, GENUINE_FLOOR_MS, SCENARIOS, type Address, type SentinelKind } from '../../harness/index.ts'
import { MAX_LOST, OUTAGE_MARGIN_MS, type Limits } from './limits.ts'

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

/** The options are invalid. The message says which and why. */
export class DrillUsageError extends UsageError {
  override readonly name = 'DrillUsageError'
}

const CONFIRMATION = '--yes-fail-over-'
const DEFAULT_LIMIT_S = 60
const DEFAULT_EXEC_WAIT_S = 5

export const HELP = `Runs failovers and measures how long clients cannot write and which writes are lost.

Usage: ts-sentinel drill [options]
       ts-sentinel drill --target <host:port> --master <name> [options]

Without --target: starts a deployment of real redis-servers (one master, two replicas, three sentinels) in a temporary
folder, with a client that writes all the time, and removes it at the end.

  --list                  print the scenarios and exit
  --scenario <name>       run only this scenario; repeat it or separate names with commas for more
  --sentinels <which>     ours, genuine, or mixed: two of ours and one genuine (default: ours)
  --redis-server <path>   the redis-server to run (default: that of REDIS_SERVER, or from the PATH)
  --redis-sentinel <path> the genuine sentinel to run (default: from the PATH)
  --down-after <ms>       down-after-milliseconds of the deployment (default: ${defaultDownAfterMs(['ours'])}, or
                          ${defaultDownAfterMs(['genuine'])} with genuine sentinels, which need more than ${GENUINE_FLOOR_MS})
  --exec <command>        run this command for the shell during each scenario, with the variables of ts-sentinel harness run;
                          a status other than 0 fails the scenario. One that runs for ever gets SIGTERM at the end
  --exec-wait <seconds>   how long the command may go on by itself after the recovery (default: ${DEFAULT_EXEC_WAIT_S})

With --target or -u: runs SENTINEL FAILOVER of one master of an existing staging fleet.

  --target <host:port>    one of its sentinels; the others are discovered
  --master <name>         the monitored master
  --yes-fail-over-<name>  confirms the failover of this master; without it you are asked to type the name
  --write                 write during the failover, to a key below ts-sentinel:drill: that is removed at the end
  -u, --uri <uri>         redis://user:password@host:port of a sentinel in the place of --target; rediss:// for TLS
  --user, --sentinel-user ACL users on the data nodes and the sentinels
  --pass-file, --sentinel-pass-file
                          files with their passwords (default: the variables REDIS_PASSWORD and SENTINEL_PASSWORD)
  --tls                   use TLS for all connections; implied by the next four
  --cacert, --cert, --key trusted certificates, the certificate to show, and its key (PEM)
  --sni <name>            server name of the TLS handshake

Both:
  --report <folder>       write drill.json, junit.xml and index.html with the timelines to this folder
  --max-lost <writes>     acknowledged writes that a scenario may lose (default: ${MAX_LOST}); more is a failure
  --max-outage <ms>       longest time without an acknowledged write (default: down-after + ${OUTAGE_MARGIN_MS})
  --limit <seconds>       how long the fleet may take to recover after each step (default: ${DEFAULT_LIMIT_S})
  -h, --help              print this text

Exit status: 0 all scenarios passed, 1 a scenario failed or broke a limit, 2 wrong usage, or the drill could not start.
`

const OPTIONS = {
  'list': { type: 'boolean', default: false },
  'scenario': { type: 'string', multiple: true, default: [] },
  'sentinels': { type: 'string', default: 'ours' },
  'redis-server': { type: 'string' },
  'redis-sentinel': { type: 'string' },
  'down-after': { type: 'string' },
  'exec': { type: 'string' },
  'exec-wait': { type: 'string' },
  'target': { type: 'string' },
  'master': { type: 'string' },
  'write': { type: 'boolean', default: false },
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
  'master', 'user', 'sentinel-user', 'pass-file', 'sentinel-pass-file', 'cacert', 'cert', 'key', 'sni',
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
  const sentinels = sentinelKinds(values.sentinels)
  return {
    kind: 'deployment',
    scenarios: names.length === 0 ? known : names,
    sentinels,
    redisServer: values['redis-server'],
    redisSentinel: values['redis-sentinel'],
    exec: execOf(values),
    execWaitMs: positive('exec-wait', values['exec-wait'], DEFAULT_EXEC_WAIT_S) * 1_000,
    downAfterMs: downAfter(values['down-after'], sentinels),
    limitMs: positive('limit', values.limit, DEFAULT_LIMIT_S) * 1_000,
    limits: limitsOf(values),
    report: values.report,
  }
}

function execOf(values: Values): string | undefined {
  if (values.exec?.trim() === '') throw new DrillUsageError('--exec needs a command')
  if (values.exec === undefined && values['exec-wait'] !== undefined) throw new DrillUsageError('--exec-wait needs --exec')
  return values.exec
}

function targetDrill(values: Values, confirmed: string | undefined, environment: NodeJS.ProcessEnv): TargetDrill {
  if (values.scenario.length > 0) throw new DrillUsageError('--scenario cannot be combined with --target')
  if (values.exec !== undefined) throw new DrillUsageError('--exec cannot be combined with --target')
  if (values.master === undefined) throw new DrillUsageError('--target needs --master <name>')
  const uri = values.uri === undefined ? undefined : parseUri(values.uri)
  return {
    kind: 'target',
    sentinel: uri === undefined ? readAddress(values.target ?? '') : { host: uri.host, port: uri.port },
    masterName: values.master,
    confirmed,
    write: values.write,
    login: loginOf(values, uri, environment),
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
