/** The read-only view of the state. */
import { checkQuorum } from '../detection/quorum.ts'
import { announced, currentAddress } from '../monitoring/announce.ts'
import { dataNodesOf } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { outsideAuthPass, peerLogin } from '../state/outside-passwords.ts'
import type { SentinelState } from '../state/sentinel-state.ts'
import type { Millis, Now } from '../time.ts'
import { explainMaster } from './explain-master.ts'
import { viewForgotten, type ForgottenView } from './forgotten-view.ts'
import { viewMaster, viewPeer, viewReplicas } from './instance-view.ts'
import type { MasterExplanation } from './explanation.ts'
import { viewSchedule } from './schedule-view.ts'
import type { ClientAddress, InfoCacheEntry, MasterView, SentinelSummary, SentinelView } from './view.ts'

/** `revision` grows before every change of the state. */
export function createView(state: SentinelState, revision: () => number): SentinelView {
  const find = (name: string) => state.masters.get(name)
  return {
    myId: state.myId,
    get currentEpoch() { return state.currentEpoch },
    get revision() { return revision() },
    masterNames: () => [...state.masters.keys()],
    hasMaster: (name) => state.masters.has(name),
    master: (name, now) => mapFound(find(name), (master) => (
      withForgotten(viewScheduled(state, master, now), master, now.mono)
    )),
    replicas: (name, now) => mapFound(find(name), (master) => viewReplicas(state, master, now.mono)) ?? [],
    peers: (name, now) => valuesOf(find(name)?.peers).map((peer) => viewPeer(state, peer, now.mono)),
    clientAddress: (name) => mapFound(find(name), (master) => clientAddress(state, master)),
    infoCache: (name, now) => mapFound(find(name), (master) => infoCache(master, now)) ?? [],
    quorumCheck: (name) => mapFound(find(name), checkQuorum),
    explain: (name, now) => mapFound(find(name), (master) => (
      withForgotten(explainScheduled(state, master, now), master, now.mono)
    )),
    summary: (now) => summarize(state, now),
    globals: () => ({ ...state.globals }),
    isPasswordOutside: (of) => isPasswordOutside(state, of),
    peerLogin: () => peerLogin(state),
    tunable: (name) => state.tunables[name],
  }
}

function isPasswordOutside({ outsidePasswords }: SentinelState, of: 'peers' | { readonly master: string }): boolean {
  const password = of === 'peers' ? outsidePasswords.sentinelPass : outsideAuthPass(outsidePasswords, of.master)
  return password !== undefined
}

function viewScheduled(state: SentinelState, master: Master, now: Now): MasterView {
  const schedule = viewSchedule(master, now)
  return { ...viewMaster(state, master, now.mono), ...schedule === undefined ? {} : { schedule } }
}

function explainScheduled(state: SentinelState, master: Master, now: Now): MasterExplanation {
  return { ...explainMaster(state, master, now.mono), schedule: viewSchedule(master, now) }
}

function withForgotten<View extends object>(
  view: View, master: Master, now: Millis,
): View & { readonly forgotten?: readonly ForgottenView[] } {
  const forgotten = viewForgotten(master, now)
  return forgotten === undefined ? view : { ...view, forgotten }
}

function mapFound<Found, Result>(found: Found | undefined, map: (found: Found) => Result): Result | undefined {
  return found === undefined ? undefined : map(found)
}

function valuesOf<Value>(map: ReadonlyMap<string, Value> | undefined): Value[] {
  return map === undefined ? [] : [...map.values()]
}

function clientAddress(state: SentinelState, master: Master): ClientAddress {
  const address = currentAddress(master)
  return { host: announced(state, address), port: address.port, durableFrom: master.addressDurableFrom }
}

function infoCache(master: Master, now: Now): readonly InfoCacheEntry[] {
  return dataNodesOf(master).map((node) => ({
    ageMs: node.infoAt === undefined ? 0 : now.mono - node.infoAt,
    text: node.infoText,
  }))
}

function summarize(state: SentinelState, now: Now): SentinelSummary {
  return {
    tilt: state.tiltSince !== undefined,
    tiltMs: state.tiltSince === undefined ? undefined : now.mono - state.tiltSince,
    simulatedFailure: state.simulatedFailure,
    masters: [...state.masters.values()].map((master) => ({
      name: master.name,
      status: master.odown ? 'odown' : master.sdown ? 'sdown' : 'ok',
      host: announced(state, master.address),
      port: master.address.port,
      replicas: master.replicas.size,
      sentinels: master.peers.size + 1,
    })),
  }
}
