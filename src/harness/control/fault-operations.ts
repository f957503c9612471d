import { demoteMaster, isolateMaster, killMaster, orderFailover, pauseMaster, pointReplicaTo } from '../faults.ts'
import { expireCertificate } from '../faults/certificates.ts'
import { fullResync, seed } from '../faults/dataset.ts'
import { killAll, outage, stopAll, type OutageOptions } from '../faults/outage.ts'
import { rotatePassword } from '../faults/passwords.ts'
import { vanish } from '../faults/vanish.ts'
import { CLIENT, type Network } from '../network.ts'
import { RedisProcess } from '../redis-process.ts'
import { SentinelProcess } from '../sentinel-process.ts'
import { ControlError } from './control-error.ts'
import { operation, processNamed, type ControlledDeployment, type Operation } from './operation.ts'
import { address, flag, number, optional, text, textLists, texts } from './parameters.ts'

const MASTER = optional(text('the name of the master; default: the first of the deployment'))
const ALL = optional(text('only the nodes of this master; default: of all'))
const SENTINELS = optional(flag('the sentinels as well; default: false'))
const PROCESS = text('the name of a node or sentinel, such as redis-0 or sentinel-1')
const SENTINEL = optional(number('the number of the sentinel, from 0; default: 0'))
const END = text(`the name of a process, or ${CLIENT} for all that connect from outside`)
const KEEP = optional(texts(`those that still reach it, such as ${CLIENT}; default: none`))
const DELAY = number('milliseconds; 0 ends the delay')

/**
 * Everything that can go wrong, by name. A fault is one entry: a line about it, its parameters, and the call. What
 * `run` returns is the answer as JSON; of an `ActiveFault` that is its id, by which `end-fault` ends it, and what it
 * hit and when.
 */
export const FAULTS = {
  'kill-master': operation('SIGKILL to the master', { master: MASTER },
    ({ deployment }, { master }) => killMaster(deployment, master)),
  'pause-master': operation('SIGSTOP to the master: its connections stay open, and it does not reply', { master: MASTER },
    ({ deployment }, { master }) => pauseMaster(deployment, master)),
  'isolate-master': operation('cuts the master off from all other processes, but not from clients', { master: MASTER },
    ({ deployment }, { master }) => isolateMaster(deployment, master)),
  'demote-master': operation('makes the master a replica of one of its replicas', { master: MASTER },
    ({ deployment }, { master }) => demoteMaster(deployment, master)),
  'order-failover': operation('SENTINEL FAILOVER on one sentinel', { master: MASTER, sentinel: SENTINEL },
    ({ deployment }, { master, sentinel }) => orderFailover(deployment, sentinel, master)),
  'point-replica': operation('makes a node follow a wrong address', { process: PROCESS, to: address('the wrong address') },
    (target, { process, to }) => pointReplicaTo(target.deployment, dataNode(target, process), to)),
  'kill-all': operation('kills all data nodes at once; its end starts them again', { master: ALL, sentinels: SENTINELS },
    ({ deployment }, { master, sentinels }) => killAll(deployment, outageOptions(master, sentinels))),
  'stop-all': operation('ends all data nodes by SIGTERM; its end starts them again', { master: ALL, sentinels: SENTINELS },
    ({ deployment }, { master, sentinels }) => stopAll(deployment, outageOptions(master, sentinels))),
  'outage': operation('kills all data nodes and starts them again after a time', {
    downMs: number('milliseconds'), master: ALL, sentinels: SENTINELS,
  }, ({ deployment }, { downMs, master, sentinels }) => outage(deployment, downMs, outageOptions(master, sentinels))),
  'vanish': operation('kills a process as if its host lost power: no connection is closed; needs relays', { process: PROCESS },
    (target, { process }) => vanish(target.deployment, processNamed(target, process))),
  'full-resync': operation('makes a replica synchronise with its master from the start', { process: PROCESS },
    (target, { process }) => fullResync(target.deployment, dataNode(target, process))),
  'seed': operation('fills the master with values; its end removes them', {
    keys: number('how many keys', 1), bytes: number('size of all values together', 1, Number.MAX_SAFE_INTEGER), master: MASTER,
  }, ({ deployment }, { keys, bytes, master }) => seed(deployment, { keys, bytes, ...masterName(master) })),
  'rotate-password': operation('gives the data nodes another password and drops their clients', {
    password: text('the new password'), master: MASTER,
  }, ({ deployment }, { password, master }) => rotatePassword(deployment, password, masterName(master))),
  'expire-certificate': operation('gives a process a certificate that has expired, or expires soon; needs tls', {
    process: PROCESS, seconds: optional(number('until it expires; default: 0')),
  }, (target, { process, seconds = 0 }) => (
    expireCertificate(target.deployment, serverNamed(target, process), { seconds })
  )),

  'kill': operation('SIGKILL to a process', { process: PROCESS },
    async (target, { process }) => { await processNamed(target, process).kill() }),
  'stop': operation('ends a process by SIGTERM', { process: PROCESS },
    async (target, { process }) => { await processNamed(target, process).stop() }),
  'start': operation('starts a process that was killed or stopped', { process: PROCESS },
    async (target, { process }) => { await processNamed(target, process).start() }),
  'restart': operation('kills a process and starts it again', { process: PROCESS },
    async (target, { process }) => { await processNamed(target, process).restart() }),
  'pause': operation('SIGSTOP to a process: its connections stay open, and it does not reply', { process: PROCESS },
    (target, { process }) => { processNamed(target, process).pause() }),
  'resume': operation('SIGCONT: ends a pause', { process: PROCESS },
    (target, { process }) => { processNamed(target, process).resume() }),

  'cut': operation('resets the connections between two processes, and new ones', { left: END, right: END },
    (target, { left, right }) => network(target).cut(left, right)),
  'silence': operation('drops all bytes from one process to another, without ending a connection', { from: END, to: END },
    (target, { from, to }) => network(target).silence(from, to)),
  'delay': operation('adds a delay to each direction between two processes', { left: END, right: END, delayMs: DELAY },
    (target, { left, right, delayMs }) => network(target).delay(left, right, delayMs)),
  'jitter': operation('adds a random delay', { left: END, right: END, jitterMs: number('the longest delay, in milliseconds') },
    (target, { left, right, jitterMs }) => network(target).jitter(left, right, jitterMs)),
  'drop': operation('loses packets, which applications notice as pauses', {
    left: END, right: END, ratio: number('the share that is lost, between 0 and 1', 0, 1),
  }, (target, { left, right, ratio }) => network(target).drop(left, right, ratio)),
  'bandwidth': operation('limits the rate of each direction', { left: END, right: END, bytesPerSecond: number('bytes per second', 1) },
    (target, { left, right, bytesPerSecond }) => network(target).bandwidth(left, right, bytesPerSecond)),
  'isolate': operation('cuts a process off from all others', { process: END, keep: KEEP },
    (target, { process, keep }) => network(target).isolate(process, keep)),
  'freeze': operation('accepts and acknowledges everything for a process, and answers nothing', { process: END, keep: KEEP },
    (target, { process, keep }) => network(target).freeze(process, keep)),
  'blackhole': operation('answers no attempt to connect to a process, and silences open connections', { process: END },
    (target, { process }) => network(target).blackhole(process)),
  'split': operation('cuts every connection between processes of different groups', { groups: textLists('names of processes') },
    (target, { groups }) => network(target).split(...groups)),
  'heal': operation('ends all faults of the network', {}, (target) => { network(target).heal() }),
} as const satisfies Readonly<Record<string, Operation>>

function network({ deployment }: ControlledDeployment): Network {
  if (deployment.network !== undefined) return deployment.network
  throw new ControlError(409, {
    what: 'the deployment has no relays, which faults of the network need',
    where: 'network',
    whatToDo: 'start it with network: "relayed" (harness run --network relayed)',
  })
}

function masterName(name: string | undefined): { readonly masterName?: string } {
  return name === undefined ? {} : { masterName: name }
}

function outageOptions(master: string | undefined, sentinels = false): OutageOptions {
  return { sentinels, ...masterName(master) }
}

function serverNamed(target: ControlledDeployment, name: string): RedisProcess | SentinelProcess {
  const found = processNamed(target, name)
  return found instanceof SentinelProcess ? found : dataNode(target, name)
}

function dataNode(target: ControlledDeployment, name: string): RedisProcess {
  const found = processNamed(target, name)
  if (found instanceof RedisProcess) return found
  throw new ControlError(400, { what: `${name} is a sentinel`, where: 'process', whatToDo: 'give the name of a data node' })
}
