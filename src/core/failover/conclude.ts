/** Ends a failover by an abort or by the switch to the new master; also the reset, which RESET and the switch use. */
import type { AbortEventName } from '../event.ts'
import { announced, announcedName, currentAddress } from '../monitoring/announce.ts'
import { isCertainlyOurs } from '../monitoring/foreign-nodes.ts'
import { publishToAll } from '../monitoring/hello-publish.ts'
import { forgetInfoText } from '../monitoring/info-cache.ts'
import { closeLink, openUnhurried } from '../monitoring/reconnect.ts'
import { addressForRecord } from '../names.ts'
import { type Address, announcedEndpoint, sameAddress } from '../state/address.ts'
import { dataNodesOf } from '../state/instance.ts'
import { type Master, newAttempt } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import { addReplica, forget } from '../monitoring/records.ts'
import { dropExpiredReplicas, dropTombstone } from '../tombstones.ts'
import type { Turn } from '../turn.ts'
import { enter } from './phases.ts'
import { endSchedule } from './planned.ts'
import type { Phase } from '../state/failover.ts'

/** The event that reports an abort in each phase before the promotion (behaviour.md 9.7). */
const GIVEN_UP_BY: Readonly<Partial<Record<Phase, AbortEventName>>> = {
  'wait-start': '-failover-abort-not-elected',
  'select-replica': '-failover-abort-no-good-slave',
  'send-replicaof-no-one': '-failover-abort-slave-timeout',
}

/**
 * A master that answers PONG again needs no successor, as long as no replica was ordered to become one: afterwards
 * there could be two masters. The original continues the failover (Q19). Returns whether the failover was given up.
 *
 * Our own attempt no longer blocks us, because we know that it ended without an order. It still blocks the others.
 */
export function giveUpForLivingMaster(turn: Turn, master: Master): boolean {
  const { failover, link } = master
  const event = GIVEN_UP_BY[failover.phase]
  if (event === undefined || failover.phase === 'none' || failover.forced) return false
  if (master.sdown || link.pulse !== 'serving' || master.roleReported !== 'master') return false
  turn.emit(event, master, { because: 'master-answers' })
  master.handover = undefined
  enter(master, { phase: 'none', since: turn.now.mono })
  const isOwnVote = master.leader === turn.state.myId && master.leaderEpoch === failover.epoch
  if (isOwnVote) master.attempt.startAt = undefined
  turn.touch(master)
  return true
}

/** Gives up before the promotion was seen (behaviour.md 9.7). The delay before the next attempt stays. */
export function abortFailover(turn: Turn, master: Master, event: AbortEventName): void {
  turn.emit(event, master)
  master.handover = undefined
  enter(master, { phase: 'none', since: turn.now.mono })
  turn.touch(master)
}

/**
 * Replaces the master's address by the new one (behaviour.md 9.8): replica records are created again, also one for the
 * old master. `observer` learned the address by hello, `leader` led the failover and has saved the address before.
 */
export function switchMaster(turn: Turn, master: Master, address: Address, as: 'leader' | 'observer'): void {
  const { state } = turn
  const old = master.address
  // Back to the old address: clients see a change from the address that we announced since the promotion.
  const from = sameAddress(old, address) ? currentAddress(master) : old
  const endpoint = (given: Address) => announcedEndpoint(given, state.globals.announceHostnames)
  turn.emitBare('+switch-master', master, { from: endpoint(from), to: endpoint(address) })
  const others: (Pick<Replica, 'address' | 'foreign'> & Partial<Replica>)[] = [...master.replicas.values()]
  if (!sameAddress(old, address)) {
    const ownReplid = isCertainlyOurs(state, master, master) ? master.replid : undefined
    others.push({ address: old, foreign: undefined, ownReplid, pausedUntil: master.pausedUntil })
  }
  endSchedule(turn, master, 'switched')
  for (const { host, port } of dropExpiredReplicas(turn, master)) {
    const forgotten = addressForRecord(turn, host, port)
    if (forgotten !== undefined) others.push({ address: forgotten, foreign: undefined })
  }
  const { shownAsMasterAt, pausedUntil } = dataNodesOf(master).find((node) => sameAddress(node.address, address)) ?? {}
  resetMaster(turn, master, { keepPeers: true })
  master.address = address
  // Where the new master died soon after its promotion, the others lost their links to it before this switch.
  master.shownAsMasterAt = shownAsMasterAt ?? master.shownAsMasterAt
  // A pause is of the server, whatever its role is.
  master.pausedUntil = pausedUntil
  // The others may have promoted a replica that was forgotten here alone.
  dropTombstone(turn, master, 'replica', announcedName(state, address))
  master.sdownSince = undefined
  master.odownSince = undefined
  master.infoAt = undefined
  master.position = undefined
  forgetInfoText(turn.state, master)
  for (const known of others) {
    const { address: other, foreign, linkedAs, ownReplid, followedWith, strangeReplid, pausedUntil: theirPause } = known
    const replica = sameAddress(other, address) ? undefined : addReplica(turn, master, other)
    if (replica === undefined) continue
    if (other === old) replica.deposedAt = turn.now.mono
    Object.assign(replica, { foreign, linkedAs, ownReplid, followedWith, strangeReplid, pausedUntil: theirPause })
    openUnhurried(turn, replica.link)
    turn.emit('+slave', replica)
  }
  const saved = turn.persist()
  if (as === 'leader') return
  master.addressDurableFrom = saved
  runReconfigScript(turn, master, { as, from, to: address })
}

/** Queues the client-reconfig-script (behaviour.md 10.3). */
export function runReconfigScript(
  turn: Turn, master: Master, change: { as: 'leader' | 'observer', from: Address, to: Address },
): void {
  if (master.settings.clientReconfigScript === undefined) return
  const words = (address: Address) => [announced(turn.state, address), String(address.port)]
  turn.push({
    type: 'run-script',
    argv: [master.settings.clientReconfigScript, master.name, change.as, 'start', ...words(change.from), ...words(change.to)],
  })
}

/**
 * Forgets what was observed, keeps what was configured (behaviour.md 11.1). Flags are cleared without events.
 * The links reconnect soon: recent attempts on the old address must not delay those on the new one.
 */
export function resetMaster(turn: Turn, master: Master, options: { keepPeers: boolean }): void {
  for (const replica of master.replicas.values()) forget(turn, replica)
  master.replicas.clear()
  if (options.keepPeers) {
    // Opinions were about the old address.
    for (const peer of master.peers.values()) Object.assign(peer, { masterDown: false, leader: undefined, reaskMs: 0 })
  } else {
    for (const peer of master.peers.values()) forget(turn, peer)
    master.peers.clear()
  }
  restartLink(turn, master)
  master.sdown = false
  master.odown = false
  master.scriptKill = undefined
  master.rebootSince = undefined
  master.acceptedData = undefined
  master.lostData = undefined
  master.suspicion = undefined
  master.handover = undefined
  master.follows = undefined
  master.successor = undefined
  master.failoverState = undefined
  master.failoverSince = undefined
  master.pausedUntil = undefined
  master.leader = undefined
  master.runId = undefined
  master.runIdSince = undefined
  master.zone = undefined
  master.version = undefined
  master.formerRunIds = []
  master.isShared = false
  master.roleReported = 'master'
  master.roleReportedSince = turn.now.mono
  master.shownAsMasterAt = turn.now.mono
  master.wasResetWhileGone = false
  master.isInfoWanted = true
  enter(master, { phase: 'none', since: undefined })
  master.attempt = { ...newAttempt(), delayLoggedFor: master.attempt.delayLoggedFor }
  publishToAll(turn, master)
}

function restartLink(turn: Turn, master: Master): void {
  const { link } = master
  const now = turn.now.mono
  closeLink(turn, link)
  openUnhurried(turn, link)
  link.pingPendingSince = now
  link.lastPingAt = undefined
  link.lastValidReplyAt = now
  link.lastReplyAt = now
  link.refusals = undefined
  link.lastFailure = undefined
  link.outage = undefined
}
