/** Warnings for operators, in plain words: what is wrong, what it means, what to check. */
import type { MasterView, PeerView, ReplicaView } from '../core/index.ts'
import { addressText, durationText } from '../explain/index.ts'
import { count } from '../text/index.ts'
import { disagrees, isHealthy, type Watched } from './instances.ts'
import type { HttpWorld } from './world.ts'

export function sentinelWarnings({ saves, webhooks, view }: HttpWorld, tilt: boolean): string[] {
  const { error } = saves()
  const failing = webhooks().filter(({ queued }) => queued > 10)
  return [
    ...tilt ? ['This sentinel is in TILT: its clock jumped or the process was stopped. It makes no decisions until its clock has been steady for 30 s.'] : [],
    ...error === undefined ? [] : [`The configuration file cannot be written (${error}). A restart would lose votes and epochs.`],
    ...failing.map(({ name, queued }) => `Webhook ${name} does not take events fast enough: ${queued} events wait.`),
    ...view.masterNames().length === 0 ? ['This sentinel monitors no master.'] : [],
  ]
}

export function masterWarnings(watched: Watched): string[] {
  const state = stateWarning(watched.master)
  return [
    ...state === undefined ? [] : [state],
    ...quorumWarnings(watched),
    ...replicaWarnings(watched),
    ...watched.peers.flatMap(peerWarnings),
  ]
}

/** The warning about the state of the master itself; undefined when it is up and accepts writes. */
export function stateWarning(master: MasterView): string | undefined {
  const { flags, failoverState, settings: { quorum }, downAfterMs, roleReported, lostData, witnessed } = master
  if (failoverState !== undefined) return 'A failover is running.'
  if (lostData !== undefined) return LOST_DATA[lostData]
  if (flags.includes('o_down')) return 'The master is down, and enough sentinels agree. A failover should begin soon.'
  if (flags.includes('s_down')) {
    return `The master has not answered for more than ${downAfterMs / 1000} s. A failover starts when the quorum of ${quorum} agrees.`
  }
  if (witnessed !== undefined) {
    return `The master does not answer this sentinel, but ${witnessed.alive} of ${count(witnessed.reachable, 'replica')} still receive its data: it is not taken for down for `
      + `another ${durationText(witnessed.leftMs)} at most. Check the network between this sentinel and the master.`
  }
  return roleReported === 'master'
    ? undefined : 'The master reports the role of a replica and refuses writes. A failover follows unless it becomes a master again.'
}

const LOST_DATA: Readonly<Record<NonNullable<MasterView['lostData']>, string>> = {
  'failover': 'The master restarted without its data. A replica that has them is promoted when the quorum agrees.',
  'report': 'The master restarted without its data. Nothing is done, because empty-master is "report".',
  'no-copy': 'The master restarted without its data, and no replica that answers has them.',
}

function quorumWarnings({ quorum: { usable, quorum, majority }, peers }: Watched): string[] {
  const all = peers.length + 1
  if (quorum > all) return [`The quorum is ${quorum}, but ${all === 1 ? 'only this sentinel is known' : `only ${all} sentinels are known`}: a failover is impossible.`]
  if (usable < majority) return [`Only ${usable} of ${all} sentinels can be reached, and the majority is ${majority}: a failover is impossible now.`]
  if (usable < quorum) return [`Only ${usable} of ${all} sentinels can be reached, and the quorum is ${quorum}: a failover is impossible now.`]
  if (all === 1) return ['This is the only sentinel. If its machine fails together with the master, no failover happens. Run three.']
  if (all === 2) return ['There are two sentinels: if one is lost, the other has no majority, and no failover happens. Run three.']
  return usable === majority && usable < all ? ['If one more sentinel is lost, a failover is impossible.'] : []
}

function replicaWarnings({ replicas }: Watched): string[] {
  if (replicas.length === 0) return ['The master has no replica: a failover is impossible.']
  if (replicas.every(({ priority }) => priority === 0)) {
    return ['All replicas have replica-priority 0: none can be promoted.']
  }
  const single = replicas.flatMap(replicaWarning)
  return replicas.some(couldLead) ? single : ['No replica can be promoted now.', ...single]
}

function couldLead(replica: ReplicaView): boolean {
  return isHealthy(replica) && replica.priority !== 0 && !replica.isForeign
}

function replicaWarning(replica: ReplicaView): string[] {
  const who = `Replica ${addressText(replica)}`
  if (replica.isForeign) return [`${who} holds the data of another deployment. It is neither promoted nor ordered.`]
  if (replica.flags.includes('s_down')) return [`${who} is down.`]
  if (replica.flags.includes('disconnected')) return [`${who} cannot be reached.`]
  if (replica.roleReported === 'master') return [`${who} reports the role of a master. It will be reconfigured.`]
  if (replica.infoRefreshMs > 0 && !replica.masterLinkUp) return [`${who} has no connection to its master and receives no writes.`]
  return []
}

function peerWarnings(peer: PeerView): string[] {
  const who = `Sentinel ${addressText(peer)}`
  if (peer.flags.includes('s_down')) return [`${who} is down.`]
  if (peer.flags.includes('disconnected')) return [`${who} cannot be reached.`]
  if (!disagrees(peer) || peer.announcedMaster === undefined) return []
  return [`${who} announces ${addressText(peer.announcedMaster)} as the master. If this lasts, the sentinels have different masters.`]
}
