import { formatAddress, type Address } from './address.ts'
import type { Deployment } from './deployment.ts'
import type { RedisProcess } from './redis-process.ts'

/** The result of a fault: the affected node, and the position in the timeline. */
export interface Fault {
  /** The node that was killed, paused or changed. */
  readonly node: RedisProcess
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  /** Pass it as `after` to see only entries after the fault. */
  readonly position: number
}

/**
 * Sends SIGKILL to the node that all sentinels name as master. `fault.node.start()` starts it again, as a master that
 * has not seen the failover.
 *
 * @param masterName default: the first master of the deployment; so in all faults
 * @throws Error when the sentinels do not agree on a master
 */
export async function killMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'fault: kill the master')
  await node.kill()
  return fault
}

/** Sends SIGSTOP to the master: its connections stay open, and it does not reply. `node.resume()` ends the fault. */
export async function pauseMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'fault: pause the master')
  node.pause()
  return fault
}

/** Sends `SENTINEL FAILOVER` to one sentinel. @throws Error when the sentinel refuses */
export async function orderFailover(deployment: Deployment, sentinelAt = 0, masterName?: string): Promise<Fault> {
  const { name } = deployment.groupNamed(masterName)
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, `fault: SENTINEL FAILOVER on sentinel-${sentinelAt}`)
  await deployment.sentinel(sentinelAt).call(['SENTINEL', 'FAILOVER', name])
  return fault
}

/**
 * Cuts the master off from all other nodes; clients still reach it, so it accepts writes. `deployment.network.heal()`
 * ends the fault.
 *
 * @throws Error unless the deployment is `relayed`
 */
export async function isolateMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const { network } = deployment
  if (network === undefined) throw new Error("partitions need a deployment with network: 'relayed'")
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'fault: isolate the master')
  network.isolate(node.name, ['client'])
  return fault
}

/**
 * Turns the master into a replica of one of its replicas, as an operator could by mistake: the two nodes follow each
 * other, and no node accepts writes until the sentinels intervene.
 *
 * @throws Error when the master has no running replica
 */
export async function demoteMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const replica = deployment.groupNamed(masterName).nodes.find((one) => one !== node && one.running)
  if (replica === undefined) throw new Error(`${node.name} has no running replica that it could follow`)
  const fault = begin(deployment, node, `fault: demote, follow ${replica.name}`)
  await node.call(['REPLICAOF', replica.address.host, String(replica.address.port)])
  return fault
}

/** Makes a node follow a wrong address, as an operator could by mistake. */
export async function pointReplicaTo(deployment: Deployment, node: RedisProcess, wrong: Address): Promise<Fault> {
  const fault = begin(deployment, node, `fault: point to ${formatAddress(wrong)}`)
  await node.call(['REPLICAOF', wrong.host, String(wrong.port)])
  return fault
}

function begin(deployment: Deployment, node: RedisProcess, what: string): Fault {
  const { position } = deployment.timeline
  const { at } = deployment.timeline.mark(node.name, what)
  return { node, at, position }
}
