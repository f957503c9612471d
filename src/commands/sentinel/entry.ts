import { shownFields, type DataNodeView, type InstanceView, type MasterView, type PeerView, type ReplicaView } from '../../core/index.ts'
import { map } from '../../resp/index.ts'
import type { RespValue } from '../../resp/index.ts'

/**
 * Entries of SENTINEL MASTER, REPLICAS and SENTINELS. Field names, their order and when they are present:
 * protocol.md 2.2. Every value is a bulk string.
 */

export function masterEntry(master: MasterView): RespValue {
  const fields = startFields(master)
  if (master.failoverState !== undefined) fields.push('failover-state', master.failoverState)
  addPingFields(fields, master)
  if (master.odownMs !== undefined) fields.push('o-down-time', `${master.odownMs}`)
  addDataNodeFields(fields, master)
  fields.push(
    'config-epoch', `${master.configEpoch}`,
    'num-slaves', `${master.replicaCount}`,
    'num-other-sentinels', `${master.otherSentinelCount}`,
    ...shownFields(master.settings).flat(),
  )
  return map(fields)
}

export function replicaEntry(replica: ReplicaView): RespValue {
  const fields = startFields(replica)
  addPingFields(fields, replica)
  addDataNodeFields(fields, replica)
  fields.push(
    'master-link-down-time', `${replica.masterLinkDownMs}`,
    'master-link-status', replica.masterLinkUp ? 'ok' : 'err',
    'master-host', replica.masterHost ?? '?',
    'master-port', `${replica.masterPort}`,
    'slave-priority', `${replica.priority}`,
    'slave-repl-offset', `${replica.offset}`,
    'replica-announced', replica.announced ? '1' : '0',
  )
  return map(fields)
}

export function peerEntry(peer: PeerView): RespValue {
  const fields = startFields(peer)
  addPingFields(fields, peer)
  fields.push(
    'down-after-milliseconds', `${peer.downAfterMs}`,
    'last-hello-message', `${peer.lastHelloMs}`,
    'voted-leader', peer.votedLeader ?? '?',
    'voted-leader-epoch', `${peer.votedLeaderEpoch}`,
  )
  return map(fields)
}

function startFields(instance: InstanceView): string[] {
  return [
    'name', instance.name,
    'ip', instance.host,
    'port', `${instance.port}`,
    'runid', instance.runId,
    'flags', instance.flags.join(','),
    'link-pending-commands', `${instance.pendingCommands}`,
    'link-refcount', `${instance.linkRefcount}`,
  ]
}

function addPingFields(fields: string[], instance: InstanceView): void {
  fields.push(
    'last-ping-sent', `${instance.lastPingSentMs}`,
    'last-ok-ping-reply', `${instance.lastOkPingReplyMs}`,
    'last-ping-reply', `${instance.lastPingReplyMs}`,
  )
  if (instance.sdownMs !== undefined) fields.push('s-down-time', `${instance.sdownMs}`)
}

function addDataNodeFields(fields: string[], node: DataNodeView): void {
  fields.push(
    'down-after-milliseconds', `${node.downAfterMs}`,
    'info-refresh', `${node.infoRefreshMs}`,
    'role-reported', node.roleReported,
    'role-reported-time', `${node.roleReportedMs}`,
  )
}
