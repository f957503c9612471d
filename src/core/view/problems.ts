/** Mistakes of the deployment that INFO and hello messages reveal. */
import { lineageOf } from '../lineage.ts'
import { isOlderRelease } from '../server-release.ts'
import type { Master } from '../state/master.ts'
import { outcomeOf } from '../monitoring/lost-data.ts'
import { announcedName, currentAddress } from '../monitoring/announce.ts'
import { announcedEndpoint } from '../state/address.ts'
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
  const home = announcedEndpoint(currentAddress(master), state.globals.announceHostnames)
  return [...master.replicas.values()].flatMap(({ name, foreign }): Problem[] => (
    foreign === undefined ? [] : [{ kind: 'foreign-node', replica: name, ...foreign, ours, master: home }]
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
