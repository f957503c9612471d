import { DEFAULT_WAIT_MS, eventually, notYet } from './eventually.ts'
import type { RedisProcess } from './redis-process.ts'
import type { WaitLimit } from './wait-limit.ts'

/** Pause between two looks at a deployment that starts, in milliseconds: most tests wait for this. */
export const START_LOOK_MS = 10

/**
 * Starts the nodes of a group that do not run, and waits until the replicas are in sync. A replica that finds no master
 * tries again only after a second, so the first node starts before the others.
 */
export async function startNodes(
  { name, nodes }: { readonly name: string, readonly nodes: readonly RedisProcess[] }, limit: WaitLimit,
): Promise<void> {
  const [first, ...others] = nodes
  if (first?.running === false) await first.start()
  await Promise.all(others.filter((node) => !node.running).map((node) => node.start()))
  // A sentinel that demotes a node closes its connections, so a question may fail.
  await eventually(`the replicas of ${name} to be in sync`, async () => {
    const facts = await Promise.all(nodes.map((node) => node.replication()))
    const unlinked = nodes.find((_, at) => facts[at]?.role === 'slave' && !facts[at].linkUp)
    if (unlinked !== undefined) throw notYet(`the master link of ${unlinked.name} is down`)
  }, { timeoutMs: limit.clip(DEFAULT_WAIT_MS), everyMs: START_LOOK_MS })
}
