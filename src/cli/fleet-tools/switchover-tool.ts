/** `ts-sentinel switchover`: a failover that loses no write, at once or at a time. */
import type { ScheduleSentinelJson, ToolSentinelJson } from '../../documents/index.ts'
import { addressText, errorOf, isUnknownCommand } from '../../explain/index.ts'
import { count } from '../../text/index.ts'
import { parseNodeAddress, type Address } from '../connection/address.ts'
import { UsageError } from '../connection/errors.ts'
import { addressOf, flagsOf } from '../sentinel-tools/sentinel-facts.ts'
import { candidateTable, readCandidates, type Candidates } from './candidates.ts'
import { MARGIN_MS, quorumProblem } from './failover-tool.ts'
import { EXIT_DONE, EXIT_PARTLY, NothingChanged, type FleetTool, type ToolContext, type ToolResult } from './fleet-tool.ts'
import type { Fleet, Member } from './fleet.ts'
import { SWITCHOVER_HELP } from './help.ts'
import { askAll, resultDocument, resultTable, type MemberResult } from './member-results.ts'
import { orderSwitch, runningFailover } from './switch-watch.ts'
import { parseMoment, timeJson } from './times.ts'

export interface SwitchoverRequest {
  readonly to: Address | undefined
  readonly timeoutMs: number | undefined
  /** Unix milliseconds. */
  readonly at: number | undefined
  readonly cancel: boolean
}

export const SWITCHOVER: FleetTool<SwitchoverRequest> = {
  name: 'switchover',
  help: SWITCHOVER_HELP,
  request: ({ rest, own }, now) => {
    if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}`)
    const cancel = own.cancel === true
    if (cancel && (own.to ?? own.at ?? own.timeout) !== undefined) throw new UsageError('--cancel cannot be combined with --to, --at or --timeout')
    return {
      cancel,
      to: own.to === undefined ? undefined : parseNodeAddress('--to', own.to),
      timeoutMs: own.timeout === undefined ? undefined : milliseconds(own.timeout),
      at: own.at === undefined ? undefined : parseMoment('--at', own.at, now),
    }
  },
  run: (request, context) => request.cancel ? cancelSchedule(context) : switchOver(request, context),
}

function milliseconds(text: string): number {
  const ms = Number(text)
  if (!Number.isInteger(ms) || ms <= 0) throw new UsageError(`--timeout must be a whole number of milliseconds, not ${JSON.stringify(text)}`)
  return ms
}

async function switchOver(request: SwitchoverRequest, context: ToolContext): Promise<ToolResult> {
  const { fleet, progress, confirm } = context
  const leader = leaderOf(fleet)
  const candidates = await readCandidates(leader.client, fleet.name)
  progress(`${fleet.name} at ${addressOf(leader.master)}: ${flagsOf(leader.master).includes('s_down') ? 'down' : 'up'}\n${candidateTable(candidates)}`)
  if (leader !== fleet.first) progress(`${addressText(fleet.first.address)} has no coordinated failover, so ${addressText(leader.address)} leads.\n`)
  if (request.at !== undefined) return schedule(request.at, request, context)

  await checkPossible(request, leader, candidates, fleet)
  const target = request.to === undefined ? candidates.list.find(({ fit }) => fit)?.address : addressText(request.to)
  await confirm(`Switch ${fleet.name} over from ${addressOf(leader.master)} to ${target ?? 'a replica'}?`)
  return orderSwitch({
    tool: 'switchover',
    leader,
    pausesWrites: true,
    limitMs: Number(leader.master.get('failover-timeout') ?? '180000') + (request.timeoutMs ?? 0) + MARGIN_MS,
    send: async () => {
      const problem = errorOf(await leader.client.call('SENTINEL', ...orderWords(fleet.name, request)))
      if (problem !== undefined) throw new NothingChanged(refusalText(leader, problem))
    },
  }, context)
}

/** The sentinel of the command line, or another one where it has no such command. @throws NothingChanged */
function leaderOf({ first, members }: Fleet): Member {
  const leader = first.kind === 'ours' ? first : members.find(({ kind }) => kind === 'ours')
  if (leader !== undefined) return leader
  throw new NothingChanged('no sentinel that answers has the coordinated failover: they are original ones or of an older release.'
    + ' ts-sentinel failover is possible; it loses the writes of some moments. Nothing was changed.')
}

async function checkPossible(
  { to }: SwitchoverRequest, leader: Member, { list }: Candidates, fleet: Fleet,
): Promise<void> {
  const running = runningFailover(leader)
  if (running !== undefined) throw new NothingChanged(`a failover of ${fleet.name} runs already (${running}). Nothing was changed.`)
  const quorum = await quorumProblem(fleet)
  if (quorum !== undefined) throw new NothingChanged(`${quorum}. Nothing was changed.`)
  if (flagsOf(leader.master).includes('s_down')) {
    throw new NothingChanged(`${addressOf(leader.master)} is down, and a switchover needs it. A failover follows by itself, or use ts-sentinel failover. Nothing was changed.`)
  }
  if (!list.some(({ fit }) => fit)) throw new NothingChanged(`no replica of ${fleet.name} can be promoted. Nothing was changed.`)
  if (to === undefined) return
  const target = list.find(({ address }) => address === addressText(to))
  if (target === undefined) throw new NothingChanged(`${addressText(to)} is no replica of ${fleet.name}. Nothing was changed.`)
  if (!target.fit) throw new NothingChanged(`${target.address} cannot be promoted: ${target.verdict}. Nothing was changed.`)
}

function orderWords(name: string, { to, timeoutMs, at }: SwitchoverRequest): readonly string[] {
  return [
    'FAILOVER', name, 'COORDINATED', ...to === undefined ? [] : ['TO', to.host, String(to.port)],
    ...timeoutMs === undefined ? [] : ['TIMEOUT', String(timeoutMs)], ...at === undefined ? [] : ['AT', String(at)],
  ]
}

/** What the codes of the refusal mean. */
function refusalText(leader: Member, problem: string): string {
  const meaning = /^NOGOODPRIMARY/.test(problem)
    ? 'the master is not fit for it; '
    : /^INPROG/.test(problem) ? 'a failover runs already; '
      : /^NOGOODSLAVE/.test(problem) ? 'no replica can be promoted; ' : isMissing(problem) ? 'it has no coordinated failover; ' : ''
  return `${addressText(leader.address)} refused the switchover: ${meaning}it answered "${problem}". Nothing was changed.`
}

function isMissing(problem: string): boolean {
  return isUnknownCommand(problem) || /wrong number of arguments|syntax error/i.test(problem)
}

async function schedule(
  at: number, request: SwitchoverRequest, { fleet, confirm, moment }: ToolContext,
): Promise<ToolResult> {
  await confirm(`Switch ${fleet.name} over at ${moment(at)}?`)
  const results = await askAll<Done>(fleet.members, async ({ client, kind }) => {
    if (kind !== 'ours') return { ok: true, text: CANNOT_SCHEDULE[kind] }
    const problem = errorOf(await client.call('SENTINEL', ...orderWords(fleet.name, request)))
    return problem === undefined
      ? { ok: true, text: `scheduled at ${moment(at)}`, more: { done: true } }
      : { ok: false, text: `refused: "${problem}"` }
  })
  const held = results.filter(({ more }) => more?.done === true).length
  const verdict = held === 0
    ? 'No sentinel has the schedule.'
    : `${count(held, 'sentinel')} will switch ${fleet.name} over at ${moment(at)}; one of them leads. Cancel it with: ts-sentinel switchover`
      + ` ${addressText(fleet.first.address)} ${fleet.name} --cancel`
  return scheduleReport(fleet, results, verdict, { action: 'schedule', at, isDone: held > 0 })
}

/** What the entry of a sentinel has in addition. */
type Done = Omit<ScheduleSentinelJson, keyof ToolSentinelJson>

const CANNOT_SCHEDULE = {
  original: 'an original sentinel has no schedule', older: 'its release has no schedule',
} as const

async function cancelSchedule({ fleet, confirm }: ToolContext): Promise<ToolResult> {
  await confirm(`Cancel the scheduled switchover of ${fleet.name}?`)
  const results = await askAll<Done>(fleet.members, async ({ client, kind }) => {
    if (kind !== 'ours') return { ok: true, text: CANNOT_SCHEDULE[kind] }
    const problem = errorOf(await client.call('SENTINEL', 'FAILOVER', fleet.name, 'CANCEL'))
    if (problem === undefined) return { ok: true, text: 'cancelled', more: { done: true } }
    return isMissing(problem) || !problem.startsWith('ERR')
      ? { ok: false, text: `refused: "${problem}"` }
      : { ok: true, text: 'had no schedule' }
  })
  return scheduleReport(fleet, results, `No sentinel that answered has a schedule for ${fleet.name}.`, { action: 'cancel', at: undefined, isDone: true })
}

interface ScheduleOutcome {
  readonly action: 'schedule' | 'cancel'
  /** Unix milliseconds. */
  readonly at: number | undefined
  readonly isDone: boolean
}

function scheduleReport(
  fleet: Fleet, results: readonly MemberResult<Done>[], verdict: string, { action, at, isDone }: ScheduleOutcome,
): ToolResult {
  const isWhole = results.every(({ ok }) => ok) && fleet.missing.length === 0 && isDone
  return {
    status: isWhole ? EXIT_DONE : EXIT_PARTLY,
    text: `${resultTable(fleet, 'SCHEDULE', results)}\n${verdict}\n`,
    document: {
      schemaVersion: 1, tool: 'switchover', master: fleet.name, action, at: timeJson(at),
      sentinels: resultDocument(fleet, results, { done: false }),
    },
  }
}
