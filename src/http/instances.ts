/** A master with its replicas and sentinels, and the states of instances that several answers share. */
import type { InstanceView, MasterView, Now, PeerView, ReplicaView } from '../core/index.ts'
import type { QuorumJson } from './json.ts'
import { quorumState } from './quorum.ts'
import type { HttpWorld } from './world.ts'

export interface Watched {
  readonly master: MasterView
  readonly replicas: readonly ReplicaView[]
  readonly peers: readonly PeerView[]
  readonly quorum: QuorumJson
}

export function watch({ view }: Pick<HttpWorld, 'view'>, name: string, now: Now): Watched | undefined {
  const master = view.master(name, now)
  const quorum = quorumState(view, name)
  if (master === undefined || quorum === undefined) return undefined
  return { master, quorum, replicas: view.replicas(name, now), peers: view.peers(name, now) }
}

/** All masters at one moment. */
export function watchAll(world: Pick<HttpWorld, 'view'>, now: Now): readonly Watched[] {
  return world.view.masterNames().flatMap((name) => watch(world, name, now) ?? [])
}

export function isHealthy({ flags }: InstanceView): boolean {
  return !flags.includes('s_down') && !flags.includes('disconnected')
}

/** Whether a sentinel announces another master. One that is down does not count: its last hello is outdated. */
export function disagrees({ announcedMaster, flags }: PeerView): boolean {
  return announcedMaster?.agrees === false && !flags.includes('s_down')
}
