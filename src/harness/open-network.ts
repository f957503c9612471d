import { checkLoopback, clientAddresses, clientLoopbackAddress } from './loopback.ts'
import { Network } from './network.ts'
import { planMasters, planSentinels, type DeploymentOptions } from './options.ts'
import type { Timeline } from './timeline.ts'

/**
 * The network of a relayed deployment; undefined where the nodes connect directly.
 *
 * @throws Error when this system does not have the loopback addresses of the nodes or of the named clients
 */
export async function openNetwork(options: DeploymentOptions, timeline: Timeline): Promise<Network | undefined> {
  if (options.network !== 'relayed') return undefined
  const clients = clientAddresses(options.clients)
  const nodes = planMasters(options).reduce((sum, plan) => sum + plan.nodes.length, 0)
  await checkLoopback(nodes + planSentinels(options).length)
  await checkLoopback(clients.size, clientLoopbackAddress)
  return new Network(timeline, undefined, clients)
}
