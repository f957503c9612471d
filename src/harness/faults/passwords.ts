import { readFileSync, writeFileSync } from 'node:fs'

import { quoted } from '../config-files.ts'
import type { Deployment, MasterGroup } from '../deployment.ts'
import type { NodeProcess } from '../node-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** How a password changes. */
export interface RotationOptions {
  /** The master whose password changes. Default: the first. */
  readonly masterName?: string
  /**
   * `drop`: all connections to the nodes are closed, so that every client must log in again. `keep`: they stay logged
   * in, as Redis leaves them. Default `drop`.
   */
  readonly clients?: 'drop' | 'keep'
}

/**
 * Changes the password of the data nodes, in their memory and their files, and that of the sentinels for them. Clients
 * get no second password: those that know only the old one are locked out. The end restores the old password.
 */
export async function rotatePassword(
  deployment: Deployment, password: string, options: RotationOptions = {},
): Promise<MarkedFault> {
  const group = deployment.groupNamed(options.masterName)
  const { clients = 'drop' } = options
  const old = group.nodes[0]?.login.password ?? ''
  const fault = markFault(deployment, 'deployment', `new password for ${group.name}`, () => change(deployment, group, old, clients))
  await change(deployment, group, password, clients)
  return fault
}

/** First what the processes send, then what they require, so that none of them is locked out in between. */
async function change(deployment: Deployment, group: MasterGroup, password: string, clients: 'drop' | 'keep'): Promise<void> {
  const { name, nodes, plan: { user } } = group
  const running = nodes.filter((node) => node.running)
  for (const node of running) await node.call(['CONFIG', 'SET', 'masterauth', password])
  for (const node of running) {
    if (user === undefined) await node.call(['CONFIG', 'SET', 'requirepass', password])
    else await node.call(['ACL', 'SETUSER', user, 'resetpass', password === '' ? 'nopass' : `>${password}`])
    await node.call(['CONFIG', 'REWRITE'])
  }
  for (const node of nodes.filter((one) => !one.running)) {
    rewriteFile(node, [['masterauth'], ['requirepass']], password)
    if (user !== undefined) rewriteUser(node, user, password)
  }
  for (const node of nodes) node.useLogin({ user, password: password === '' ? undefined : password })
  for (const sentinel of deployment.sentinels) {
    if (sentinel.running) await sentinel.call(['SENTINEL', 'SET', name, 'auth-pass', password])
    else rewriteFile(sentinel, [['sentinel', 'auth-pass', name]], password)
  }
  if (clients === 'keep') return
  for (const node of running) {
    for (const type of ['normal', 'pubsub', 'replica', 'master']) await node.call(['CLIENT', 'KILL', 'TYPE', type])
  }
}

/** Changes the value of directives that are in the file of a process that does not run. */
function rewriteFile(process: NodeProcess, directives: readonly (readonly string[])[], value: string): void {
  const lines = readFileSync(process.configFile, 'utf8').split('\n').map((line) => {
    const found = directives.find((words) => line.toLowerCase().startsWith(`${words.join(' ').toLowerCase()} `))
    return found === undefined ? line : `${found.join(' ')} ${quoted(value)}`
  })
  writeFileSync(process.configFile, lines.join('\n'))
}

function rewriteUser(process: NodeProcess, user: string, password: string): void {
  const lines = readFileSync(process.configFile, 'utf8').split('\n').map((line) => {
    if (!line.startsWith(`user ${user} `)) return line
    const others = line.split(' ').filter((word) => !/^"?[>#]/.test(word) && word !== 'nopass')
    return [...others.slice(0, 2), quoted(password === '' ? 'nopass' : `>${password}`), ...others.slice(2)].join(' ')
  })
  writeFileSync(process.configFile, lines.join('\n'))
}
