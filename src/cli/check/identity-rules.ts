/** Rules about servers with two addresses, without synchronised data, or with an older release than their master. */
import { isOlderRelease } from '../../core/index.ts'
import { addressText, problemText } from '../../explain/index.ts'
import { finding, type Finding } from './finding.ts'
import { whereOf, type NodeReport } from './node-report.ts'
import type { MasterProbe } from './probe.ts'

type Info = ReadonlyMap<string, string>

/** Findings from the INFO of a master and its replicas. */
export function nodeIdentityFindings({ monitored, replicas, sharedAddresses }: MasterProbe): Finding[] {
  const known = [monitored, ...replicas].flatMap((report) => {
    const info = infoOf(report)
    return info === undefined ? [] : [{ report, info }]
  })
  const masterInfo = infoOf(monitored)
  return [
    ...sharedAddresses.map((address) => finding('error', 'shared-address', address, [
      problemText({ kind: 'shared-address', address }), 'give each replica an address of its own',
    ])),
    ...known.flatMap(({ report, info }, at) => {
      const runId = info.get('run_id')
      const twin = known.findIndex((other) => runId !== undefined && other.info.get('run_id') === runId)
      const first = known[twin]
      return twin === at || first === undefined ? [] : [finding('warning', 'same-server', whereOf(report), [
        `${whereOf(report)} and ${addressText(first.report.address)} are the same server (same run id)`,
        'use one address for it everywhere: replica-announce-ip, known-replica lines, the monitor line',
      ])]
    }),
    ...replicas.flatMap((report) => {
      const info = infoOf(report)
      return info === undefined ? [] : [
        ...origin(info, { report, masterInfo, known: known.map((one) => one.report) }),
        ...synchronisation(report, info), ...release(report, info, masterInfo),
      ]
    }),
  ]
}

function infoOf({ contact }: NodeReport): Info | undefined {
  return contact.kind === 'answers' && contact.server === 'data-node' ? contact.info : undefined
}

/**
 * A finding about a replica that never synchronised: `master_link_down_since_seconds` is then -1 in release 6.2 and
 * newer, and the time since 1970 in older ones.
 */
function synchronisation(report: NodeReport, info: Info): Finding[] {
  const down = Number(info.get('master_link_down_since_seconds') ?? '0')
  if (info.get('role') !== 'slave' || info.get('master_link_status') !== 'down' || (down >= 0 && down < 1e9)) return []
  const cause = info.get('master_sync_in_progress') === '1' ? ': a full synchronisation is in progress' : ''
  return [finding('warning', 'never-synchronised', whereOf(report), [
    `${whereOf(report)} has not synchronised with its master since it was started${cause}; it is promoted only if no other replica`
    + ' can be, and never while it is empty',
    'read its log; check masterauth and masteruser, the address of the master, and whether its release can read the data of the master',
  ])]
}

interface Deployment {
  readonly report: NodeReport
  readonly masterInfo: Info | undefined
  readonly known: readonly NodeReport[]
}

/** The replication id, and the one before it; zeros mean that there is none. */
function idsOf(info: Info | undefined): (string | undefined)[] {
  return ['master_replid', 'master_replid2'].map((field) => {
    const id = info?.get(field)
    return id === undefined || /^0*$/.test(id) ? undefined : id
  })
}

/**
 * A finding about a node with other data than the master: its link works to a server outside the deployment, or it is a
 * master whose data had another id before.
 */
function origin(info: Info, { report, masterInfo, known }: Deployment): Finding[] {
  const [[replid, second], [ours, before]] = [idsOf(info), idsOf(masterInfo)]
  if (replid === undefined || ours === undefined) return []
  if ([replid, second].some((id) => id !== undefined && (id === ours || id === before))) return []
  const who = whereOf(report)
  const { host, port } = report.master
  const todo = `if it belongs here, run "REPLICAOF ${host} ${port}" on it, which discards its data; otherwise correct the address`
  if (info.get('role') === 'master') {
    return second === undefined ? [] : [finding('warning', 'foreign-node', who, [
      `${who} is a master and may hold the data of another deployment: its replication ids are ${replid} and ${second}, not ${ours}`, todo,
    ])]
  }
  const follows = `${info.get('master_host')}:${info.get('master_port')}`
  if (info.get('master_link_status') !== 'up' || known.some(({ address }) => addressText(address) === follows)) return []
  return [finding('error', 'foreign-node', who, [
    `${who} holds the data of another deployment: it follows ${follows}, and its replication id is ${replid}, not ${ours}`, todo,
  ])]
}

function release(report: NodeReport, info: Info, masterInfo: Info | undefined): Finding[] {
  const [version, masterVersion] = [versionOf(info), masterInfo === undefined ? undefined : versionOf(masterInfo)]
  if (version === undefined || masterVersion === undefined || !isOlderRelease(version, masterVersion)) return []
  const replica = addressText(report.address)
  return [finding('warning', 'older-release', whereOf(report), [
    problemText({ kind: 'older-release', replica, version, masterVersion }), 'upgrade this replica; upgrade masters last',
  ])]
}

function versionOf(info: Info): string | undefined {
  return info.get('valkey_version') ?? info.get('redis_version')
}
