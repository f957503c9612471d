/**
 * Hello messages of sentinels that we do not know: they may be of another deployment whose master has the same name,
 * and which lists a node that we list (docs/decisions/0048-lineage-and-foreign-nodes.md).
 */
import { lineageOf } from '../lineage.ts'
import { knownIp, meansAddress } from '../names.ts'
import type { Hello } from '../state/hello.ts'
import { isSilent, type Master } from '../state/master.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf, type SentinelState } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { followsOurs, hasOtherData, isKnownAddress, markForeign } from './foreign-nodes.ts'
import { infoOutstanding } from './outstanding.ts'
import { isIdentified } from './twins.ts'

/**
 * Whether hello messages on the channel of this replica reach sentinels of ours only, and those of unknown sentinels
 * can be judged: INFO on its present connection, which may lead to another server than the last one, shows no data of
 * unknown origin. A node that refuses INFO cannot be judged.
 */
export function isChannelOurs(state: SentinelState, replica: Replica): boolean {
  const { link: { command }, infoSent, foreign, unknownSince } = replica
  if (foreign !== undefined || unknownSince !== undefined) return false
  if (lineageOf(state, replica.masterName).length === 0 || isIdentified(replica)) return true
  return infoSent?.failed === true && infoSent.on === command?.id
}

/**
 * Whether a hello of an unknown sentinel on the channel of a replica may come from another deployment that lists the
 * replica as well, with a master of the same name: it names an unknown master while ours is up. A sentinel of ours that
 * knows our master by an address that we do not know publishes on the channel of the master, too.
 */
export function isFromElsewhere(state: SentinelState, hello: Hello): boolean {
  const master = state.masters.get(hello.masterName)
  return master !== undefined && !isSilent(master) && namesUnknownMaster(state, master, hello)
}

function namesUnknownMaster(state: SentinelState, master: Master, { masterHost, masterPort }: Hello): boolean {
  return lineageOf(state, master.name).length > 0 && !isKnownAddress(state, master, masterHost, masterPort)
}

/**
 * Keeps a hello of an unknown sentinel that names an unknown master while ours is down, until INFO that is asked for
 * after it shows whose channel the replica's is: it may have been pointed to another deployment since the last one. Of
 * several such hellos the newest is kept; they come again. Returns false for other hellos, and for those of a node
 * that refuses INFO.
 */
export function holdHello(turn: Turn, replica: Replica, hello: Hello): boolean {
  const { state, now } = turn
  const master = masterOf(state, replica)
  if (master === undefined || !namesUnknownMaster(state, master, hello) || replica.infoSent?.failed === true) {
    return false
  }
  // A request on its way may have been answered before.
  replica.heldHello = { hello, askedFrom: infoOutstanding(replica) ? now.mono + 1 : now.mono }
  replica.isInfoWanted = true
  turn.touch(replica)
  return true
}

/** The hello that was kept, once INFO that was asked for at `askedAt` has shown that the channel is ours. */
export function heldHelloAfter({ state }: Turn, replica: Replica, askedAt: Millis): Hello | undefined {
  const { heldHello } = replica
  if (heldHello === undefined || askedAt < heldHello.askedFrom) return undefined
  replica.heldHello = undefined
  const { hello } = heldHello
  const isKnown = state.records.get(replica.id) === replica
  return isKnown && isChannelOurs(state, replica) && !isFromElsewhere(state, hello) ? hello : undefined
}

/** Whether a node that gets no orders, because its data may be another deployment's, follows this address. */
export function isMasterOfStrangers(state: SentinelState, master: Master, host: string, port: number): boolean {
  return [...master.replicas.values()].some(({ unknownSince, roleReported, reportedMaster }) => (
    unknownSince !== undefined && roleReported === 'slave' && reportedMaster?.port === port
    && (knownIp(state, reportedMaster.host) ?? reportedMaster.host) === (knownIp(state, host) ?? host)
  ))
}

/**
 * A hello on the channel of a replica from a sentinel that is none of ours. One that names this node or an unknown
 * address as the master belongs to another deployment, which uses the address now, unless the data are tied to ours.
 */
export function judgeStrangeHello(turn: Turn, replica: Replica, hello: Hello): void {
  const master = masterOf(turn.state, replica)
  if (master === undefined || replica.foreign !== undefined || replica.infoAt === undefined) return
  if (!hasOtherData(turn.state, master, replica)) return
  if (replica.masterLinkUp && followsOurs(turn.state, master, replica)) return
  const { masterHost, masterPort } = hello
  const isItself = meansAddress(turn.state, replica.address, masterHost, masterPort)
  if (!isItself && isKnownAddress(turn.state, master, masterHost, masterPort)) return
  markForeign(turn, master, replica, isItself ? undefined : { host: masterHost, port: masterPort })
}
