/**
 * Handles the hello messages of other sentinels (behaviour.md 6.3): a new or moved peer, a higher epoch, a newer
 * configuration. Unknown, malformed and our own messages change nothing.
 */
import { hostAndPort } from '../../text/index.ts'
import { switchMaster } from '../failover/conclude.ts'
import { isPlausible } from '../plausible-epoch.ts'
import { recordHeard } from '../monitoring/alive-at-once.ts'
import { reviewDisagreement } from './disagreement.ts'
import { settleDispute } from './dispute.ts'
import { isOurSentinel, staysForgotten } from './forgotten-sentinels.ts'
import { confirmedReplica } from '../state/failover.ts'
import { meansAddress, addressForRecord } from '../names.ts'
import { ownText } from '../own-text.ts'
import { type Address, announcedEndpoint, sameAddress } from '../state/address.ts'
import type { ConnectionId } from '../state/ids.ts'
import type { Master } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import { addPeer, removePeer } from '../monitoring/records.ts'
import type { Turn } from '../turn.ts'
import { isFromElsewhere, isMasterOfStrangers } from '../monitoring/strange-hellos.ts'
import type { Hello } from '../state/hello.ts'
import { isOurAddress } from '../monitoring/announce.ts'
import { recordPeerMove } from '../monitoring/shared-ids.ts'
import { renewLink } from '../monitoring/reconnect.ts'

/** Ids are free text (behaviour.md 6.3), but they end up in replies and in the file: no blanks, no controls. */
const RUN_ID = /^[\x21-\x7e]{1,64}$/

/** `isDirect`: the sender itself published it to us, and not by way of a data node. */
export function absorbHello(turn: Turn, hello: Hello, { isDirect = false }: { isDirect?: boolean } = {}): void {
  const { state } = turn
  const master = state.masters.get(hello.masterName)
  if (master === undefined || hello.runId === state.myId) return
  const doubt = doubtAbout(turn, master, hello, isDirect)
  if (doubt !== undefined) {
    turn.complain(`sentinel ${hello.runId.slice(0, 64)}`, doubt)
    return
  }
  if (staysForgotten(turn, master, hello, isDirect)) return
  const peer = updatePeer(turn, master, hello)
  if (hello.currentEpoch > state.currentEpoch) {
    state.currentEpoch = hello.currentEpoch
    turn.persist()
    turn.emitBare('+new-epoch', master, { epoch: hello.currentEpoch })
  }
  if (peer === undefined) return
  recordHeard(turn, master, peer)
  if (hello.configEpoch > master.configEpoch) adoptConfiguration(turn, master, peer, hello)
  else settleDispute(turn, master, peer, hello)
  peer.lastHelloAt = turn.now.mono
  recordAnnouncedMaster(peer, hello)
  reviewDisagreement(turn, master, peer, hello)
}

/** Why the hello cannot come from a correct sentinel; undefined when it is accepted. */
function doubtAbout(turn: Turn, master: Master, hello: Hello, isDirect: boolean): string | undefined {
  const { state } = turn
  const { host, port, currentEpoch, configEpoch, masterHost, masterPort } = hello
  if (!isPlausible(currentEpoch, state.currentEpoch)) return `a hello with the implausible epoch ${currentEpoch}`
  if (configEpoch > currentEpoch) return `a hello with a config-epoch (${configEpoch}) above its epoch (${currentEpoch})`
  if (isOurAddress(state, host, port)) return `a hello with another id from our own address ${hostAndPort(host, port)}`
  if (isOurSentinel(turn, master, hello.runId)) return undefined
  const named = `a hello that names ${hostAndPort(masterHost, masterPort)}`
  if (isMasterOfStrangers(state, master, masterHost, masterPort)) return `${named}, the master of a node with other data`
  // It may have learned of us on the channel of a replica that follows its master now.
  return isDirect && isFromElsewhere(state, hello) ? `${named}, an unknown master, while ours is up` : undefined
}

/** Records the configuration that a peer announced. Most hellos repeat the last one: nothing is allocated then. */
function recordAnnouncedMaster(peer: Peer, { masterHost: host, masterPort: port, configEpoch }: Hello): void {
  const last = peer.announcedMaster
  if (last?.host === host && last.port === port && last.configEpoch === configEpoch) return
  peer.announcedMaster = { host: ownText(host), port, configEpoch }
}

/** Returns the sender's record, adding or moving it where needed; undefined when its address cannot be used. */
function updatePeer(turn: Turn, master: Master, hello: Hello): Peer | undefined {
  const known = master.peers.get(hello.runId)
  if (known !== undefined && meansAddress(turn.state, known.address, hello.host, hello.port)) return known
  const isUsable = RUN_ID.test(hello.runId) && hello.port > 0
  const address = isUsable ? addressForRecord(turn, hello.host, hello.port) : undefined
  if (address === undefined) {
    // A known peer that announces an unusable address keeps its old one (Q15); the rest of the hello still counts.
    const shown = hostAndPort(hello.host, hello.port)
    turn.complain(`sentinel ${hello.runId.slice(0, 64)}`, `a hello with the unusable address ${shown}`)
    return known
  }
  return known === undefined ? introducePeer(turn, master, hello, address) : movePeer(turn, master, known, address)
}

function introducePeer(turn: Turn, master: Master, hello: Hello, address: Address): Peer | undefined {
  for (const other of master.peers.values()) {
    if (sameAddress(other.address, address)) replaceInvalidPeer(turn, other)
  }
  const peer = addPeer(turn, master, address, ownText(hello.runId))
  if (peer === undefined) return undefined
  turn.emit('+sentinel', peer)
  turn.persist()
  return peer
}

/** Two ids at one address: a sentinel came back with a new id, and the old one is gone (behaviour.md 6.3.3b). */
function replaceInvalidPeer(turn: Turn, old: Peer): void {
  turn.emit('+sentinel-invalid-addr', old)
  for (const master of turn.state.masters.values()) {
    const record = master.peers.get(old.runId)
    if (record !== undefined) removePeer(turn, master, record)
  }
}

/** Drops a peer that is this sentinel: it was in the file, or was added before the local address was known. */
export function dropOurselves(turn: Turn, connection: ConnectionId): void {
  const { state } = turn
  const link = state.connections.get(connection)?.link
  if (link?.nodeKind !== 'sentinel') return
  for (const user of [...link.users]) {
    const peer = state.records.get(user)
    if (peer?.kind !== 'peer' || !isOurAddress(state, peer.address.host, peer.address.port)) continue
    const master = state.masters.get(peer.masterName)
    if (master === undefined) continue
    turn.complain(`sentinel ${peer.runId}`, 'another id at our own address; it is not used')
    removePeer(turn, master, peer)
    turn.persist()
  }
}

/** A known id at a new address, for every master that knows it (behaviour.md 6.3.3a). */
function movePeer(turn: Turn, master: Master, known: Peer, address: Address): Peer | undefined {
  recordPeerMove(turn, known, address)
  turn.emit('+sentinel-address-switch', master, { id: known.runId, address: announcedEndpoint(address, turn.state.globals.announceHostnames) })
  removePeer(turn, master, known)
  const peer = addPeer(turn, master, address, known.runId)
  if (peer === undefined) return undefined
  let others = 0
  for (const other of turn.state.masters.values()) {
    const record = other.peers.get(known.runId)
    if (record === undefined || record === peer) continue
    record.address = address
    others += 1
  }
  if (others > 0) {
    renewLink(turn, peer.link)
    turn.emit('+sentinel-address-update', peer, { others })
  }
  turn.persist()
  return peer
}

function adoptConfiguration(turn: Turn, master: Master, peer: Peer, hello: Hello): void {
  const { masterHost, masterPort, configEpoch } = hello
  // While our own promotion is confirmed we announce the promoted address: then even the old one is a change, or we
  // would announce our address under their epoch.
  const tellsOwn = confirmedReplica(master) !== undefined
  if (!tellsOwn && meansAddress(turn.state, master.address, masterHost, masterPort)) {
    // Only the epoch changes; it is saved so that a restart cannot bring the old one back (Q5).
    master.configEpoch = configEpoch
    turn.persist()
    return
  }
  const address = masterPort > 0 ? addressForRecord(turn, masterHost, masterPort) : undefined
  if (address?.ip === undefined) {
    // The epoch is raised only together with the address, or we would never follow (Q4).
    const shown = hostAndPort(masterHost, masterPort)
    turn.complain(`sentinel ${peer.runId}`, `a configuration with the unusable master address ${shown}`)
    return
  }
  master.configEpoch = configEpoch
  // Events of a configuration are published when it is durable, like its address.
  turn.persist()
  turn.emit('+config-update-from', peer)
  switchMaster(turn, master, address, 'observer')
}
