import type { Deployment, MasterGroup } from '../deployment.ts'
import type { NodeProcess } from '../node-process.ts'
import type { RedisProcess } from '../redis-process.ts'
import type { SentinelProcess } from '../sentinel-process.ts'
import { addressText } from './parameters.ts'

/** Addresses, roles and processes of a deployment as JSON. A process that does not answer has nulls. */
export async function stateOf(deployment: Deployment): Promise<object> {
  const [masters, sentinels] = await Promise.all([
    Promise.all(deployment.groups.map((group) => masterState(deployment, group))),
    Promise.all(deployment.sentinels.map((sentinel) => sentinelState(deployment, sentinel))),
  ])
  return { masters, sentinels, relayed: deployment.network !== undefined, warnings: deployment.warnings }
}

async function masterState(deployment: Deployment, group: MasterGroup): Promise<object> {
  const [master, nodes] = await Promise.all([
    orNull(deployment.currentMaster(group.name)), Promise.all(group.nodes.map(nodeState)),
  ])
  const { quorum, downAfterMs } = group.plan
  const { name, address } = master ?? {}
  return { name: group.name, process: name ?? null, address: addressText(address), quorum, downAfterMs, nodes }
}

async function nodeState(node: RedisProcess): Promise<object> {
  const facts = answers(node) ? await orNull(node.replication()) : null
  return {
    ...processState(node), role: facts?.role ?? null, follows: addressText(facts?.master), linkUp: facts?.role === 'slave' ? facts.linkUp : null,
  }
}

async function sentinelState(deployment: Deployment, sentinel: SentinelProcess): Promise<object> {
  const named = await Promise.all(deployment.groups.map(async ({ name }) => (
    [name, answers(sentinel) ? addressText(await orNull(sentinel.masterAddress(name)) ?? undefined) : null]
  )))
  return { ...processState(sentinel), program: sentinel.kind, masters: Object.fromEntries(named) as object }
}

function processState(node: NodeProcess): object {
  return {
    process: node.name, address: addressText(node.address), running: node.running, paused: node.process.paused,
    pid: node.process.pid ?? null, logFile: node.process.logFile,
  }
}

function answers(node: NodeProcess): boolean {
  return node.running && !node.process.paused
}

/** A process that cannot be asked is a part of the state, not an error. */
async function orNull<T>(asked: Promise<T>): Promise<T | null> {
  try {
    return await asked
  } catch {
    return null
  }
}
