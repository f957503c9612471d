/** Whether new clients would get a node. Pure. */
import type { ProxyFacts } from './metrics.ts'

/** Why the proxy is not ready; undefined: it is. */
export function notReady(
  { sentinels, isMinority, masterName }: Pick<ProxyFacts, 'sentinels' | 'isMinority' | 'masterName'>, isDraining: boolean,
): string | undefined {
  const { master, isMasterReachable, reachable, configured } = sentinels
  if (isDraining) return 'the proxy is shutting down'
  if (isMinority) return `${reachable} of ${configured} sentinels answer, which is no majority`
  if (master === undefined) return `the master of ${masterName} is not known`
  return isMasterReachable ? undefined : `the master ${master.host} port ${master.port} does not answer`
}
