import { join, relative } from 'node:path'

import { formatAddress, ourSentinel, type Deployment, type RedisProcess } from '../../harness/index.ts'
import type { Terminal } from './terminal.ts'

/** The proxy writes its process id into this file of its folder. */
export const PROXY_PID_FILE = 'proxy.pid'

/** Seconds for which the printed command freezes the master: several times down-after-milliseconds. */
const FREEZE_SECONDS = 10

export interface LookAround {
  readonly deployment: Deployment
  /** The present master. */
  readonly master: RedisProcess
  /** Addresses of the dashboards, one for each ts-sentinel; empty with genuine sentinels. */
  readonly dashboards: readonly string[]
}

/** Prints how to look at a deployment that keeps running, how to break it, and the command that ends it. */
export function lookAround({ deployment, master, dashboards }: LookAround, terminal: Terminal): void {
  const show = (words: string, ...commands: readonly string[]): void => {
    terminal.line(`  ${words}`)
    for (const command of commands) terminal.line(`    ${terminal.accent(command)}`)
  }
  const part = (title: string): void => {
    terminal.line()
    terminal.line(terminal.bold(title))
  }
  part('Everything is still running. Look at it:')
  if (dashboards.length > 0) show('dashboard, one of each sentinel', ...dashboards)
  showTools(deployment, show)
  showProxy(deployment, show)
  showRedisCli(deployment, master, show)
  part('Break it, and watch the dashboard or "status --watch" meanwhile:')
  showFaults(deployment, show)
  part('Stop everything and remove all files:')
  terminal.line(`  ${terminal.accent(stopCommand(deployment))}`)
}

type Show = (words: string, ...commands: readonly string[]) => void

/** Our own tools, which ask genuine sentinels too. */
function showTools(deployment: Deployment, show: Show): void {
  const at = formatAddress(deployment.sentinel(0).address)
  const { name } = deployment.group
  show('state of all masters, replicas and sentinels', `${programCommand()} status ${at}`, `${programCommand()} status ${at} --watch`)
  show('what would happen if the master died now, and why', `${programCommand()} explain ${at} ${name}`)
  if (deployment.sentinel(0).kind === 'ours') show('the failover that you have just seen', `${programCommand()} history ${at}`)
}

/** With the port of the proxy, redis-cli is a client without Sentinel support. */
function showProxy({ proxy }: Deployment, show: Show): void {
  if (proxy === undefined) return
  show('the master, whichever it is, through the proxy', `redis-cli -p ${proxy.address.port} ROLE`)
  show('state of the proxy', `${programCommand()} status http://${formatAddress(proxy.httpAddress)}`)
}

function showRedisCli(deployment: Deployment, master: RedisProcess, show: Show): void {
  const sentinel = deployment.sentinel(0)
  const { name } = deployment.group
  const replica = deployment.nodes.find((node) => node !== master)
  show('address of the master', whereIsTheMaster(deployment))
  show('state of the master', `redis-cli -p ${sentinel.address.port} SENTINEL MASTER ${name}`)
  show('watch all events', `redis-cli -p ${sentinel.address.port} PSUBSCRIBE '*'`)
  if (replica !== undefined) show('role of a node', `redis-cli -p ${replica.address.port} INFO replication`)
  show('configuration file that a sentinel saved', `cat ${sentinel.configFile}`)
}

/** Commands that ask a sentinel when they run find the present master, which may be another one by then. */
function showFaults(deployment: Deployment, show: Show): void {
  const { name } = deployment.group
  const last = deployment.sentinels.at(-1) ?? deployment.sentinel(0)
  const pidOfMaster = `$(redis-cli -p $(${whereIsTheMaster(deployment)} | tail -n 1) INFO server | sed -n "s/^process_id:\\([0-9]*\\).*/\\1/p")`
  show('kill the current master', `kill -9 ${pidOfMaster}`)
  show('start killed servers again (those that run refuse it)', startServers(deployment))
  show(`freeze the current master for ${FREEZE_SECONDS} s`, `pid=${pidOfMaster}; kill -STOP $pid; sleep ${FREEZE_SECONDS}; kill -CONT $pid`)
  show('order a failover', `redis-cli -p ${deployment.sentinel(0).address.port} SENTINEL FAILOVER ${name}`)
  show('kill a sentinel; with two of three killed, no failover is possible', `kill -9 ${last.process.pid ?? ''}`)
  show('start it again', startCommand(last))
}

function whereIsTheMaster(deployment: Deployment): string {
  return `redis-cli -p ${deployment.sentinel(0).address.port} SENTINEL GET-MASTER-ADDR-BY-NAME ${deployment.group.name}`
}

/** `node dist/ts-sentinel.js`, as it can be typed in this directory. */
function programCommand(): string {
  const [script = ''] = ourSentinel().command('').args
  const short = relative(process.cwd(), script)
  return `node ${short.startsWith('..') ? script : short}`
}

function startCommand({ kind, configFile }: Deployment['sentinels'][number]): string {
  const program = kind === 'ours' ? programCommand() : 'redis-sentinel'
  return `(${program} ${configFile} > /dev/null 2>&1 &)`
}

function startServers({ nodes }: Deployment): string {
  return `for file in ${nodes.map(({ configFile }) => configFile).join(' ')}; do (redis-server $file > /dev/null 2>&1 &); done`
}

/** Ends the processes by their ports: those that were killed and started again have other process ids. */
function stopCommand({ sentinels, nodes, proxy, folder }: Deployment): string {
  const ports = [...sentinels, ...nodes].map(({ address }) => address.port).join(' ')
  const endProxy = proxy === undefined ? '' : `kill $(cat ${join(proxy.folder, PROXY_PID_FILE)}); `
  return `${endProxy}for port in ${ports}; do redis-cli -p $port SHUTDOWN NOSAVE 2> /dev/null; done; rm -rf ${folder}`
}
