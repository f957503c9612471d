/**
 * Two addresses under one configuration epoch. Genuine sentinels that are ordered to fail over at the same time take
 * the same epoch without votes, and equal epochs never override each other (behaviour.md 16.3.6). A sentinel that is
 * told another address under its own number chooses one of the two and gives it an epoch that no other can use, so
 * all others, genuine ones too, follow it. Sentinels that choose differently end at the higher epoch.
 */
import { ownEpoch } from '../election/own-epoch.ts'
import { majorityOf } from '../detection/quorum.ts'
import { reachablePeers } from '../election/tally.ts'
import type { Hello } from '../monitoring/hello-codec.ts'
import { publishToAll } from '../monitoring/hello-publish.ts'
import { meansAddress } from '../names.ts'
import type { Address } from '../state/address.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Turn } from '../turn.ts'
import { switchMaster } from '../failover/conclude.ts'
import { confirmedReplica } from '../state/failover.ts'

/** Ends the dispute when this hello shows one. Only both nodes known to us and most sentinels in reach make it one. */
export function settleDispute(turn: Turn, master: Master, peer: Peer, hello: Hello): void {
  const theirs = disputedNode(turn, master, hello)
  if (theirs === undefined || !maySettle(turn, master)) return
  const { state } = turn
  const ours = confirmedReplica(master) ?? master
  const winner = preferred(ours, theirs)
  const epoch = ownEpoch(state.currentEpoch, state.myId, turn.random)
  state.currentEpoch = epoch
  master.configEpoch = epoch
  master.addressDurableFrom = turn.persist()
  turn.emitBare('+new-epoch', master, { epoch })
  if (winner === ours) {
    publishToAll(turn, master)
    return
  }
  turn.emit('+config-update-from', peer)
  switchMaster(turn, master, winner.address, 'observer')
}

/** The known data node that the hello names in the place of ours; undefined where nothing is in dispute. */
function disputedNode(turn: Turn, master: Master, hello: Hello): DataNode | undefined {
  const { configEpoch, masterHost, masterPort } = hello
  // Under number 0 nothing has been promoted: differing addresses come from the files.
  if (configEpoch !== master.configEpoch || configEpoch === 0n) return undefined
  const ours = confirmedReplica(master) ?? master
  const isNamed = (node: DataNode) => meansAddress(turn.state, node.address, masterHost, masterPort)
  if (isNamed(ours)) return undefined
  const theirs = [master, ...master.replicas.values()].find(isNamed)
  // One node under two addresses is no dispute.
  if (theirs?.runId !== undefined && theirs.runId === ours.runId) return undefined
  return theirs?.address.ip === undefined ? undefined : theirs
}

/**
 * Not in TILT; not while a failover of ours is about to bring a newer configuration; and not in a minority, which must
 * not raise its number above what the majority does meanwhile.
 */
function maySettle(turn: Turn, master: Master): boolean {
  const { phase } = master.failover
  return turn.state.tiltSince === undefined && (phase === 'none' || phase === 'reconf-replicas')
    && reachablePeers(master) + 1 >= majorityOf(master.peers.size + 1)
}

/** The one that works as a master; when both do or neither does, the one with the smaller address. */
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
