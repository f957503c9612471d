/** `ts-sentinel explain`: what is wrong with a master, and whether a failover would happen now, and why or why not. */
import type { ExplainDocument, FindingJson } from '../../documents/index.ts'
import { explanationDocument, fleetDocument } from '../../explain/index.ts'
import { UsageError } from '../connection/errors.ts'
import type { Line } from '../lines.ts'
import { withLocalTimes } from '../local-time.ts'
import { valuesOf } from './explanation-reading.ts'
import { findingLines } from './finding-lines.ts'
import { factsOf, type FleetReading } from './fleet-reader.ts'
import { EXPLAIN_HELP } from './help.ts'
import { sentinelTable } from './master-table.ts'
import type { Entry } from './sentinel-facts.ts'
import { printLines, runTool, type Tool, type ToolOutput } from './tool.ts'

const EXPLAIN: Tool = {
  name: 'explain',
  help: EXPLAIN_HELP,
  run: async ({ options: { rest, json, utc }, output, reader }) => {
    const [master] = rest
    if (master === undefined || rest.length > 1) throw new UsageError(`MASTER, the name of one master, is ${master === undefined ? 'missing' : `expected, not ${JSON.stringify(rest.join(' '))}`}`)
    const reading = await reader(master).read()
    const members = reading.members.map(({ member }) => member)
    const [merged] = fleetDocument({ members, masters: [master], wall: reading.wall }).masters
    const fields = factsOf(master, reading)?.explained ?? new Map<string, string>()
    const findings = merged?.findings ?? []
    const isRunning = merged?.views.some(({ failover }) => failover !== null) === true
    if (json) {
      const explained: ExplainDocument = { schemaVersion: 1, ...explanationDocument(fields), findings }
      output.print(`${JSON.stringify(explained, undefined, 2)}\n`)
    } else {
      printLines([
        ...headLines(fields, findings, { utc }),
        ...page(fields, { isGenuine: reading.self.reading?.kind === 'original', isRunning }, { utc }),
        ...merged === undefined || reading.members.length < 2 ? [] : [{ text: '' }, ...sentinelTable(merged, reading)],
      ], output)
    }
    return isRunning || (wouldFailOver(fields) && !isSelfInTilt(reading)) ? 0 : 1
  },
}

export function explainTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return runTool(EXPLAIN, args, output)
}

/** The cause, what to do and the command, before anything else. */
function headLines(
  fields: Entry, findings: readonly FindingJson[], times: { readonly utc: boolean },
): readonly Line[] {
  if (findings.length > 0) return [...findingLines(findings, times), { text: '' }]
  return [{ text: `OK        Nothing is wrong with ${fields.get('name') ?? 'this master'}.`, style: 'good' }, { text: '' }]
}

function isSelfInTilt({ self }: FleetReading): boolean {
  return self.member.sentinel.tilt === true
}

function wouldFailOver(fields: Entry): boolean {
  return fields.get('failover') !== 'no' || fields.get('if-master-died')?.startsWith('yes') === true
}

/** The fields as a page of text. `isRunning`: a sentinel leads a failover. */
export function page(
  fields: Entry, { isGenuine, isRunning = false }: { isGenuine: boolean, isRunning?: boolean },
  times: { readonly utc?: boolean } = {},
): readonly Line[] {
  const get = (name: string): string => fields.get(name) ?? ''
  const lines = [
    `${get('name')} at ${get('address')}: ${get('master')}`,
    '',
    // Another sentinel leads it.
    isRunning ? get('answer').replace(/^No failover now/, 'No failover by the asked sentinel now') : get('answer'),
    ...bullets(fields, 'reason-', 1),
    ...fields.has('if-master-died') ? ['', `If the master died now: ${get('if-master-died')}.`] : [],
    ...bullets(fields, 'if-master-died-reason-', 0),
    '',
    `Votes     ${get('sentinels-that-see-it-down')} of ${get('known-sentinels')} sentinels see the master down, quorum`
    + ` ${get('quorum')}; a leader needs ${counted(get('votes-needed'), 'vote')}, ${get('reachable-sentinels')} can vote`,
    ...fields.has('next-attempt') && get('next-attempt') !== 'now' ? [`Attempts  the next one may start ${get('next-attempt')}`] : [],
    ...fields.has('last-failover') ? [`Last      ${get('last-failover')}`] : [],
    ...fields.has('forgotten-1') ? ['', 'Forgotten', ...bullets(fields, 'forgotten-', 0)] : [],
    ...fields.has('problem-1') ? ['', 'Problems', ...bullets(fields, 'problem-', 0)] : [],
    ...section('Replicas', fields, 'replica-'),
    ...section('Other sentinels', fields, 'sentinel-'),
    ...isGenuine ? ['', 'This is an original sentinel. Its replies do not show past attempts and votes, after which it waits for 2 x failover-timeout,',
      'nor the errors of nodes.'] : [],
  ]
  return lines.map((text) => ({ text: withLocalTimes(text, times) }))
}

/** `number` may be the word `unknown`. */
function counted(number: string, noun: string): string {
  return `${number} ${noun}${number === '1' ? '' : 's'}`
}

/** The values from index `from` on as a list, without their codes. The answer already has the first reason. */
function bullets(fields: Entry, prefix: string, from: number): string[] {
  return valuesOf(fields, prefix).slice(from).map((text) => `  - ${text.replace(/^[a-z-]+: /, '')}`)
}

function section(title: string, fields: Entry, prefix: string): string[] {
  const values = valuesOf(fields, prefix)
  return ['', `${title}${values.length === 0 ? ': none' : ''}`, ...values.map((text) => `  ${text}`)]
}
