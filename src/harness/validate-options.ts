import { existsSync } from 'node:fs'
import { resolve } from 'node:path'

import { count } from '../text/index.ts'
import { MAX_CLIENTS } from './loopback.ts'
import { CLIENT } from './network.ts'
import { OptionChecks, shown } from './option-checks.ts'
import { isRequirement } from './requirement.ts'
import { nodeName, planMasters, planSentinels, type DeploymentOptions } from './options.ts'

/** The options of a deployment are invalid; the message has one line for each problem. */
export class OptionsError extends Error {
  override readonly name = 'OptionsError'
}

/** More processes are a typing error, and exceed the loopback addresses of relays. */
const MAX_PROCESSES = 1_000

const DEPLOYMENT_KEYS = [
  'masters', 'replicas', 'sentinels', 'quorum', 'downAfterMs', 'failoverTimeoutMs', 'parallelSyncs', 'password', 'user',
  'sentinelPassword', 'sentinelUser', 'tls', 'server', 'requires', 'persistence', 'redisConfig', 'sentinelConfig', 'modules', 'network', 'clients',
  'slowDisks', 'clockFaults', 'resolver', 'hostName', 'proxy', 'formed', 'started', 'programs', 'folderPrefix',
]
const MASTER_KEYS = [
  'name', 'replicas', 'quorum', 'downAfterMs', 'failoverTimeoutMs', 'parallelSyncs', 'password', 'server', 'persistence',
  'redisConfig', 'sentinelConfig', 'modules', 'node',
]
const NODE_KEYS = ['priority', 'server', 'persistence', 'modules', 'config']
const SENTINEL_KEYS = ['program', 'config']
const PROGRAM_KEYS = ['tsSentinel', 'nodeOptions', 'redisSentinel', 'redisServer']
const SOURCE_KEYS = ['source', 'make', 'env']
const PERSISTENCE = ['none', 'aof', 'rdb']
const KINDS = ['ours', 'genuine']
/** Names of masters, by the rule of sentinel.conf, and of clients. */
const NAME = /^[A-Za-z0-9._-]+$/

/**
 * Checks all options of a deployment before any process is started.
 *
 * @throws OptionsError naming all problems
 */
export function validateOptions(options: DeploymentOptions): void {
  const checks = new OptionChecks()
  const entries = checks.entries('the deployment', options, DEPLOYMENT_KEYS)
  if (entries !== undefined) {
    for (const [key, value] of entries) checkDeploymentEntry(checks, key, value)
    if (checks.problems.length === 0) checkTogether(checks, options)
  }
  if (checks.problems.length > 0) throw new OptionsError(checks.problems.join('\n'))
}

function checkDeploymentEntry(checks: OptionChecks, key: string, value: unknown): void {
  switch (key) {
    case 'masters': return checkMasters(checks, value)
    case 'sentinels': return checkSentinels(checks, value)
    case 'programs': return checkPrograms(checks, value)
    case 'network': return checks.oneOf(key, value, ['direct', 'relayed'])
    case 'clients': return checkClients(checks, value)
    case 'requires': return checkRequires(checks, value)
    case 'tls':
    case 'slowDisks':
    case 'resolver':
    case 'formed':
    case 'started': return checks.flag(key, value)
    case 'sentinelPassword': return void checks.line(key, value)
    case 'user':
    case 'sentinelUser': return checkUser(checks, key, value)
    case 'clockFaults': return checkClockFaults(checks, value)
    case 'proxy': return checkProxy(checks, value)
    case 'hostName':
      if (typeof value !== 'function') checks.add(`hostName is a function from a process name to a host name, not ${shown(value)}`)
      return undefined
    case 'folderPrefix':
      if (checks.line(key, value) && /[/\\]/.test(value)) checks.add(`folderPrefix is the start of a name, without a path: ${value}`)
      return undefined
    default: return checkShared(checks, key, key, value)
  }
}

/** Checks the options that both a deployment and each of its masters have. */
function checkShared(checks: OptionChecks, key: string, where: string, value: unknown): void {
  switch (key) {
    case 'replicas': return checkReplicas(checks, where, value)
    case 'quorum':
    case 'downAfterMs':
    case 'failoverTimeoutMs':
    case 'parallelSyncs': return void checks.whole(where, value, 1)
    case 'password': return void checks.line(where, value)
    case 'persistence': return checks.oneOf(where, value, PERSISTENCE)
    case 'server': return checkServer(checks, where, value)
    case 'modules': return checkModules(checks, where, value)
    case 'redisConfig':
    case 'sentinelConfig': return checks.lines(where, value)
    default: return undefined
  }
}

function checkClockFaults(checks: OptionChecks, value: unknown): void {
  if (typeof value === 'boolean') return
  const entries = checks.entries('clockFaults', value, ['libfaketime'])
  if (entries !== undefined) checks.line('clockFaults.libfaketime', entries.get('libfaketime'))
}

function checkProxy(checks: OptionChecks, value: unknown): void {
  if (typeof value === 'boolean') return
  const entries = checks.entries('proxy', value, ['config'])
  if (entries?.has('config') === true) checks.lines('proxy.config', entries.get('config'))
}

function checkUser(checks: OptionChecks, where: string, value: unknown): void {
  if (checks.line(where, value) && /\s/.test(value)) checks.add(`${where} is the name of an ACL user, without blanks: ${value}`)
}

function checkMasters(checks: OptionChecks, value: unknown): void {
  const list = checks.list('masters', value)
  if (list?.length === 0) checks.add('masters is empty: leave it out for one master named mymaster')
  const names = new Set<unknown>()
  for (const [at, master] of (list ?? []).entries()) {
    const where = `masters[${at}]`
    const entries = checks.entries(where, master, MASTER_KEYS)
    if (entries === undefined) continue
    checkMasterName(checks, `${where}.name`, entries.get('name'), names)
    for (const [key, one] of entries) {
      if (key === 'node') checkNode(checks, `${where}.node`, one)
      else checkShared(checks, key, `${where}.${key}`, one)
    }
  }
}

function checkMasterName(checks: OptionChecks, where: string, name: unknown, names: Set<unknown>): void {
  if (typeof name !== 'string' || !NAME.test(name)) {
    checks.add(`${where} is a name of letters, digits, dots, dashes and underscores, not ${shown(name)}`)
  } else if (name === 'sentinel') {
    checks.add(`${where} cannot be sentinel: the processes sentinel-0, sentinel-1 and so on are the sentinels`)
  }
  if (names.has(name)) checks.add(`${where} is ${shown(name)}, as another master's: each master needs a name of its own`)
  names.add(name)
}

function checkReplicas(checks: OptionChecks, where: string, value: unknown): void {
  if (!Array.isArray(value)) {
    if (typeof value === 'number') checks.whole(where, value, 0, MAX_PROCESSES)
    else checks.add(`${where} is a number of replicas or a list of their options, not ${shown(value)}`)
    return
  }
  for (const [at, node] of (value as readonly unknown[]).entries()) checkNode(checks, `${where}[${at}]`, node)
}

function checkNode(checks: OptionChecks, where: string, value: unknown): void {
  for (const [key, one] of checks.entries(where, value, NODE_KEYS) ?? []) {
    if (key === 'priority') checks.whole(`${where}.priority`, one, 0)
    else if (key === 'persistence') checks.oneOf(`${where}.persistence`, one, PERSISTENCE)
    else if (key === 'server') checkServer(checks, `${where}.server`, one)
    else if (key === 'modules') checkModules(checks, `${where}.modules`, one)
    else if (key === 'config') checks.lines(`${where}.config`, one)
  }
}

function checkRequires(checks: OptionChecks, value: unknown): void {
  for (const one of typeof value === 'string' ? [value] : checks.list('requires', value) ?? []) {
    if (typeof one === 'string' && isRequirement(one)) continue
    checks.add(`requires is redis or valkey with versions, for example "redis>=6.2" or "redis>=6.2 <8", not ${shown(one)}`)
  }
}

function checkServer(checks: OptionChecks, where: string, value: unknown): void {
  if (typeof value !== 'object' || value === null) {
    checks.line(where, value)
    return
  }
  const isSource = 'source' in value
  const entries = checks.entries(where, value, isSource ? SOURCE_KEYS : ['path', 'env'])
  checks.line(`${where}.${isSource ? 'source' : 'path'}`, entries?.get(isSource ? 'source' : 'path'))
  if (entries?.has('make') === true) checks.lines(`${where}.make`, entries.get('make'))
  const env = entries?.get('env') ?? {}
  if (typeof env !== 'object' || Object.values(env).some((one) => typeof one !== 'string')) {
    checks.add(`${where}.env has names and values of variables, each a text, not ${shown(env)}`)
  }
}

function checkModules(checks: OptionChecks, where: string, value: unknown): void {
  for (const [at, module] of (checks.list(where, value) ?? []).entries()) {
    const words: readonly unknown[] = Array.isArray(module) ? module : [module]
    if (words.length === 0 || !words.every((word) => typeof word === 'string' && !/[\n\r\0]/.test(word))) {
      checks.add(`${where}[${at}] is the path of a module, or a list of it and its arguments, not ${shown(module)}`)
    } else if (!existsSync(String(words[0]))) {
      checks.add(`${where}[${at}]: there is no file ${resolve(String(words[0]))}`)
    }
  }
}

function checkClients(checks: OptionChecks, value: unknown): void {
  const list = checks.list('clients', value) ?? []
  if (list.length > MAX_CLIENTS) checks.add(`clients are at most ${MAX_CLIENTS} names, not ${list.length}`)
  for (const [at, name] of list.entries()) {
    if (typeof name !== 'string' || !NAME.test(name)) checks.add(`clients[${at}] is a name of letters, digits, dots, dashes and underscores, not ${shown(name)}`)
    else if (name === CLIENT) checks.add(`clients[${at}] cannot be ${CLIENT}, the name for all clients`)
    else if (list.indexOf(name) < at) checks.add(`clients[${at}] is ${shown(name)}, as another one`)
  }
}

function checkSentinels(checks: OptionChecks, value: unknown): void {
  if (typeof value === 'number') {
    checks.whole('sentinels', value, 0, MAX_PROCESSES)
    return
  }
  for (const [at, entry] of (checks.list('sentinels', value) ?? []).entries()) {
    const where = `sentinels[${at}]`
    if (typeof entry !== 'object' || entry === null || !('program' in entry)) {
      checkProgram(checks, where, entry)
      continue
    }
    for (const [key, one] of checks.entries(where, entry, SENTINEL_KEYS) ?? []) {
      if (key === 'program') checkProgram(checks, `${where}.program`, one)
      else if (key === 'config') checks.lines(`${where}.config`, one)
    }
  }
}

function checkProgram(checks: OptionChecks, where: string, value: unknown): void {
  if (typeof value === 'string' ? KINDS.includes(value) : isProgram(value)) return
  checks.add(`${where} is ours, genuine, or a program with a name and a function command, not ${shown(value)}`)
}

function isProgram(value: unknown): boolean {
  return typeof value === 'object' && value !== null && 'name' in value && typeof value.name === 'string'
    && 'command' in value && typeof value.command === 'function'
}

function checkPrograms(checks: OptionChecks, value: unknown): void {
  for (const [key, one] of checks.entries('programs', value, PROGRAM_KEYS) ?? []) {
    if (key === 'nodeOptions') checks.lines('programs.nodeOptions', one)
    else if (PROGRAM_KEYS.includes(key)) checks.line(`programs.${key}`, one)
  }
}

/** Checks that need several options; they run when each option by itself is valid. */
function checkTogether(checks: OptionChecks, options: DeploymentOptions): void {
  const sentinels = planSentinels(options).length
  const masters = planMasters(options)
  const nodes = masters.reduce((sum, plan) => sum + plan.nodes.length, 0)
  if (nodes + sentinels > MAX_PROCESSES) {
    checks.add(`a deployment has at most ${MAX_PROCESSES} processes, not ${nodes + sentinels}`)
  }
  // A test that does not wait for the sentinels may be about a quorum that cannot be reached.
  const waits = options.formed !== false && options.started !== false
  for (const { name, quorum, password, user } of masters) {
    if (waits && sentinels > 0 && quorum > sentinels) {
      checks.add(`quorum ${quorum} of ${name} cannot be reached with ${count(sentinels, 'sentinel')}; `
        + 'to try it all the same, give formed: false')
    }
    if (user !== undefined && password === undefined) checks.add(`user ${user} needs a password for ${name}`)
  }
  if (options.sentinelUser !== undefined && options.sentinelPassword === undefined) {
    checks.add(`sentinelUser ${options.sentinelUser} needs a sentinelPassword`)
  }
  if (options.proxy !== undefined && options.proxy !== false && sentinels === 0) {
    checks.add('proxy needs a sentinel, which names the master')
  }
  if (options.clients !== undefined && options.network !== 'relayed') {
    checks.add("clients need network: 'relayed', whose relays recognise them")
  }
  const names = masters.flatMap((plan) => plan.nodes.map((_, at) => nodeName(options, plan, at)))
  for (const [at, client] of (options.clients ?? []).entries()) {
    if (names.includes(client) || /^sentinel-\d+$/.test(client)) checks.add(`clients[${at}] is ${shown(client)}, as a process`)
  }
  if (options.hostName !== undefined && options.network === 'relayed') {
    checks.add("hostName is not possible together with network: 'relayed', whose relays are known by addresses")
  }
}
