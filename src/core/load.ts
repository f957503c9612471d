/** Converts the durable state of the configuration file to the state and back (behaviour.md 1.7, 13.3). */
import { announced, currentAddress } from './monitoring/announce.ts'
import { confirmedReplica } from './state/failover.ts'
import { canonicalIp } from './ip.ts'
import type { Turn } from './turn.ts'
import type { Address } from './state/address.ts'
import type { DurableAddress, DurableMaster, DurableState } from './state/durable.ts'
import type { Master } from './state/master.ts'
import { addMaster, addPeer, addReplica } from './monitoring/records.ts'
import type { SentinelState } from './state/sentinel-state.ts'

/** Names are looked up later, at the first connection. */
function loadedAddress({ host, port }: DurableAddress): Address {
  return { host, ip: canonicalIp(host), port }
}

export function loadMaster(turn: Turn, durable: DurableMaster): void {
  const { name, leaderEpoch, settings } = durable
  const master = addMaster(turn, { name, address: loadedAddress(durable), settings: { ...settings }, leaderEpoch })
  master.configEpoch = durable.configEpoch
  for (const replica of durable.replicas) addReplica(turn, master, loadedAddress(replica))
  for (const peer of durable.sentinels) {
    if (peer.runId !== turn.state.myId) addPeer(turn, master, loadedAddress(peer), peer.runId)
  }
  master.aliveAtOnce = master.peers.size + 1
}

export function toDurable(state: SentinelState): DurableState {
  return {
    myId: state.myId,
    currentEpoch: state.currentEpoch,
    ...state.globals,
    masters: [...state.masters.values()].map((master) => durableMaster(state, master)),
  }
}

function durableMaster(state: SentinelState, master: Master): DurableMaster {
  const promoted = confirmedReplica(master)
  return {
    name: master.name,
    ...written(state, currentAddress(master)),
    settings: { ...master.settings },
    configEpoch: master.configEpoch,
    leaderEpoch: master.leaderEpoch,
    // Once the promoted replica is written as master, its own line holds the old master (behaviour.md 1.7).
    replicas: [...master.replicas.values()].map(
      (replica) => written(state, replica === promoted ? master.address : replica.address),
    ),
    sentinels: [...master.peers.values()].map(
      (peer) => ({ ...written(state, peer.address), runId: peer.runId }),
    ),
  }
}

function written(state: SentinelState, address: Address): DurableAddress {
  return { host: announced(state, address), port: address.port }
}
