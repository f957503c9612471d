/** Replicas: whether one can be promoted, and what is wrong with each. */
import type { MasterExplanation, ReplicaExplanation } from '../core/index.ts'
import { addressText } from './address-text.ts'
import { refusesLogin } from './access-findings.ts'
import { failureText, finding, hindrance, silentFor, type Case } from './case.ts'
import type { Finding } from './finding.ts'
import { durationText } from './duration-text.ts'
import { exclusionText } from './node-words.ts'
import { redisCli } from './shell-command.ts'

/** No replica can be promoted. */
export function candidateFindings(one: Case): Finding[] {
  const { explanation, isUrgent } = one
  const { replicas, candidate } = explanation
  const what = isUrgent ? 'no failover is possible' : 'no failover would be possible'
  if (candidate !== undefined || isAskedNow(explanation)) return []
  if (replicas.length === 0) {
    return [finding(hindrance(one), 'no-replica', `The master has no replica: ${what}.`, {
      about: addressText(explanation), remedy: isUrgent ? 'Start the master again: no other node is known to have its data.' : 'Start a replica at an address that the sentinels can reach.',
    })]
  }
  const [first] = replicas
  if (first !== undefined && replicas.every((replica) => whyOf(replica) === 'priority-zero')) {
    return [finding(hindrance(one), 'priority-zero', `All replicas have replica-priority 0, so none can be promoted: ${what}.`, {
      about: addressText(first),
      remedy: 'Set the priority of a replica that may be promoted, and keep it with CONFIG REWRITE.',
      command: redisCli(first, ['CONFIG', 'SET', 'replica-priority', '100'], one.options),
    })]
  }
  const whys = replicas.map((replica) => `${addressText(replica)}: ${excludedText(replica)}`)
  return [finding(hindrance(one), 'no-good-replica', `No replica can be promoted, so ${what}: ${whys.join('; ')}.`, {
    about: first === undefined ? undefined : addressText(first), remedy: 'Repair one of them.',
  })]
}

/** How long replicas may take to answer the INFO that is sent when the master is found down. */
const FRESH_INFO_MS = 1000

/** All that excludes a replica is the age of its INFO, and a newer one is on its way. */
function isAskedNow({ replicas, downMs }: MasterExplanation): boolean {
  return downMs !== undefined && downMs < FRESH_INFO_MS && replicas.some((replica) => whyOf(replica) === 'info-too-old')
}

function whyOf({ standing }: ReplicaExplanation) {
  return standing.kind === 'excluded' ? standing.why : undefined
}

function excludedText(replica: ReplicaExplanation): string {
  const { standing } = replica
  return standing.kind === 'excluded' ? `${exclusionText(standing, replica)}${failureText(replica)}` : 'it can be promoted'
}

export function replicaFindings({ explanation, isUrgent, options }: Case): Finding[] {
  return explanation.replicas.flatMap((replica): Finding[] => {
    const about = addressText(replica)
    if (whyOf(replica) === 'foreign' || refusesLogin(replica)) return []
    if (replica.sdown || replica.isConnected === false) {
      return [finding('warning', 'replica-down', `The replica ${about} ${replica.sdown ? 'is down' : 'cannot be reached'}${failureText(replica)}.`, {
        about, remedy: 'Start it, or repair the network to it.',
      })]
    }
    const { reported, silentMs } = replica
    if (silentMs !== undefined && replica.refusals.length === 0) {
      return [finding('warning', 'replica-down', `The replica ${about} has not answered for ${durationText(silentMs)}${failureText(replica)}.`, {
        about, remedy: 'Look at its process and its machine, or repair the network to it.',
      })]
    }
    if (reported?.role === 'master') {
      return [finding('warning', 'replica-is-master', `The replica ${about} reports the role of a master. It will be reconfigured.`, { about })]
    }
    // While the master is down or silent, all replicas have lost it.
    if (reported?.isMasterLinkUp === false && !isUrgent && silentFor(explanation) === undefined) {
      return [finding('warning', 'replica-link-down', `The replica ${about} has no connection to its master and receives no writes.`, {
        about, remedy: 'Its INFO shows since when; its log has the reason (masterauth, network).', command: redisCli(replica, ['INFO', 'replication'], options),
      })]
    }
    return []
  })
}
