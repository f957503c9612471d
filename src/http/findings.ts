/** What is wrong with this sentinel and with each master, as JSON. */
import type { MasterExplanation, Now } from '../core/index.ts'
import { diagnose, findingJson, type SentinelFindingCode } from '../explain/index.ts'
import type { FindingJson } from './json.ts'
import type { HttpWorld } from './world.ts'

type Words = readonly [severity: FindingJson['severity'], code: SentinelFindingCode, text: string, remedy?: string]

function ownFinding([severity, code, text, remedy]: Words): FindingJson {
  return findingJson({ code, severity, text, remedy, command: undefined, about: undefined })
}

/** `ofMasters`: the findings of its masters; those about this sentinel itself are repeated unchanged. */
export function sentinelFindings(
  { saves, keeps, webhooks, view }: HttpWorld, tilt: boolean, ofMasters: readonly FindingJson[],
): FindingJson[] {
  const { error } = saves()
  const itsOwn = (code: SentinelFindingCode): FindingJson | undefined => {
    const alike = ofMasters.filter((one) => one.code === code)
    return alike.find(({ severity }) => severity === 'critical') ?? alike[0]
  }
  const { error: keepError } = keeps()
  const failing = webhooks().filter(({ queued }) => queued > 10)
  const words: Words[] = [
    ...tilt ? [['critical', 'tilt', TILT, TILT_REMEDY] as const] : [],
    ...error === undefined ? [] : [['critical', 'config-not-saved', `The configuration file cannot be written (${error}). A restart would lose votes and epochs.`, DISK_REMEDY] as const],
    ...keepError === undefined ? [] : [['warning', 'state-not-saved', `The file of remembered state cannot be written (${keepError}). A restart would lose the history of failovers and the known replication ids.`, DISK_REMEDY] as const],
    ...failing.map(({ name, queued }) => [
      'warning', 'webhook-slow', `Webhook ${name} does not take events fast enough: ${queued} events wait.`, 'Check the receiver, and the log for its answers.',
    ] as const),
    ...view.masterNames().length === 0 ? [['warning', 'no-masters', 'This sentinel monitors no master.', 'Add one with SENTINEL MONITOR.'] as const] : [],
  ]
  return words.map((one) => itsOwn(one[1]) ?? ownFinding(one))
}

const TILT = 'This sentinel is in TILT: its clock jumped or the process was stopped. It makes no decisions until its clock has been steady for 30 s.'
const TILT_REMEDY = 'Check the clock of the machine and whether the machine was suspended. TILT ends by itself.'
const DISK_REMEDY = 'Make room on the disk, or correct the permissions of the file and its folder.'

/** The findings of SENTINEL EXPLAIN. */
export function masterFindings(
  { view, facts }: Pick<HttpWorld, 'view' | 'facts'>, name: string, now: Now,
): readonly FindingJson[] {
  const explanation = view.explain(name, now)
  return explanation === undefined ? [] : findingsIn(explanation, facts)
}

/** The findings of an explanation that was already made. */
export function findingsIn(explanation: MasterExplanation, facts: HttpWorld['facts']): readonly FindingJson[] {
  return diagnose(explanation, { tls: facts.redisCliTls() }).map(findingJson)
}
