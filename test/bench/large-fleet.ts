import { eventually, notYet, pairs, Workspace, type SentinelKind } from '../../src/harness/index.ts'
import { nodeAddress } from './modelled-nodes.ts'
import { NodesProcess } from './nodes-process.ts'
import { WatchedSentinel } from './watched-process.ts'

export interface LargeFleetOptions {
  readonly masters: number
  readonly downAfterMs: number
  /** Default 3: enough for a majority that one of them alone is not. */
  readonly sentinels?: number
}

export interface LargeFleet {
  readonly sentinels: readonly WatchedSentinel[]
  readonly nodes: NodesProcess
}

/**
 * Sentinels of one kind watch that many modelled masters with a replica each; `use` runs when all of them know
 * each other and all replicas.
 */
export async function withLargeFleet<Result>(
  kind: SentinelKind, options: LargeFleetOptions, use: (fleet: LargeFleet) => Promise<Result>,
): Promise<Result> {
  const { masters, downAfterMs, sentinels: count = 3 } = options
  const workspace = new Workspace('ts-sentinel-bench')
  const sentinels: WatchedSentinel[] = []
  try {
    const port = await workspace.claimPort()
    const nodes = await NodesProcess.start(workspace, masters, port)
    const lines = Array.from({ length: masters }, (_, at) => [
      `sentinel monitor m${at} ${nodeAddress(at, 0)} ${port} ${Math.min(2, count)}`,
      `sentinel down-after-milliseconds m${at} ${downAfterMs}`,
      `sentinel failover-timeout m${at} 20000`,
    ]).flat()
    for (let at = 0; at < count; at += 1) sentinels.push(await WatchedSentinel.create(workspace, kind, lines))
    for (const sentinel of sentinels) await sentinel.start()
    for (const sentinel of sentinels) await formed(sentinel, options)
    const result = await use({ sentinels, nodes })
    await nodes.stop()
    return result
  } finally {
    for (const sentinel of sentinels) await sentinel.stop()
    await workspace.remove()
  }
}

async function formed(sentinel: WatchedSentinel, { masters, sentinels = 3 }: LargeFleetOptions): Promise<void> {
  await eventually(`${sentinel.process.name} to know everybody`, async () => {
    const all = await sentinel.connection.call(['SENTINEL', 'MASTERS'], 30_000)
    const known = (Array.isArray(all) ? all : []).map(pairs).filter((master) => (
      master['num-slaves'] === '1' && master['num-other-sentinels'] === String(sentinels - 1) && master['flags'] === 'master'
    ))
    if (known.length < masters) throw notYet(`${known.length} of ${masters} masters are complete`)
  }, { timeoutMs: 300_000, everyMs: 500 })
}
