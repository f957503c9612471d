/** The identity of the fleet that watches a master (docs/decisions/0060-fleet-identity-in-metrics.md). */
import type { PeerView } from '../../core/index.ts'

/**
 * The smallest id among this sentinel and all others that it knows for the master, those that are down included. All
 * sentinels of a fleet have the same value, a failover does not change it, and another fleet has another one even when
 * its master has the same name.
 */
export function fleetId(myId: string, peers: readonly PeerView[]): string {
  return peers.reduce((least, { runId }) => runId !== '' && runId < least ? runId : least, myId)
}
