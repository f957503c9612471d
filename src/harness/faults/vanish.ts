import type { Deployment } from '../deployment.ts'
import type { NodeProcess } from '../node-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'
import { relaysOf } from './relays-of.ts'

/** How a host is gone. */
export interface VanishOptions {
  /** New connections get no answer, as with a host that is off, or are refused. Default `hang`. */
  readonly connects?: 'hang' | 'refused'
}

/**
 * Kills a process as if its host had lost power: its connections stay half-open, and no other side learns of it unless
 * it sends something. The end starts the process again; an old connection is reset as soon as something is sent on it.
 *
 * @throws Error unless the deployment is `relayed`
 */
export async function vanish(
  deployment: Deployment, process: NodeProcess, options: VanishOptions = {},
): Promise<MarkedFault> {
  const lost = await relaysOf(deployment).vanish(process.name, options.connects)
  const fault = markFault(deployment, process.name, 'vanish', async () => {
    // First the host, then the process: in between, connections are refused.
    await lost.end()
    if (!process.running) await process.start()
  })
  await process.kill()
  return fault
}
