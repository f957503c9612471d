/**
 * Two addresses with the same configuration epoch. Genuine sentinels that are ordered to fail over at the same time
 * take the same epoch without votes, and equal epochs never override each other (behaviour.md 16.3.6). A sentinel that
 * receives another address with its own epoch chooses one of the two and gives it an epoch that no other can use, so
 * all others, genuine ones too, follow it. If sentinels choose differently, the higher epoch wins.
 */
import { ownEpoch } from '../election/own-epoch.ts'
import { reachablePeers } from '../election/tally.ts'
import type { Hello } from '../state/hello.ts'
import { publishToAll } from '../monitoring/hello-publish.ts'
import { meansAddress, addressForRecord } from '../names.ts'
import type { Address } from '../state/address.ts'
import { type DataNode, dataNodesOf } from '../state/instance.ts'
import { majorityOf } from '../state/majority.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Turn } from '../turn.ts'
import { switchMaster } from '../failover/conclude.ts'
import { confirmedReplica } from '../state/failover.ts'

/** Ends the dispute when this hello shows one. A majority of the sentinels must be reachable. */
export function settleDispute(turn: Turn, master: Master, peer: Peer, hello: Hello): void {
  if (!isRival(turn, master, hello) || !maySettle(turn, master)) return
  const winner = winningAddress(turn, master, hello)
  if (winner === undefined) return
  const { state } = turn
  const epoch = ownEpoch(state.currentEpoch, state.myId, turn.random)
  state.currentEpoch = epoch
  master.configEpoch = epoch
  master.addressDurableFrom = turn.persist()
  turn.emitBare('+new-epoch', master, { epoch })
  if (winner === ownCandidate(master).address) {
    publishToAll(turn, master)
    return
  }
  turn.emit('+config-update-from', peer)
  switchMaster(turn, master, winner, 'observer')
}

/** The node that we announce as the master. */
function ownCandidate(master: Master): DataNode {
  return confirmedReplica(master) ?? master
}

/**
 * Whether the hello names another address under our epoch. Under epoch 0 nothing has been promoted: differing
 * addresses come from the configuration files.
 */
function isRival(turn: Turn, master: Master, { configEpoch, masterHost, masterPort }: Hello): boolean {
  return configEpoch === master.configEpoch && configEpoch !== 0n
    && !meansAddress(turn.state, ownCandidate(master).address, masterHost, masterPort)
}

/** The address that gets the new epoch; undefined where this sentinel leaves the decision to the others. */
function winningAddress(turn: Turn, master: Master, { masterHost, masterPort }: Hello): Address | undefined {
  const ours = ownCandidate(master)
  const theirs = dataNodesOf(master)
    .find((node) => meansAddress(turn.state, node.address, masterHost, masterPort))
  if (theirs === undefined) {
    // After RESET, a former master that became a replica lists no other nodes. If our master is down, a node that we do
    // not know may replace it; a working master is never replaced by one, because its address could be wrong.
    const address = ours.sdown && masterPort > 0 ? addressForRecord(turn, masterHost, masterPort) : undefined
    return address?.ip === undefined ? undefined : address
  }
  // One node under two addresses is no dispute.
  if (theirs.address.ip === undefined || (theirs.runId !== undefined && theirs.runId === ours.runId)) return undefined
  return preferred(ours, theirs).address
}

/**
 * Whether this sentinel may settle a dispute: not in TILT; not while a failover of ours is about to bring a newer
 * configuration; and not in a minority, whose new epoch could exceed the one that the majority uses meanwhile.
 */
function maySettle(turn: Turn, master: Master): boolean {
  const { phase } = master.failover
  return turn.state.tiltSince === undefined && (phase === 'none' || phase === 'reconf-replicas')
    && reachablePeers(master) + 1 >= majorityOf(master.peers.size + 1)
}

/** Prefers the node that works as a master; when both do or neither does, the one with the smaller address. */
function preferred(ours: DataNode, theirs: DataNode): DataNode {
  const [left, right] = [worksAsMaster(ours), worksAsMaster(theirs)]
  if (left !== right) return left ? ours : theirs
  return addressKey(ours.address) <= addressKey(theirs.address) ? ours : theirs
}

function worksAsMaster(node: DataNode): boolean {
  return !node.sdown && node.roleReported === 'master'
}

function addressKey({ host, ip, port }: Address): string {
  return `${ip ?? host} ${port}`
}
