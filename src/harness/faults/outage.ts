import { setTimeout as delay } from 'node:timers/promises'

import type { Deployment } from '../deployment.ts'
import type { NodeProcess } from '../node-process.ts'
import { markFault, type MarkedFault } from './deployment-fault.ts'

/** What an outage ends. */
export interface OutageOptions {
  /** The sentinels as well. Default false. */
  readonly sentinels?: boolean
  /** Only the nodes of this master. Default: of all masters. */
  readonly masterName?: string
}

/** The source of marks for faults that hit many processes. */
const SOURCE = 'deployment'

/**
 * Kills all data nodes at once. The end of the fault starts those again that do not run, all at the same time; without
 * `persistence` they are empty then.
 */
export async function killAll(deployment: Deployment, options: OutageOptions = {}): Promise<MarkedFault> {
  return endAll(deployment, options, 'kill')
}

/** As `killAll`, by SIGTERM: what the nodes have in memory goes to disk first where they have `persistence`. */
export async function stopAll(deployment: Deployment, options: OutageOptions = {}): Promise<MarkedFault> {
  return endAll(deployment, options, 'stop')
}

/** An outage that ends by itself. */
export interface TimedFault extends MarkedFault {
  /** Resolves when the processes run again. @throws Error when one does not start */
  readonly over: Promise<void>
}

/**
 * Kills all data nodes and starts them again after `downMs` milliseconds, as when a machine room loses power. Resolves
 * when they are down; `fault.over` resolves when they run again.
 */
export async function outage(deployment: Deployment, downMs: number, options: OutageOptions = {}): Promise<TimedFault> {
  const fault = await killAll(deployment, options)
  const early = new AbortController()
  const over = delay(downMs, undefined, { signal: early.signal }).catch(() => undefined).then(() => fault.end())
  // `over` and `end()` report it.
  over.catch(() => undefined)
  const end = (): Promise<void> => {
    early.abort()
    return over
  }
  return { ...fault, over, end, [Symbol.asyncDispose]: end }
}

async function endAll(deployment: Deployment, options: OutageOptions, how: 'kill' | 'stop'): Promise<MarkedFault> {
  const { masterName, sentinels = false } = options
  const nodes = masterName === undefined ? deployment.nodes : deployment.groupNamed(masterName).nodes
  const hit: readonly NodeProcess[] = [...nodes, ...sentinels ? deployment.sentinels : []].filter((one) => one.running)
  const what = `${how} all ${sentinels ? 'nodes and sentinels' : 'nodes'}${masterName === undefined ? '' : ` of ${masterName}`}`
  const fault = markFault(deployment, SOURCE, what, async () => {
    await Promise.all(hit.filter((one) => !one.running).map((one) => one.start()))
  })
  await Promise.all(hit.map((one) => one[how]()))
  return fault
}
