/** The entry point of the simulator. */
export {
  checkEverything, isAtRest, isLossForOperator, keptLeftovers, linkDownLimitMs, strayNodes, unrest, type Violation,
} from './checkers/index.ts'
export { isInExcludedZone } from './checkers/placement.ts'
export { hasStrangeFollower, lineageOf } from './checkers/strange-masters.ts'
export { WriteHistory } from './checkers/lost-writes.ts'
export { knownPeers } from './checkers/watch.ts'
export { Cluster } from './cluster.ts'
export { planGroup, type ClusterOptions, type GroupOptions } from './cluster-options.ts'
export { apply, describeFault, healAll, type Fault, type PlannedFault } from './faults.ts'
export { SimRandom } from './random.ts'
export type { RedisNode } from './redis-model.ts'
export type { SentinelNode } from './sentinel-node.ts'
export { WALL_START_MS } from './sim-clock.ts'
export { lineText, type TraceLine } from './trace.ts'
export { Writer } from './workload.ts'
