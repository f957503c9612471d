import type { Deployment } from '../deployment.ts'
import type { Network } from '../network.ts'

/** The network of a relayed deployment. @throws Error unless the deployment is `relayed` */
export function relaysOf({ network }: Deployment): Network {
  if (network === undefined) throw new Error("partitions need a deployment with network: 'relayed'")
  return network
}
