import type { Deployment } from '../deployment.ts'
import type { Network } from '../network.ts'

/**
 * The network of a deployment, for its faults. `deployment.network` is undefined without relays, so that a fault would
 * silently not happen.
 *
 * @throws Error unless the deployment has `network: 'relayed'`
 */
export function relaysOf({ network }: Deployment): Network {
  if (network === undefined) throw new Error("faults of the network need a deployment with network: 'relayed'")
  return network
}
