/**
 * What we have and the genuine program does not: the names that users type or read. Taken from the sources that act on
 * them, so that a name that is added there is found here.
 */
import { SENTINEL } from '../../src/commands/sentinel/table.ts'
import { SENTINEL_DIRECTIVES } from '../../src/config/sentinel-directives.ts'
import { DIRECTIVES } from '../../src/proxy/index.ts'
import { filesUnder, readProjectFile } from './project-files.ts'

/** Subcommands of SENTINEL in redis-sentinel 7.0. */
const GENUINE_COMMANDS: ReadonlySet<string> = new Set([
  'ckquorum', 'config', 'debug', 'failover', 'flushconfig', 'get-master-addr-by-name', 'help', 'info-cache',
  'is-master-down-by-addr', 'master', 'masters', 'monitor', 'myid', 'pending-scripts', 'remove', 'replicas', 'reset',
  'sentinels', 'set', 'simulate-failure', 'slaves',
])

/** What may follow `sentinel` in a file of redis-sentinel 7.0. */
const GENUINE_DIRECTIVES: ReadonlySet<string> = new Set([
  'announce-hostnames', 'announce-ip', 'announce-port', 'auth-pass', 'auth-user', 'client-reconfig-script', 'config-epoch',
  'current-epoch', 'deny-scripts-reconfig', 'down-after-milliseconds', 'failover-timeout', 'known-replica',
  'known-sentinel', 'known-slave', 'leader-epoch', 'master-reboot-down-after-period', 'monitor', 'myid',
  'notification-script', 'parallel-syncs', 'rename-command', 'resolve-hostnames', 'sentinel-pass', 'sentinel-user',
])

/** Variables that are none of the user's, with the reason. */
const INTERNAL_VARIABLES: ReadonlyMap<string, string> = new Map([
  ['TS_SENTINEL_HARNESS_DISK', 'between the harness and the processes that it starts'],
  ['TS_SENTINEL_HARNESS_CLOCK', 'the same'],
  ['TS_SENTINEL_HARNESS_NAMES', 'the same'],
  ['NODE_OPTIONS', 'of Node: handed on'],
  ['NODE_V8_COVERAGE', 'of Node: handed on'],
  ['PATH', 'of every program'],
  ['FORCE_TTY', 'of vitest, for its workers'],
])

/** Folders of src/cli with options of their own, and the tools that have them. */
export const TOOLS_OF: Readonly<Record<string, readonly string[]>> = {
  'check': ['check'], 'sentinel-tools': ['status', 'explain', 'history'], 'drill': ['drill'], 'harness': ['harness'],
  'fleet-tools': ['pause', 'resume', 'forget', 'failover', 'switchover'],
}

/** Of the tools that share their options, only these have this one. */
const ONLY_OF: ReadonlyMap<string, readonly string[]> = new Map([
  ['--watch', ['status']], ['-w', ['status']], ['--only-problems', ['status']], ['--one', ['status', 'explain']], ['--for', ['pause', 'forget']], ['--reason', ['pause']],
  ['--force', ['forget', 'failover']], ['--to', ['switchover']], ['--timeout', ['switchover']], ['--at', ['switchover']],
  ['--cancel', ['switchover']],
])

export function tools(): string[] {
  return found('src/cli/subcommands.ts', /\['([a-z-]+)', \{/g)
}

/** Folders of src/cli that read options, without the quickstart, which is no part of the program. */
export function optionFolders(): string[] {
  return filesUnder('src/cli').flatMap((path) => /^src\/cli\/([a-z-]+)\/options\.ts$/.exec(path)?.[1] ?? [])
    .filter((folder) => folder !== 'quickstart')
}

/** With their dashes, such as `--json` and `-h`. */
export function optionsOf(tool: string): string[] {
  // Its options are its directives.
  if (tool === 'proxy') return [...DIRECTIVES.map(({ name }) => `--${name}`), '--help', '-h'].sort()
  const folder = Object.keys(TOOLS_OF).find((name) => TOOLS_OF[name]?.includes(tool)) ?? tool
  const path = `src/cli/${folder}/options.ts`
  const declared = declaredIn(withSpread(readProjectFile(path)))
  const spelled = found(path, /'(--[a-z-]+)'/g)
  const isOwn = (option: string): boolean => ONLY_OF.get(option)?.includes(tool) !== false
  return [...new Set([...declared, ...spelled])].filter(isOwn).sort()
}

/** Tables of options that several tools share, by the name under which their files export them. */
const SHARED_OPTIONS: ReadonlyMap<string, string> = new Map([
  ['CONNECTION_OPTIONS', 'src/cli/connection/connection-options.ts'], ['TLS_OPTIONS', 'src/cli/connection/tls-files.ts'],
])

/** The options that reach a sentinel, which the manual describes once. */
export function connectionOptions(): string[] {
  return declaredIn(withSpread('...CONNECTION_OPTIONS'))
}

/** Whether the tool takes all options that reach a sentinel. */
export function connects(tool: string): boolean {
  return connectionOptions().every((option) => optionsOf(tool).includes(option))
}

function withSpread(text: string): string {
  const added = [...SHARED_OPTIONS].filter(([name]) => text.includes(`...${name}`))
  return [text, ...added.map(([, path]) => withSpread(readProjectFile(path)))].join('\n')
}

function declaredIn(text: string): string[] {
  return [...text.matchAll(/^\s+'?([a-z-]+)'?: \{ type: '(?:string|boolean)'(?:, short: '(\w)')?/gm)]
    .flatMap(([, long = '', short]) => [`--${long}`, ...short === undefined ? [] : [`-${short}`]])
}

/** Options of the program itself that are no directives. */
export function programOptions(): string[] {
  return [...new Set(found('src/config/command-line.ts', /'(--?[a-z][a-z-]*)'/g))].sort()
}

export function ownCommands(): string[] {
  return (SENTINEL.subcommands ?? []).map(({ name }) => name).filter((name) => !GENUINE_COMMANDS.has(name))
}

export function ownDirectives(): string[] {
  return [...SENTINEL_DIRECTIVES.keys()].filter((name) => !GENUINE_DIRECTIVES.has(name))
}

/** `<name>` stands for that of a master. */
export function httpPaths(): string[] {
  const first = [
    ...found('src/http/routes.ts', /case '(\/[a-z]*)'/g), ...found('src/http/http-server.ts', /pathname === '(\/[a-z]+)'/g),
  ]
  return [...first, '/masters/<name>', '/fleet/<name>', ...found('src/http/routes.ts', /case '([a-z]+)':/g).map((what) => `/masters/<name>/${what}`)]
}

export function httpParameters(): string[] {
  return filesUnder('src/http').flatMap((path) => found(path, /(?:query|searchParams)\.get\('([a-z-]+)'\)/g))
}

/** Names of all families of /metrics. */
export function metrics(): string[] {
  const names = filesUnder('src/http/metrics').flatMap((path) => [
    ...found(path, /text\.(?:gauge|counter|histogram)\(\s*'((?:redis|process|nodejs)_[a-z0-9_]+)'/g),
    ...found(path, /^ {2}gauge\('([a-z0-9_]+)'/gm).map((name) => `redis_sentinel_master_${name}`),
  ])
  return [...new Set(names)]
}

export function environmentVariables(): string[] {
  const names = filesUnder('src').flatMap((path) => found(path, /(?:process\.env|environment)(?:\[')?\.?([A-Z][A-Z0-9_]+)/g))
  return [...new Set(names)].filter((name) => !INTERNAL_VARIABLES.has(name)).sort()
}

function found(path: string, pattern: RegExp): string[] {
  return [...readProjectFile(path).matchAll(pattern)].map((match) => match[1] ?? '')
}
