/** `ts-sentinel pause` and `resume`: failovers of a master on all sentinels of its fleet. */
import { setTimeout as wait } from 'node:timers/promises'

import { majorityOf } from '../../core/index.ts'
import type { PauseSentinelJson, ToolSentinelJson } from '../../documents/index.ts'
import { durationText, errorOf, fieldsOf } from '../../explain/index.ts'
import { count } from '../../text/index.ts'
import { UsageError } from '../connection/errors.ts'
import type { Entry } from '../sentinel-tools/sentinel-facts.ts'
import { EXIT_DONE, EXIT_PARTLY, NothingChanged, type FleetTool, type ToolContext, type ToolResult } from './fleet-tool.ts'
import { knownSentinels, type Fleet, type Member } from './fleet.ts'
import { PAUSE_HELP, RESUME_HELP } from './help.ts'
import { askAll, resultDocument, resultTable, type Answered, type MemberResult } from './member-results.ts'
import { parseDuration, timeJson } from './times.ts'

/** How long the sentinels may take until each knows which others are paused, in milliseconds. */
const SPREAD_MS_MAX = 5000
const POLL_MS = 250

export interface PauseRequest {
  readonly forMs: number
  readonly reason: string | undefined
}

export const PAUSE: FleetTool<PauseRequest> = {
  name: 'pause',
  help: PAUSE_HELP,
  request: ({ own, rest }) => {
    if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}`)
    if (own.for === undefined) throw new UsageError('--for, the duration of the pause, is missing; an example is --for 30m')
    return { forMs: parseDuration('--for', own.for), reason: own.reason }
  },
  run: pause,
}

export const RESUME: FleetTool<undefined> = {
  name: 'resume',
  help: RESUME_HELP,
  request: ({ rest }) => {
    if (rest.length > 0) throw new UsageError(`unexpected argument ${JSON.stringify(rest[0])}`)
    return undefined
  },
  run: (_, context) => resume(context),
}

async function pause(
  { forMs, reason }: PauseRequest, { fleet, progress, confirm, moment }: ToolContext,
): Promise<ToolResult> {
  const able = fleet.members.filter(({ kind }) => kind === 'ours')
  if (able.length === 0) throw new NothingChanged(`no sentinel that answers has SENTINEL PAUSE: they are original ones or of an older release. ${NOTHING}`)
  const { known, needed } = requirement(fleet)
  progress(`${fleet.name} has ${count(known, 'sentinel')}; ${able.length} that answer can be paused, and ${needed} must be.\n`)
  if (able.length < needed) progress('The pause will NOT be effective: the others can still fail over.\n')
  await confirm(`Pause failovers of ${fleet.name} for ${durationText(forMs)} on ${count(able.length, 'sentinel')}?`)

  const words = ['PAUSE', fleet.name, 'FOR', String(forMs), ...reason === undefined ? [] : ['REASON', reason]]
  const ordered = await askAll(able, async ({ client }) => {
    const problem = errorOf(await client.call('SENTINEL', ...words))
    return problem === undefined ? { ok: true, text: 'paused' } : { ok: false, text: `refused: "${problem}"` }
  })
  const accepted = ordered.filter(({ ok }) => ok).map(({ member }) => member)
  const states = await settledPauses(accepted, fleet.name)
  const results = fleet.members.map((member) => pauseResult(
    member, ordered.find((one) => one.member === member), states.get(member), moment,
  ))
  return pauseReport({ fleet, moment }, results, [...states.values()])
}

const NOTHING = 'Nothing was changed.'

/**
 * How many sentinels there are and how many must be paused, for the sentinel that knows most. A failover needs the
 * votes of a majority and of the quorum, so it is impossible when fewer than that are not paused.
 */
function requirement({ members }: Fleet): { readonly known: number, readonly needed: number } {
  const known = Math.max(...members.map(knownSentinels))
  const votes = Math.max(majorityOf(known), ...members.map(({ master }) => Number(master.get('quorum') ?? '0')))
  return { known, needed: Math.max(1, known - votes + 1) }
}

/** The replies to SENTINEL PAUSED when all paused sentinels know of each other, or the time for that is over. */
async function settledPauses(members: readonly Member[], name: string): Promise<ReadonlyMap<Member, Entry>> {
  const until = performance.now() + SPREAD_MS_MAX
  for (;;) {
    const states = new Map<Member, Entry>()
    await askAll(members, async (member) => {
      const fields = fieldsOf(await member.client.call('SENTINEL', 'PAUSED', name))
      if (fields !== undefined) states.set(member, fields)
      return { ok: true, text: '' }
    })
    const isSettled = [...states.values()].every((fields) => Number(fields.get('paused')) >= members.length)
    if (isSettled || performance.now() > until) return states
    await wait(POLL_MS)
  }
}

function pauseResult(
  member: Member, ordered: MemberResult | undefined, state: Entry | undefined, moment: ToolContext['moment'],
): MemberResult<Paused> {
  if (member.kind !== 'ours') return { member, ok: true, text: `not paused: ${CANNOT[member.kind]}` }
  if (ordered?.ok !== true) return { member, ok: false, text: ordered?.text ?? 'not asked' }
  if (state === undefined) return { member, ok: false, text: 'accepted, but not paused afterwards' }
  return {
    member, ok: true, text: `paused until ${moment(Number(state.get('until')))}`,
    more: { paused: true, until: timeJson(Number(state.get('until'))) },
  }
}

/** What the entry of a sentinel has in addition. */
type Paused = Omit<PauseSentinelJson, keyof ToolSentinelJson>

const CANNOT = { original: 'an original sentinel has no SENTINEL PAUSE', older: 'its release has no SENTINEL PAUSE' } as const

function pauseReport(
  { fleet, moment }: Pick<ToolContext, 'fleet' | 'moment'>, results: readonly MemberResult<Paused>[],
  states: readonly Entry[],
): ToolResult {
  // A sentinel whose last vote may still elect a leader does not count yet.
  const paused = Math.min(states.length, ...states.map((state) => Number(state.get('paused'))))
  const isEffective = paused > 0 && states.every((state) => state.get('effective') === 'yes')
  const known = Math.max(requirement(fleet).known, ...states.map((state) => Number(state.get('known'))))
  const needed = Math.max(requirement(fleet).needed, ...states.map((state) => Number(state.get('needed'))))
  const until = Math.min(...states.map((state) => Number(state.get('until'))))
  const verdict = isEffective
    ? `Failovers of ${fleet.name} are impossible until ${moment(until)}: ${paused} of ${known} sentinels are paused, ${needed} must be.`
    : `The pause is NOT effective: ${paused} of ${known} sentinels hold failovers back, ${needed} must do so. ${fleet.name} can still be failed`
      + ` over.${paused < states.length ? ' A vote of a short time ago may still elect a leader; repeat the command later.' : ''}`
  const isWhole = results.every(({ ok }) => ok) && fleet.missing.length === 0
  return {
    status: isEffective && isWhole ? EXIT_DONE : EXIT_PARTLY,
    text: `${resultTable(fleet, 'PAUSE', results)}\n${verdict}\n`,
    document: {
      schemaVersion: 1, tool: 'pause', master: fleet.name, effective: isEffective, paused, known, needed, until: timeJson(until),
      sentinels: resultDocument(fleet, results, { paused: false, until: null }),
    },
  }
}

async function resume({ fleet, confirm }: ToolContext): Promise<ToolResult> {
  await confirm(`Resume failovers of ${fleet.name} on ${count(fleet.members.length, 'sentinel')}?`)
  const results = await askAll(fleet.members, (member) => resumeOne(member, fleet.name))
  const isWhole = results.every(({ ok }) => ok) && fleet.missing.length === 0
  const verdict = isWhole
    ? `No sentinel of ${fleet.name} is paused.`
    : `Not every sentinel of ${fleet.name} is known to be resumed. A pause ends at its own time in any case.`
  return {
    status: isWhole ? EXIT_DONE : EXIT_PARTLY,
    text: `${resultTable(fleet, 'PAUSE', results)}\n${verdict}\n`,
    document: {
      schemaVersion: 1, tool: 'resume', master: fleet.name, resumed: isWhole, sentinels: resultDocument(fleet, results, {}),
    },
  }
}

async function resumeOne({ kind, client }: Member, name: string): Promise<Answered> {
  if (kind !== 'ours') return { ok: true, text: `never paused: ${CANNOT[kind]}` }
  const before = fieldsOf(await client.call('SENTINEL', 'PAUSED', name))
  const problem = errorOf(await client.call('SENTINEL', 'RESUME', name))
  const after = await client.call('SENTINEL', 'PAUSED', name)
  if (fieldsOf(after) !== undefined) return { ok: false, text: `still paused${problem === undefined ? '' : `: "${problem}"`}` }
  const unread = errorOf(after)
  if (unread !== undefined) return { ok: false, text: `refused: "${problem ?? unread}"` }
  return { ok: true, text: before === undefined ? 'was not paused' : 'resumed' }
}
