/** Masters among the replicas of a sentinel that may be another deployment's, by their INFO. */
import type { SentinelNode } from '../sentinel-node.ts'

/**
 * A master that may be another deployment's: its data had another id before, or a server follows it of which the
 * sentinel has no record, be it one of ours under another address. `known`: the addresses of its records.
 */
export function isStrangeMaster(info: string, lineage: readonly string[], known: ReadonlySet<string>): boolean {
  const hadOtherId = /^master_replid2:(?!0{40})/m.test(info)
  return (hadOtherId && /^role:master\r?$/m.test(info) && !isTied(info, lineage)) || hasStrangeFollower(info, lineage, known)
}

/** Its data have no known id, and a server follows it of which the sentinel has no record. */
export function hasStrangeFollower(info: string, lineage: readonly string[], known: ReadonlySet<string>): boolean {
  const isFollowed = [...info.matchAll(/^slave\d+:ip=([^,]*),port=(\d+)/gm)]
    .some(([, host = '', port = '']) => !known.has(`${host}:${port}`))
  return isFollowed && /^role:master\r?$/m.test(info) && !isTied(info, lineage)
}

/** Whether one of its ids is known as one of the data of the master. */
export function isTied(info: string, lineage: readonly string[]): boolean {
  return [...info.matchAll(/^master_replid2?:(\S+)/gm)].some(([, id]) => lineage.includes(id ?? ''))
}

/** The replication ids that the sentinel knows of the data of a master. */
export function lineageOf({ memory }: SentinelNode, master: string): readonly string[] {
  return memory?.state.lineage.get(master) ?? []
}
