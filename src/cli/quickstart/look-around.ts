import type { Deployment, RedisProcess } from '../../harness/index.ts'
import type { Terminal } from './terminal.ts'

/** Prints commands for exploring a deployment that keeps running, and the command that ends it. */
export function lookAround(deployment: Deployment, master: RedisProcess, terminal: Terminal): void {
  const sentinel = deployment.sentinel(0)
  const { name } = deployment.group
  const replica = deployment.nodes.find((node) => node !== master)
  const whereIsTheMaster = `redis-cli -p ${sentinel.address.port} SENTINEL GET-MASTER-ADDR-BY-NAME ${name}`
  const pids = [...deployment.sentinels, ...deployment.nodes].map((one) => one.process.pid).join(' ')
  const show = (words: string, command: string): void => {
    terminal.line(`  ${words}`)
    terminal.line(`    ${terminal.accent(command)}`)
  }
  terminal.line()
  terminal.line(terminal.bold('Everything is still running. Commands to explore it:'))
  show('address of the master', whereIsTheMaster)
  show('state of the master', `redis-cli -p ${sentinel.address.port} SENTINEL MASTER ${name}`)
  show('watch all events', `redis-cli -p ${sentinel.address.port} PSUBSCRIBE '*'`)
  show('order a failover', `redis-cli -p ${sentinel.address.port} SENTINEL FAILOVER ${name}`)
  if (replica !== undefined) show('role of a node', `redis-cli -p ${replica.address.port} INFO replication`)
  // The command asks the sentinel when it runs, because another node may be the master by then.
  show('kill the current master', [
    `kill -9 $(redis-cli -p $(${whereIsTheMaster} | tail -n 1) INFO server`,
    '| sed -n "s/^process_id:\\([0-9]*\\).*/\\1/p")',
  ].join(' '))
  show('configuration file that a sentinel saved', `cat ${sentinel.configFile}`)
  terminal.line()
  terminal.line(terminal.bold('Stop everything and remove all files:'))
  terminal.line(`  ${terminal.accent(`kill -9 ${pids}; rm -rf ${deployment.folder}`)}`)
}
