import { formatAddress, sameAddress, type Address } from './address.ts'
import type { Deployment } from './deployment.ts'
import { eventually } from './eventually.ts'
import { markFault, type MarkedFault } from './faults/deployment-fault.ts'
import { relaysOf } from './faults/relays-of.ts'
import type { RedisProcess } from './redis-process.ts'

/** What a fault hit and when: enough to find what it caused in the timeline. */
export interface FaultPoint {
  /** The node that was killed, paused or changed. */
  readonly node: RedisProcess
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  /** Pass it as `after` to see only entries after the fault. */
  readonly position: number
}

/** A fault of one node. `await using` ends it with the block. */
export interface Fault extends FaultPoint, MarkedFault {}

/**
 * Sends SIGKILL to the node that all sentinels name as master. The end of the fault or `fault.node.start()` starts it
 * again, as a master that has not seen the failover.
 *
 * @param masterName default: the first master of the deployment; so in all faults
 * @throws Error when the sentinels do not agree on a master
 */
export async function killMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'kill the master', async () => {
    if (!node.running) await node.start()
  })
  await node.kill()
  return fault
}

/**
 * Sends SIGSTOP to the master: its connections stay open, and it does not reply. The end of the fault or
 * `node.resume()` lets it continue.
 */
export async function pauseMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'pause the master', () => paused.end())
  const paused = node.pause()
  return fault
}

/** Sends `SENTINEL FAILOVER` to one sentinel. Its end does nothing. @throws Error when the sentinel refuses */
export async function orderFailover(deployment: Deployment, sentinelAt = 0, masterName?: string): Promise<Fault> {
  const { name } = deployment.groupNamed(masterName)
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, `SENTINEL FAILOVER on sentinel-${sentinelAt}`, () => undefined)
  await deployment.sentinel(sentinelAt).call(['SENTINEL', 'FAILOVER', name])
  return fault
}

/**
 * Cuts the master off from all other nodes; clients still reach it, so it accepts writes. The end of the fault or
 * `deployment.network.heal()` connects it again.
 *
 * @throws Error unless the deployment is `relayed`
 */
export async function isolateMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const network = relaysOf(deployment)
  const node = await deployment.currentMaster(masterName)
  const fault = begin(deployment, node, 'isolate the master', () => cut.end())
  const cut = network.isolate(node.name, ['client'])
  return fault
}

/**
 * Turns the master into a replica of one of its replicas, as an operator could by mistake: the two nodes follow each
 * other, and no node accepts writes until the sentinels intervene. The end makes it a master again if it is still the
 * one that the sentinels name.
 *
 * @throws Error when the master has no running replica
 */
export async function demoteMaster(deployment: Deployment, masterName?: string): Promise<Fault> {
  const node = await deployment.currentMaster(masterName)
  const replica = deployment.groupNamed(masterName).nodes.find((one) => one !== node && one.running)
  if (replica === undefined) throw new Error(`${node.name} has no running replica that it could follow`)
  const fault = begin(deployment, node, `demote, follow ${replica.name}`, async () => {
    if (node.running && await agreedMaster(deployment, masterName) === node) await node.call(['REPLICAOF', 'NO', 'ONE'])
  })
  await node.call(['REPLICAOF', replica.address.host, String(replica.address.port)])
  return fault
}

/** Makes a node follow a wrong address, as an operator could by mistake. The end makes it follow the master again. */
export async function pointReplicaTo(deployment: Deployment, node: RedisProcess, wrong: Address): Promise<Fault> {
  const fault = begin(deployment, node, `point to ${formatAddress(wrong)}`, async () => {
    if (!node.running) return
    const { master: followed } = await node.replication()
    if (followed === undefined || !sameAddress(followed, wrong)) return
    const group = deployment.groups.find(({ nodes }) => nodes.includes(node))
    const { address } = await agreedMaster(deployment, group?.name)
    await node.call(['REPLICAOF', address.host, String(address.port)])
  })
  await node.call(['REPLICAOF', wrong.host, String(wrong.port)])
  return fault
}

/** The present master, also shortly after a failover. */
function agreedMaster(deployment: Deployment, masterName: string | undefined): Promise<RedisProcess> {
  return eventually('the sentinels to agree on the master', () => deployment.currentMaster(masterName))
}

function begin(deployment: Deployment, node: RedisProcess, what: string, undo: () => void | Promise<void>): Fault {
  return { ...markFault(deployment, node.name, what, undo), node }
}
