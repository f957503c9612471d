/**
 * Updates a node's record from INFO (behaviour.md 5.1, 5.2). Runs in TILT as well; nothing here gives an order to a
 * node.
 */
import { hostAndPort } from '../../text/index.ts'
import { FORMER_RUN_IDS_MAX, NO_POSITION, STALE_LAG_SECONDS, VERSION_CHARS_MAX, ZONE_CHARS_MAX } from '../limits.ts'
import { addressForRecord } from '../names.ts'
import { ownText } from '../own-text.ts'
import { confirmedReplica } from '../state/failover.ts'
import { tombstoneOf } from '../state/forgotten.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { addReplica } from './records.ts'
import type { Replica } from '../state/replica.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import { dropTombstone, recordForgottenListing } from '../tombstones.ts'
import type { Turn } from '../turn.ts'
import { announcedName } from './announce.ts'
import { isCertainlyOurs, judgeOrigin, listsStrangers } from './foreign-nodes.ts'
import { keepInfoText } from './info-cache.ts'
import type { InfoFacts } from './info-parser.ts'
import { judgeData, recordCopy } from './lost-data.ts'
import { recordContact } from './master-contact.ts'
import { standingOf } from './standing.ts'
import { dropTwins } from './twins.ts'
import { isDroppedTwin, recordListing } from './known-twins.ts'

/** A reply to INFO. `askedAt`: INFO was sent then or, where it waited for a save, later. */
export interface InfoReply {
  readonly text: string
  readonly facts: InfoFacts
  readonly askedAt: Millis
}

export function absorbInfo(turn: Turn, node: DataNode, { text, facts, askedAt }: InfoReply): void {
  keepInfoText(turn.state, node, text)
  node.infoAt = turn.now.mono
  if (node.kind === 'replica') recordContact(turn, node, facts, askedAt)
  node.infoSent = undefined
  absorbRunId(turn, node, facts.runId)
  absorbVersion(node, facts)
  absorbZone(node, facts)
  node.replid = facts.replid
  node.replid2 = facts.replid2
  absorbServerFailover(turn, node, facts)
  if (node.kind === 'master') absorbListing(turn, node, facts)
  else absorbReplicaFacts(turn, node, facts)
  absorbRole(turn, node, facts.role)
  if (node.kind === 'master') absorbMasterData(turn, node, facts)
  else absorbReplicaData(turn, node, facts)
  if (node.kind === 'replica' && facts.role === 'slave') Object.assign(node, { deposedAt: undefined, replicaRunId: node.runId })
  if (facts.role === 'unknown') turn.complain(describe(node), 'an INFO reply without a role')
  turn.touch(node)
  dropTwins(turn, node)
}

function absorbServerFailover(turn: Turn, node: DataNode, facts: InfoFacts): void {
  const { failoverState, role, masterHost, masterPort = 0, masterLinkUp = false } = facts
  const isActive = failoverState !== undefined && failoverState !== 'no-failover'
  if (!isActive) node.failoverSince = undefined
  else if (node.failoverState !== failoverState) node.failoverSince = turn.now.mono
  node.failoverState = failoverState
  if (node.kind !== 'master') return
  const isReplica = role === 'slave' && masterHost !== undefined
  node.follows = isReplica
    ? { host: ownText(masterHost), port: masterPort, isLinkUp: masterLinkUp, standing: standingOf(facts) } : undefined
}

function absorbMasterData(turn: Turn, master: Master, facts: InfoFacts): void {
  judgeData(turn, master, facts)
  const { role, isLoading, ownOffset, replid, replid2 } = facts
  if (role !== 'master' || isLoading || ownOffset === undefined) return
  // What its replicas lack is measured by the data that it lost.
  if (master.lostData?.stage === 'asked' || master.lostData?.stage === 'down') return
  master.position = { offset: ownOffset, replid, replid2 }
}

function absorbReplicaData(turn: Turn, replica: Replica, facts: InfoFacts): void {
  const master = masterOf(turn.state, replica)
  if (master !== undefined) replica.listsStrangers = listsStrangers(turn.state, master, facts)
  recordCopy(turn, replica)
  judgeOrigin(turn, replica)
}

/** The node's name in log lines about malformed messages. */
export function describe(node: DataNode): string {
  return hostAndPort(node.address.host, node.address.port)
}

/** A new run id of a known node is a restart (behaviour.md 4.5). */
function absorbRunId(turn: Turn, node: DataNode, runId: string | undefined): void {
  if (runId === undefined || node.runId === runId) return
  const isRestart = node.runId !== undefined
  if (isRestart) turn.emit('+reboot', node)
  if (isRestart && node.kind === 'master' && node.settings.rebootDownAfterMs !== 0) node.rebootSince = turn.now.mono
  if (node.runId !== undefined) {
    if (node.formerRunIds.includes(runId)) noteShared(turn, node)
    node.formerRunIds = [node.runId, ...node.formerRunIds].slice(0, FORMER_RUN_IDS_MAX)
  }
  node.runId = ownText(runId)
  node.runIdSince = turn.now.mono
}

function absorbVersion(node: DataNode, { version }: InfoFacts): void {
  if (version !== undefined && version !== node.version) node.version = ownText(version.slice(0, VERSION_CHARS_MAX))
}

function absorbZone(node: DataNode, { zone }: InfoFacts): void {
  if (zone !== node.zone) node.zone = zone === undefined ? undefined : ownText(zone.slice(0, ZONE_CHARS_MAX))
}

/** Once a replica has been promoted, another deployment may have the old address, and its replicas are none of ours. */
function absorbListing(turn: Turn, master: Master, facts: InfoFacts): void {
  if (confirmedReplica(master) !== undefined) {
    master.listsStrangers = listsStrangers(turn.state, master, facts)
    if (!isCertainlyOurs(turn.state, master, master)) return
  }
  discoverReplicas(turn, master, facts)
}

function discoverReplicas(turn: Turn, master: Master, facts: InfoFacts): void {
  const listed = new Set<string>()
  const twice = new Set<string>()
  const live = new Set<string>()
  for (const { host, port, lagSeconds = 0, isOnline } of facts.replicas) {
    const address = addressForRecord(turn, ownText(host), port)
    if (address === undefined) continue
    const name = announcedName(turn.state, address)
    if (lagSeconds < STALE_LAG_SECONDS) (live.has(name) ? twice : live).add(name)
    listed.add(name)
    const isHidden = isDroppedTwin(master, name) || staysForgotten(turn, master, name, live.has(name))
    const added = isHidden ? undefined : addReplica(turn, master, address)
    const replica = added ?? master.replicas.get(name)
    if (replica !== undefined) {
      Object.assign(replica, { listedAt: turn.now.mono, listedAs: { host: ownText(host), port, isOnline } })
    }
    if (added === undefined) continue
    turn.emit('+slave', added)
    turn.persist()
  }
  recordListing(master, listed)
  recordForgottenListing(turn, master, live)
  noteListedTwice(turn, master, twice)
}

/** A forgotten replica is known again once the master lists it after a break: it has come back. */
function staysForgotten(turn: Turn, master: Master, name: string, isLive: boolean): boolean {
  const tombstone = tombstoneOf(master, 'replica', name, turn.now.mono)
  if (tombstone === undefined) return false
  if (tombstone.isListed || !isLive) return true
  dropTombstone(turn, master, 'replica', name)
  turn.note({ kind: 'known-again', master: master.name, what: 'replica', name })
  return false
}

function noteListedTwice(turn: Turn, master: Master, names: ReadonlySet<string>): void {
  const now = turn.now.mono
  for (const replica of master.replicas.values()) {
    if (!names.has(replica.name)) replica.listedTwiceSince = undefined
    else if (replica.listedTwiceSince === undefined) replica.listedTwiceSince = now
    else if (now - replica.listedTwiceSince >= STALE_LAG_SECONDS * 1000) noteShared(turn, replica)
  }
}

function noteShared(turn: Turn, node: DataNode): void {
  if (node.isShared) return
  node.isShared = true
  const master = node.kind === 'master' ? node.name : node.masterName
  turn.noteOnce(`shared ${master} ${describe(node)}`, { kind: 'shared-address', master, address: describe(node) })
}

function absorbReplicaFacts(turn: Turn, replica: Replica, facts: InfoFacts): void {
  replica.masterLinkDownMs = facts.masterLinkDownMs
  replica.masterLinkUp = facts.masterLinkUp ?? replica.masterLinkUp
  replica.priority = facts.priority ?? replica.priority
  replica.offset = facts.offset ?? replica.offset
  if (facts.role === 'master') replica.ownOffset = facts.ownOffset ?? replica.ownOffset
  replica.announced = facts.announced ?? replica.announced
  if (facts.masterLinkUp === true && !facts.isLoading && replica.offset > NO_POSITION) replica.hadData = true
  replica.neverSynchronised = facts.neverSynchronised || hasLostData(replica, facts)
  replica.syncInProgress = facts.syncInProgress
  replica.isLoading = facts.isLoading
  replica.hasKeys = facts.hasKeys
  const { reportedMaster } = replica
  const host = facts.masterHost ?? reportedMaster?.host
  if (host === undefined) return
  const port = facts.masterPort ?? reportedMaster?.port ?? 0
  if (reportedMaster?.host.toLowerCase() === host.toLowerCase() && reportedMaster.port === port) return
  replica.reportedMaster = { host: ownText(host), port }
  replica.replicationChangedAt = turn.now.mono
}

/** Whether a full synchronisation failed after the replica had discarded its old data. */
function hasLostData({ hadData }: Replica, { masterLinkUp, hasKeys, offset = 0n }: InfoFacts): boolean {
  return hadData && masterLinkUp === false && hasKeys === false && offset <= NO_POSITION
}

function absorbRole(turn: Turn, node: DataNode, role: InfoFacts['role']): void {
  if (role === 'master') {
    node.shownAsMasterAt = turn.now.mono
    if (node.kind === 'master') node.wasResetWhileGone = false
  } else if (node.kind === 'replica' && node.masterLinkUp) node.shownAsMasterAt = undefined
  if (node.roleReported === role) return
  node.roleReported = role
  node.roleReportedSince = turn.now.mono
  if (role === 'slave') node.replicationChangedAt = turn.now.mono
  const expected = node.kind === 'master' ? 'master' : 'slave'
  const shown = role === 'master' ? 'master' : 'slave'
  turn.emit(role === expected ? '+role-change' : '-role-change', node, { role: shown })
}
