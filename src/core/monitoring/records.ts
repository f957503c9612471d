/** Creation and removal of records, and the sharing of links between records of one peer (behaviour.md 1.4, 1.5). */
import { announcedName } from './announce.ts'
import { forgetInfoText } from './info-cache.ts'
import { closeLink } from './reconnect.ts'
import { recordMasterAsReplica } from './known-twins.ts'
import { PEERS_MAX, REPLICAS_MAX } from '../limits.ts'
import type { Turn } from '../turn.ts'
import { type Address, sameAddress } from '../state/address.ts'
import type { Epoch } from '../state/ids.ts'
import type { Instance } from '../state/instance.ts'
import { newDataNodeFacts, newInstanceFacts } from '../state/facts.ts'
import { newLink } from '../state/link.ts'
import { type Master, newAttempt } from '../state/master.ts'
import type { Peer } from '../state/peer.ts'
import type { Replica } from '../state/replica.ts'
import type { MasterSettings } from '../state/settings.ts'

export interface NewMaster {
  readonly name: string
  readonly address: Address
  readonly settings: MasterSettings
  readonly leaderEpoch: Epoch
}

/** Adds a master. The caller has checked that the name is free. */
export function addMaster(turn: Turn, given: NewMaster): Master {
  const now = turn.now.mono
  const master: Master = {
    kind: 'master',
    ...newDataNodeFacts({
      id: turn.nextRecordId(),
      address: given.address,
      link: newLink('data-node', now),
      settings: given.settings,
      now,
      role: 'master',
    }),
    name: given.name,
    replicas: new Map(),
    peers: new Map(),
    odown: false,
    odownSince: undefined,
    shownAsMasterAt: turn.now.mono,
    wasResetWhileGone: false,
    rebootSince: undefined,
    acceptedData: undefined,
    position: undefined,
    lostData: undefined,
    suspicion: undefined,
    configEpoch: 0n,
    leader: undefined,
    leaderEpoch: given.leaderEpoch,
    voteSeq: 0,
    votedForOtherAt: given.leaderEpoch > 0n ? turn.now.mono : undefined,
    pause: undefined,
    orderNotice: undefined,
    schedule: undefined,
    pauseQuestions: [],
    failover: { phase: 'none', since: undefined },
    attempt: newAttempt(),
    handover: undefined,
    follows: undefined,
    successor: undefined,
    lastHello: undefined,
    addressDurableFrom: 0,
    twins: new Map(),
    forgotten: [],
    aliveAtOnce: 1,
    lastVerdict: undefined,
  }
  turn.state.masters.set(master.name, master)
  register(turn, master)
  return master
}

/** Adds a replica, or returns undefined when it is known already, is the master itself, or there are too many. */
export function addReplica(turn: Turn, master: Master, address: Address): Replica | undefined {
  const now = turn.now.mono
  const name = announcedName(turn.state, address)
  if (master.replicas.has(name) || master.replicas.size >= REPLICAS_MAX) return undefined
  if (sameAddress(address, master.address)) {
    recordMasterAsReplica(turn, master, address)
    return undefined
  }
  const replica: Replica = {
    kind: 'replica',
    ...newDataNodeFacts({
      id: turn.nextRecordId(),
      address,
      link: newLink('data-node', now),
      settings: master.settings,
      now,
      role: 'slave',
    }),
    name,
    masterName: master.name,
    masterLinkDownMs: 0,
    masterLinkUp: false,
    contact: undefined,
    reportedMaster: undefined,
    priority: 100,
    offset: 0n,
    shownAsMasterAt: undefined,
    ownOffset: 0n,
    announced: true,
    neverSynchronised: false,
    syncInProgress: false,
    isLoading: false,
    hasKeys: undefined,
    hadData: false,
    listedTwiceSince: undefined,
    listedAt: undefined,
    listedAs: undefined,
    deposedAt: undefined,
    replicaRunId: undefined,
    linkedAs: undefined,
    ownReplid: undefined,
    followedWith: undefined,
    strangeReplid: undefined,
    foreign: undefined,
    unknownSince: undefined,
    heldHello: undefined,
    reconfiguration: { stage: 'none' },
    correctedAt: undefined,
  }
  master.replicas.set(name, replica)
  register(turn, replica)
  return replica
}

/** Adds a peer, or returns undefined when there are too many. Records of one id share a link across masters. */
export function addPeer(turn: Turn, master: Master, address: Address, runId: string): Peer | undefined {
  const now = turn.now.mono
  if (master.peers.has(runId) || master.peers.size >= PEERS_MAX) return undefined
  const link = sharedLink(turn, master, runId) ?? newLink('sentinel', now)
  const facts = newInstanceFacts({ id: turn.nextRecordId(), address, link, settings: master.settings, now })
  const peer: Peer = {
    kind: 'peer',
    ...facts,
    name: runId,
    runId,
    masterName: master.name,
    lastHelloAt: now,
    heardAt: undefined,
    heardSince: now,
    masterDown: false,
    leader: undefined,
    leaderEpoch: 0n,
    lastMasterDownReplyAt: now,
    askedAt: undefined,
    askedEpoch: -1n,
    reaskMs: 0,
    isReaskWanted: false,
    answeredEpoch: -1n,
    announcedMaster: undefined,
    disagreement: undefined,
    lastVote: { epoch: 0n, answeredFor: undefined, askedAt: undefined },
    pause: { answeredFor: undefined, until: undefined },
  }
  master.peers.set(runId, peer)
  register(turn, peer)
  return peer
}

function sharedLink(turn: Turn, master: Master, runId: string) {
  for (const other of turn.state.masters.values()) {
    const twin = other === master ? undefined : other.peers.get(runId)
    if (twin !== undefined) return twin.link
  }
  return undefined
}

function register(turn: Turn, instance: Instance): void {
  turn.state.records.set(instance.id, instance)
  instance.link.users.add(instance.id)
  turn.touch(instance)
}

/** Forgets a record; its link is closed when no other record uses it. Replies that arrive later are ignored. */
export function forget(turn: Turn, instance: Instance): void {
  const { state } = turn
  if (instance.kind !== 'peer') forgetInfoText(state, instance)
  state.records.delete(instance.id)
  state.deadlines.set(instance.id, undefined)
  state.dirty.delete(instance.id)
  instance.link.users.delete(instance.id)
  if (instance.link.users.size === 0) closeLink(turn, instance.link)
}

export function removePeer(turn: Turn, master: Master, peer: Peer): void {
  master.peers.delete(peer.runId)
  forget(turn, peer)
  turn.touch(master)
}

export function removeReplica(turn: Turn, master: Master, replica: Replica): void {
  master.replicas.delete(replica.name)
  forget(turn, replica)
  turn.touch(master)
}

/** Forgets a master with everything that belongs to it. */
export function removeMaster(turn: Turn, master: Master): void {
  for (const replica of master.replicas.values()) forget(turn, replica)
  for (const peer of master.peers.values()) forget(turn, peer)
  forget(turn, master)
  turn.state.masters.delete(master.name)
}
