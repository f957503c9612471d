/** Mistakes of the deployment that INFO and hello messages reveal. */
import { lineageOf } from '../lineage.ts'
import type { Master } from '../state/master.ts'
import { outcomeOf } from '../monitoring/lost-data.ts'
import { announcedName } from '../monitoring/announce.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Problem } from './explanation.ts'

export function problemsOf(state: SentinelState, master: Master): readonly Problem[] {
  return [
    ...lostData(master), ...foreignNodes(state, master), ...sameIds(state, master),
    ...sameServers(master), ...sharedAddresses(state, master), ...olderReleases(master),
  ]
}

function lostData({ lostData: lost }: Master): Problem[] {
  const outcome = lost === undefined ? undefined : outcomeOf(lost)
  return outcome === undefined ? [] : [{ kind: 'lost-data', outcome }]
}

function foreignNodes(state: SentinelState, master: Master): Problem[] {
  const [ours = ''] = lineageOf(state, master.name)
  return [...master.replicas.values()].flatMap(({ name, foreign }): Problem[] => (
    foreign === undefined ? [] : [{ kind: 'foreign-node', replica: name, ...foreign, ours }]
  ))
}

function sameIds({ myId, idClaims }: SentinelState, { peers }: Master): Problem[] {
  return [...idClaims].flatMap(([id, { others }]): Problem[] => (
    others.size > 0 && (id === myId || peers.has(id)) ? [{ kind: 'same-id', id, isOwn: id === myId, addresses: [...others] }] : []
  ))
}

function sharedAddresses(state: SentinelState, master: Master): Problem[] {
  return dataNodesOf(master).filter(({ isShared }) => isShared).map(({ address }) => ({
    kind: 'shared-address', address: announcedName(state, address),
  }))
}

function sameServers({ twins, replicas }: Master): Problem[] {
  return [...twins].filter(([name]) => !replicas.has(name)).map(([dropped, { kept }]) => ({ kind: 'same-server', dropped, kept }))
}

function olderReleases({ version: masterVersion, replicas }: Master): Problem[] {
  if (masterVersion === undefined) return []
  return [...replicas.values()].flatMap(({ name, version }): Problem[] => (
    version === undefined || !isOlderRelease(version, masterVersion)
      ? [] : [{ kind: 'older-release', replica: name, version, masterVersion }]
  ))
}

/** Whether a release such as `6.2.14` precedes another one. A patch release reads the same data as its neighbours. */
export function isOlderRelease(one: string, other: string): boolean {
  const [[major, minor], [otherMajor, otherMinor]] = [partsOf(one), partsOf(other)]
  if (major === undefined || otherMajor === undefined) return false
  return major === otherMajor ? (minor ?? 0) < (otherMinor ?? 0) : major < otherMajor
}

function partsOf(version: string): readonly number[] {
  const [, major, minor] = /^(\d{1,9})(?:\.(\d{1,9}))?/.exec(version) ?? []
  return major === undefined ? [] : [Number(major), Number(minor ?? 0)]
}
