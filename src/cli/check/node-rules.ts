/** What the nodes' answers mean for a failover. */
import { addressText } from '../../explain/index.ts'
import { contactFindings } from './contact-rules.ts'
import { finding, type Finding } from './finding.ts'
import { nodeIdentityFindings } from './identity-rules.ts'
import { isLoopback } from './address-rules.ts'
import { whereOf, type NodeAnswers, type NodeReport } from './node-report.ts'
import type { MasterProbe, Probe } from './probe.ts'

export function checkNodes({ masters }: Probe): Finding[] {
  return masters.flatMap((probe) => {
    const reports = [probe.monitored, ...probe.replicas]
    return [
      ...reports.flatMap(contactFindings), ...sentinelFindings(probe), ...masterFindings(probe),
      ...candidateFindings(probe), ...nodeIdentityFindings(probe),
      ...probe.replicas.flatMap((replica) => replicaFindings(probe, replica)),
    ]
  })
}

function sentinelFindings({ sentinels }: MasterProbe): Finding[] {
  return sentinels.flatMap(({ master, address, problem }) => problem === undefined ? [] : [
    finding('warning', 'sentinel-unreachable', addressText(address), [
      `the sentinel of ${master.name} cannot be asked: ${problem}`,
      'start it; or, if it is gone for good, run SENTINEL RESET on the others so that it does not count for the majority',
    ]),
  ])
}

function masterFindings({ monitored, replicas }: MasterProbe): Finding[] {
  const answers = answersOf(monitored)
  const { master } = monitored
  const info = answers?.info
  if (answers === undefined || info === undefined) return []
  const where = whereOf(monitored)
  if (info.get('role') === 'slave') {
    return [finding('error', 'monitored-is-replica', where, [
      `${master.name} is monitored at a replica (of ${info.get('master_host') ?? '?'}:${info.get('master_port') ?? '?'})`,
      'monitor the master; replicas are found by themselves',
    ])]
  }
  const word = replicaWord([answers])
  const minimum = answers.settings.get(`min-${word}s-to-write`)
  const needsPassword = (answers.settings.get('requirepass') ?? '') !== ''
  return [
    ...replicas.length > 0 ? [] : [finding('warning', 'no-replicas', where, [
      `${master.name} has no replica that could take over`, 'start a replica, with its address as the sentinels reach it',
    ])],
    ...replicas.length === 0 || minimum !== '0' ? [] : [
      finding('advice', 'min-replicas', where, [
        `${master.name} takes writes while no replica follows: cut off from the others it goes on, and those writes are lost`,
        `consider \`min-${word}s-to-write 1\` and \`min-${word}s-max-lag 10\` on all nodes`,
      ]),
    ],
    ...needsPassword && answers.settings.get('masterauth') === '' ? [finding('warning', 'master-without-masterauth', where, [
      `the master of ${master.name} has a password but no masterauth: after a failover it cannot follow the new master`,
      `${masterLogin(answers)} on every node, the master included`,
    ])] : [],
  ]
}

function candidateFindings({ monitored, replicas }: MasterProbe): Finding[] {
  const infos = replicas.map((replica) => answersOf(replica)?.info).filter((info) => info !== undefined)
  const isPriorityZero = infos.length > 0 && infos.length === replicas.length
    && infos.every((info) => info.get('slave_priority') === '0')
  return isPriorityZero ? [finding('error', 'all-priority-zero', whereOf(monitored), [
    `every replica of ${monitored.master.name} has priority 0: none may be promoted`,
    `set ${replicaWord(replicas.map(answersOf))}-priority of some to 100`,
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
      `it is known as a replica of ${master.name}, but it is a master itself: sentinels will make it a replica, and its data go`,
      'if it belongs to another group, stop the sentinels and remove its known-replica line',
    ])]
  }
  const [host, port] = [info.get('master_host') ?? '', Number(info.get('master_port') ?? '0')]
  // Whom a master lists does follow it, under whatever name; and a master that is silent cannot say.
  const isListed = replica.namedBy === 'master' || answersOf(monitored) === undefined
  const follows = isListed || (host === master.host && port === master.port) || isSameNode(monitored, host, port)
  return follows ? [] : [
    finding('warning', 'replica-of-another', where, [
      `it is known as a replica of ${master.name} (${addressText(master)}), but follows ${addressText({ host, port })}`,
      'if it belongs to another group, stop the sentinels and remove its known-replica line; else let it follow this master',
    ]),
  ]
}

/** A replica may know its master by another address of the same machine. */
function isSameNode(monitored: NodeReport, host: string, port: number): boolean {
  return port === monitored.master.port && isLoopback(host) && isLoopback(monitored.master.host)
}

function linkFindings(monitored: NodeReport, answers: NodeAnswers, where: string): Finding[] {
  const { info, settings } = answers
  const hasPassword = (answersOf(monitored)?.settings.get('requirepass') ?? '') !== ''
  if (hasPassword && settings.get('masterauth') === '') {
    return [finding('error', 'replica-without-masterauth', where, [
      'its master has a password, but it has no masterauth: it cannot follow', `${masterLogin(answers)} on every node`,
    ])]
  }
  return info?.get('role') !== 'slave' || info.get('master_link_status') !== 'down' ? [] : [
    finding('warning', 'replica-link-down', where, [
      'it has no connection to its master: after a while it may not be promoted',
      'look into its log; a first copy may be under way',
    ]),
  ]
}

function announceFindings(
  monitored: NodeReport, { address, namedBy }: NodeReport, { settings }: NodeAnswers,
): Finding[] {
  const announced = settings.get('replica-announce-ip') || settings.get('slave-announce-ip') || ''
  if (namedBy === 'master' && isLoopback(address.host) && !isLoopback(monitored.master.host)) {
    return [finding('error', 'replica-announces-loopback', addressText(address), [
      `the master of ${monitored.master.name} lists a replica at ${address.host}, which means another machine to every other one`,
      `set ${settings.has('slave-announce-ip') && !settings.has('replica-announce-ip') ? 'slave' : 'replica'}-announce-ip of that replica to an address that all can reach`,
    ])]
  }
  return announced === '' || announced === address.host ? [] : [finding('warning', 'replica-announce-ip', addressText(address), [
    `it announces the address ${announced}, but is known at ${address.host}: redis-sentinel takes it for two replicas`,
    'use one address for it everywhere',
  ])]
}

function infoFlagFindings(info: ReadonlyMap<string, string>, where: string): Finding[] {
  return info.get('replica_announced') !== '0' ? [] : [finding('advice', 'replica-not-announced', where, [
    'replica-announced is no: clients that ask sentinels for replicas do not see it', 'leave it so if that is meant',
  ])]
}

/** Releases before 5.0 have only the older name of a setting, newer ones have both. */
function replicaWord(nodes: readonly (NodeAnswers | undefined)[]): 'replica' | 'slave' {
  const isOld = nodes.some((node) => node?.settings.has('min-slaves-to-write') === true
    && !node.settings.has('min-replicas-to-write'))
  return isOld ? 'slave' : 'replica'
}

/** Releases before 6 have no masteruser. */
function masterLogin({ settings }: NodeAnswers): string {
  return settings.has('masteruser') ? 'set masterauth (and masteruser)' : 'set masterauth'
}

function answersOf({ contact }: NodeReport): NodeAnswers | undefined {
  return contact.kind === 'answers' ? contact : undefined
}
