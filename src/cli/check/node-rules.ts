/** Findings from the answers of the nodes. */
import { addressText } from '../../explain/index.ts'
import { count, isLoopback } from '../../text/index.ts'
import { contactFindings } from './contact-rules.ts'
import { finding, type Finding } from './finding.ts'
import { nodeIdentityFindings } from './identity-rules.ts'
import { whereOf, type NodeAnswers, type NodeReport } from './node-report.ts'
import type { MasterProbe, Probe } from './probe.ts'
import { announcedFindings, sentinelFindings } from './sentinel-rules.ts'

/** `announceLine`: the place of the line announce-ip. */
export function checkNodes(answers: Probe, announceLine: string): Finding[] {
  const ofMasters = answers.masters.flatMap((probe) => {
    const reports = [probe.monitored, ...probe.replicas]
    return [
      ...reports.flatMap(contactFindings), ...sentinelFindings(probe, answers.ownId), ...masterFindings(probe),
      ...candidateFindings(probe), ...nodeIdentityFindings(probe),
      ...probe.replicas.flatMap((replica) => replicaFindings(probe, replica)),
    ]
  })
  return [...announcedFindings(answers, announceLine), ...ofMasters]
}

function masterFindings({ monitored, replicas }: MasterProbe): Finding[] {
  const answers = answersOf(monitored)
  const { master } = monitored
  const info = answers?.info
  if (answers === undefined || info === undefined) return []
  const where = whereOf(monitored)
  if (info.get('role') === 'slave') {
    return [finding('error', 'monitored-is-replica', where, [
      `${master.name} is monitored at ${where}, which is a replica of ${info.get('master_host') ?? '?'}:${info.get('master_port') ?? '?'}`,
      `write \`sentinel monitor ${master.name} ${info.get('master_host') ?? '<address>'} ${info.get('master_port') ?? '<port>'}`
      + ` ${master.settings.quorum}\`; replicas are found through the master`,
    ])]
  }
  const elsewhere = replicas.find(({ address, namedBy }) => namedBy === 'master' && !isLoopback(address.host))
  if (isLoopback(master.host) && elsewhere !== undefined) {
    return [finding('error', 'monitor-loopback', where, [
      `${master.name} is monitored at ${where}, a loopback address, and its replica ${whereOf(elsewhere)} is on another machine: sentinels and`
      + ' clients there get an address that is their own machine',
      'write an address of the master that all machines can reach, on all sentinels',
    ])]
  }
  const word = replicaWord([answers])
  const minimum = answers.settings.get(`min-${word}s-to-write`)
  const needsPassword = (answers.settings.get('requirepass') ?? '') !== ''
  return [
    ...replicas.length > 0 ? [] : [finding('warning', 'no-replicas', where, [
      `${master.name} has no replica: no failover is possible`, 'start a replica at an address that the sentinels can reach',
    ])],
    ...replicas.length === 0 || minimum !== '0' ? [] : [
      finding('advice', 'min-replicas', where, [
        `${where} accepts writes without a connected replica: isolated from the others it acknowledges writes that are lost later`,
        `consider \`min-${word}s-to-write 1\` and \`min-${word}s-max-lag 10\` on all nodes`,
      ]),
    ],
    ...minimumTooHigh(monitored, replicas.length, minimum, word),
    ...needsPassword && answers.settings.get('masterauth') === '' ? [finding('warning', 'master-without-masterauth', where, [
      `${where}, the master of ${master.name}, has a password but no masterauth: after a failover it cannot follow the new master`,
      `${masterLogin(answers)} on every node, the master included`,
    ])] : [],
  ]
}

/** After a failover the new master has one replica less: the old master is down. */
function minimumTooHigh(monitored: NodeReport, replicas: number, minimum: string | undefined, word: string): Finding[] {
  const least = Number(minimum ?? '0')
  return replicas === 0 || least < replicas ? [] : [finding('warning', 'min-replicas-too-high', whereOf(monitored), [
    `min-${word}s-to-write is ${minimum ?? ''}, and ${monitored.master.name} has ${count(replicas, 'replica')}: when one node is lost,`
    + ' the master refuses writes, after a failover too',
    `set min-${word}s-to-write to ${Math.max(replicas - 1, 0)} on all nodes, or start another replica`,
  ])]
}

function candidateFindings({ monitored, replicas }: MasterProbe): Finding[] {
  const infos = replicas.map((replica) => answersOf(replica)?.info).filter((info) => info !== undefined)
  const isPriorityZero = infos.length > 0 && infos.length === replicas.length
    && infos.every((info) => info.get('slave_priority') === '0')
  return isPriorityZero ? [finding('error', 'all-priority-zero', whereOf(monitored), [
    `all replicas of ${monitored.master.name} have priority 0: none can be promoted`,
    `set ${replicaWord(replicas.map(answersOf))}-priority to 100 on one or more of them`,
  ])] : []
}

function replicaFindings({ monitored }: MasterProbe, replica: NodeReport): Finding[] {
  const answers = answersOf(replica)
  const info = answers?.info
  if (answers === undefined || info === undefined) return []
  const where = whereOf(replica)
  return [
    ...roleFindings(monitored, replica, info), ...linkFindings(monitored, answers, where),
    ...announceFindings(monitored, replica, answers), ...infoFlagFindings(info, where),
  ]
}

function roleFindings(monitored: NodeReport, replica: NodeReport, info: ReadonlyMap<string, string>): Finding[] {
  const { master } = monitored
  const where = whereOf(replica)
  if (info.get('role') === 'master') {
    return [finding('warning', 'replica-is-master', where, [
      `${where} is known as a replica of ${master.name}, but is a master: sentinels will make it a replica, and it will lose its data`,
      'if it belongs to another group, stop the sentinels and remove its known-replica line',
    ])]
  }
  const [host, port] = [info.get('master_host') ?? '', Number(info.get('master_port') ?? '0')]
  // A replica that the master lists follows it, whatever address it reports. A master that does not answer lists none.
  const isListed = replica.namedBy === 'master' || answersOf(monitored) === undefined
  const follows = isListed || (host === master.host && port === master.port) || isSameNode(monitored, host, port)
  return follows ? [] : [
    finding('warning', 'replica-of-another', where, [
      `${where} is known as a replica of ${master.name} (${addressText(master)}), but follows ${addressText({ host, port })}`,
      'if it belongs to another group, stop the sentinels and remove its known-replica line; otherwise run REPLICAOF on it',
    ]),
  ]
}

/** Whether the replica reports its master under another address of the same machine. */
function isSameNode(monitored: NodeReport, host: string, port: number): boolean {
  return port === monitored.master.port && isLoopback(host) && isLoopback(monitored.master.host)
}

function linkFindings(monitored: NodeReport, answers: NodeAnswers, where: string): Finding[] {
  const { info, settings } = answers
  const hasPassword = (answersOf(monitored)?.settings.get('requirepass') ?? '') !== ''
  if (hasPassword && settings.get('masterauth') === '') {
    return [finding('error', 'replica-without-masterauth', where, [
      `${where} has no masterauth, but its master has a password: it cannot follow the master`, `${masterLogin(answers)} on every node`,
    ])]
  }
  return info?.get('role') !== 'slave' || info.get('master_link_status') !== 'down' ? [] : [
    finding('warning', 'replica-link-down', where, [
      `${where} has no connection to its master: after some time it can no longer be promoted`,
      'read its log; a first synchronisation may be running',
    ]),
  ]
}

function announceFindings(
  monitored: NodeReport, { address, namedBy }: NodeReport, { settings }: NodeAnswers,
): Finding[] {
  const announced = settings.get('replica-announce-ip') || settings.get('slave-announce-ip') || ''
  if (namedBy === 'master' && isLoopback(address.host) && !isLoopback(monitored.master.host)) {
    return [finding('error', 'replica-announces-loopback', addressText(address), [
      `the master of ${monitored.master.name} lists a replica at ${addressText(address)}, a loopback address that other machines cannot reach`,
      `set ${settings.has('slave-announce-ip') && !settings.has('replica-announce-ip') ? 'slave' : 'replica'}-announce-ip of that replica to an address that all machines can reach`,
    ])]
  }
  return announced === '' || announced === address.host ? [] : [finding('warning', 'replica-announce-ip', addressText(address), [
    `${addressText(address)} announces the address ${announced}: redis-sentinel sees it as two replicas`,
    'use one address for it everywhere',
  ])]
}

function infoFlagFindings(info: ReadonlyMap<string, string>, where: string): Finding[] {
  return info.get('replica_announced') !== '0' ? [] : [finding('advice', 'replica-not-announced', where, [
    `${where} has replica-announced no: clients that ask sentinels for replicas do not get it`, 'set `replica-announced yes`, unless that is intended',
  ])]
}

/** The word in names of settings. Releases before 5.0 have only the older names, newer ones have both. */
function replicaWord(nodes: readonly (NodeAnswers | undefined)[]): 'replica' | 'slave' {
  const isOld = nodes.some((node) => node?.settings.has('min-slaves-to-write') === true
    && !node.settings.has('min-replicas-to-write'))
  return isOld ? 'slave' : 'replica'
}

/** What to set for a login at the master. Releases before 6 have no masteruser. */
function masterLogin({ settings }: NodeAnswers): string {
  return settings.has('masteruser') ? 'set masterauth (and masteruser)' : 'set masterauth'
}

function answersOf({ contact }: NodeReport): NodeAnswers | undefined {
  return contact.kind === 'answers' && contact.server === 'data-node' ? contact : undefined
}
