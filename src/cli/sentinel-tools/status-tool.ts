/** `ts-sentinel status`: what all sentinels of a fleet report of their masters, once or live. */
import type { FleetMasterJson, ReplicaJson, StatusDocument } from '../../documents/index.ts'
import { fleetDocument } from '../../explain/index.ts'
import { UsageError } from '../connection/errors.ts'
import type { Line } from '../lines.ts'
import { factsOf, type FleetReader } from './fleet-reader.ts'
import { STATUS_HELP } from './help.ts'
import { namesProxy, readProxyStatus } from './proxy-status.ts'
import { replicaJson } from './replica-json.ts'
import { saveProblemOf, withSaveProblems } from './save-findings.ts'
import { identityLine, isChosen, statusLines, type Status, type StatusView } from './status-text.ts'
import { printLines, processOutput, reportError, runTool, type Tool, type ToolContext, type ToolOutput } from './tool.ts'
import { watch, watchJson } from './watch.ts'

const STATUS: Tool = {
  name: 'status',
  help: STATUS_HELP,
  run: async (context) => {
    const { options: { rest, onlyProblems, utc, json }, output, reader: open } = context
    if (rest.length > 1) throw new UsageError(`unexpected argument ${JSON.stringify(rest[1])}; the words to search for are one argument`)
    const view = { search: rest[0], onlyProblems, utc }
    const reader = open()
    if (context.options.watch) return watchStatus(reader, view, context)
    const status = await readStatus(reader)
    if (json) output.print(`${JSON.stringify(documentOf(status, view), undefined, 2)}\n`)
    else printLines(statusLines(status, view), output)
    return isWell(status) ? 0 : 1
  },
}

export function statusTool(args: readonly string[], output?: ToolOutput): Promise<number> {
  return namesProxy(args) && !args.includes('--help') ? proxyStatus(args, output) : runTool(STATUS, args, output)
}

async function proxyStatus(args: readonly string[], output = processOutput()): Promise<number> {
  try {
    const { lines, json, isReady } = await readProxyStatus(args)
    if (json === undefined) printLines(lines, output)
    else output.print(json)
    return isReady ? 0 : 1
  } catch (error) {
    return reportError('status', error, output)
  }
}

async function readStatus(reader: FleetReader): Promise<Status> {
  const reading = await reader.read()
  const members = reading.members.map(({ member }) => member)
  const document = fleetDocument({ members, masters: reading.masters, wall: reading.wall })
  const masters = document.masters.map((master) => withSaveProblems(master, reading.members))
  return { reading, document: { ...document, masters } }
}

/** Goes on while no sentinel answers. */
async function watchStatus(reader: FleetReader, view: StatusView, { options, output }: ToolContext): Promise<number> {
  // A sentinel that cannot be used at all is an error, as without --watch.
  let first: Status | undefined = await readStatus(reader)
  const next = async (): Promise<Status> => {
    const status = first ?? await readStatus(reader)
    first = undefined
    return status
  }
  if (options.json) return watchJson(async () => documentOf(await next(), view), output)
  return watch(async () => watchLines(await next(), reader.first, view), output)
}

function watchLines(status: Status, first: string, view: StatusView): readonly Line[] {
  const { reading } = status
  const identity = identityLine(reading, first, view)
  if (reading.self.reading !== undefined) return [identity, { text: '' }, ...statusLines(status, view)]
  return [
    identity, { text: '' }, { text: 'CRITICAL  No sentinel answers. They are asked again every second.', style: 'critical' },
    ...reading.members.map(({ address, member }) => ({ text: `          ${address}: ${member.sentinel.problem ?? 'unknown'}` })),
  ]
}

function documentOf({ document, reading }: Status, view: StatusView): StatusDocument {
  const chosen = document.masters.filter((master) => isChosen(master, reading, view))
  return { ...document, masters: chosen.map((master) => ({ ...master, replicaList: replicasOf(master, reading) })) }
}

function replicasOf({ name }: FleetMasterJson, reading: Status['reading']): readonly ReplicaJson[] {
  return factsOf(name, reading)?.replicas.map(replicaJson) ?? []
}

/** Nothing is critical, every master is up and has its quorum, and every sentinel that answers can act and save. */
function isWell({ reading, document }: Status): boolean {
  const answering = document.sentinels.filter(({ answers }) => answers)
  return answering.every(({ tilt }) => tilt !== true)
    && reading.members.every((one) => saveProblemOf(one) === undefined)
    && document.masters.every(({ findings, views }) => (
      findings.every(({ severity, code }) => severity !== 'critical' && code !== 'master-unreachable')
      && views.every(({ status, quorum, flags }) => status === 'ok' && quorum?.ok !== false && flags.join() === 'master')
    ))
    && reading.members.every((one) => one.reading?.masters.every(({ master }) => master.get('role-reported') !== 'slave') !== false)
}
