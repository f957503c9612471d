/**
 * What INFO changes in our picture of a node (behaviour.md 5.1, 5.2). Runs in TILT as well; nothing here gives an
 * order to a node.
 */
import { recordAddress } from '../names.ts'
import { ownText } from '../own-text.ts'
import type { DataNode } from '../state/instance.ts'
import type { Master } from '../state/master.ts'
import { addReplica } from '../state/records.ts'
import type { Replica } from '../state/replica.ts'
import type { Turn } from '../turn.ts'
import { keepInfoText } from './info-cache.ts'
import type { InfoFacts } from './info-parser.ts'

export function absorbInfo(turn: Turn, node: DataNode, text: string, facts: InfoFacts): void {
  keepInfoText(turn.state, node, text)
  node.infoAt = turn.now.mono
  node.infoSent = undefined
  absorbRunId(turn, node, facts.runId)
  if (node.kind === 'master') discoverReplicas(turn, node, facts)
  else absorbReplicaFacts(turn, node, facts)
  absorbRole(turn, node, facts.role)
  if (facts.role === 'unknown') turn.complain(describe(node), 'an INFO reply without a role')
  turn.touch(node)
}

/** Names a node in complaints. */
export function describe(node: DataNode): string {
  return `${node.address.host}:${node.address.port}`
}

/** A new run id of a known node is a restart (behaviour.md 4.5). */
function absorbRunId(turn: Turn, node: DataNode, runId: string | undefined): void {
  if (runId === undefined || node.runId === runId) return
  const isRestart = node.runId !== undefined
  if (isRestart) turn.emit('+reboot', node)
  if (isRestart && node.kind === 'master' && node.rebootDownAfterMs !== 0) node.rebootSince = turn.now.mono
  node.runId = ownText(runId)
}

function discoverReplicas(turn: Turn, master: Master, facts: InfoFacts): void {
  for (const { host, port } of facts.replicas) {
    const address = recordAddress(turn, ownText(host), port)
    const replica = address === undefined ? undefined : addReplica(turn, master, address)
    if (replica === undefined) continue
    turn.emit('+slave', replica)
    turn.persist()
  }
}

function absorbReplicaFacts(turn: Turn, replica: Replica, facts: InfoFacts): void {
  replica.masterLinkDownMs = facts.masterLinkDownMs
  replica.masterLinkUp = facts.masterLinkUp ?? replica.masterLinkUp
  replica.priority = facts.priority ?? replica.priority
  replica.offset = facts.offset ?? replica.offset
  replica.announced = facts.announced ?? replica.announced
  const { reportedMaster } = replica
  const host = facts.masterHost ?? reportedMaster?.host
  if (host === undefined) return
  const port = facts.masterPort ?? reportedMaster?.port ?? 0
  if (reportedMaster?.host.toLowerCase() === host.toLowerCase() && reportedMaster.port === port) return
  replica.reportedMaster = { host: ownText(host), port }
  replica.replicationChangedAt = turn.now.mono
}

function absorbRole(turn: Turn, node: DataNode, role: InfoFacts['role']): void {
  if (node.roleReported === role) return
  node.roleReported = role
  node.roleReportedSince = turn.now.mono
  if (role === 'slave') node.replicationChangedAt = turn.now.mono
  const expected = node.kind === 'master' ? 'master' : 'slave'
  const shown = role === 'master' ? 'master' : 'slave'
  turn.emit(role === expected ? '+role-change' : '-role-change', node, `new reported role is ${shown}`)
}
