/** `ts-sentinel forget`: removes one dead replica or sentinel on all sentinels of the fleet. */
import { majorityOf } from '../../core/index.ts'
import type { ForgetSentinelJson, ToolSentinelJson } from '../../documents/index.ts'
import { addressText, durationText, entriesOf, errorOf, fieldsOf, isUnknownCommand } from '../../explain/index.ts'
import { parseAddress, parseNodeAddress, type Address } from '../connection/address.ts'
import { UsageError } from '../connection/errors.ts'
import { addressOf, flagsOf, type Entry } from '../sentinel-tools/sentinel-facts.ts'
import { EXIT_DONE, EXIT_PARTLY, NothingChanged, type FleetTool, type ToolContext, type ToolResult } from './fleet-tool.ts'
import { knownSentinels, type Fleet, type Member } from './fleet.ts'
import { FORGET_HELP } from './help.ts'
import { askAll, resultDocument, resultTable, type Answered, type MemberResult } from './member-results.ts'
import { parseDuration, timeJson } from './times.ts'

export interface ForgetRequest {
  readonly kind: 'replica' | 'sentinel'
  /** A replica has no id here. */
  readonly id: string | undefined
  readonly address: Address | undefined
  readonly forMs: number | undefined
  readonly force: boolean
}

export const FORGET: FleetTool<ForgetRequest> = {
  name: 'forget',
  help: FORGET_HELP,
  request: ({ rest: [kind, what, ...more], own }) => {
    if (kind !== 'replica' && kind !== 'sentinel') throw new UsageError(`after MASTER, replica or sentinel is expected${kind === undefined ? '' : `, not ${JSON.stringify(kind)}`}`)
    if (what === undefined || more.length > 0) throw new UsageError(`one address of the ${kind} is expected after the word ${kind}`)
    if (kind === 'replica' && own.force === true) throw new UsageError('--force is for sentinels; a replica needs none')
    const id = kind === 'sentinel' && /^[0-9a-f]{40}$/i.test(what) ? what.toLowerCase() : undefined
    const address = kind === 'replica' ? parseNodeAddress('the replica', what) : id === undefined ? parseAddress(what) : undefined
    const forMs = own.for === undefined ? undefined : parseDuration('--for', own.for)
    return { kind, id, address, forMs, force: own.force === true }
  },
  run: forget,
}

/** The record of the dead one on a sentinel that has it. */
interface Held {
  readonly member: Member
  readonly record: Entry
}

async function forget(request: ForgetRequest, { fleet, progress, confirm, moment }: ToolContext): Promise<ToolResult> {
  const { kind, force } = request
  const held = await holders(request, fleet)
  const [first] = held
  if (first === undefined) throw new NothingChanged(`no sentinel that answers knows the ${kind} ${whatText(request)} of ${fleet.name}. Nothing was changed.`)
  const deadId = kind === 'sentinel' ? first.record.get('runid') : undefined
  const label = `${kind} ${addressOf(first.record)}`
  const able = held.filter(({ member }) => member.kind === 'ours' && member.id !== deadId)
  if (able.length === 0) throw new NothingChanged(`no sentinel that knows the ${label} has SENTINEL FORGET; original ones forget dead records by SENTINEL RESET ${fleet.name}. Nothing was changed.`)
  const alive = held.filter(({ record }) => isUp(record))
  if (alive.length > 0 && !force) {
    const seenBy = addressText(alive[0]?.member.address ?? first.member.address)
    throw new NothingChanged(`the ${label} is up, as ${seenBy} sees it. Stop it${kind === 'sentinel' ? ', or give --force' : ''}, and repeat the command`
      + ' when down-after-milliseconds have passed. Nothing was changed.')
  }

  progress(`${beforehand(request, held, fleet)}${alive.length > 0 ? `The ${label} is up.\n` : ''}`)
  await confirm(`Forget the ${label} of ${fleet.name}?`)
  const asked = able.map(({ member }) => member)
  const answered = await askAll(asked, (member) => forgetOn(member, request, held, { fleet, moment }))
  if (!answered.some(({ ok }) => ok)) {
    throw new NothingChanged(`no sentinel has forgotten the ${label}: ${answered.map(({ text }) => text)[0] ?? ''}. Nothing was changed.`)
  }
  const results = fleet.members.filter(({ id }) => id === undefined || id !== deadId)
    .map((member) => answered.find((one) => one.member === member) ?? notAsked(member, held))
  return report({ request, fleet, label, deadId, results })
}

/** The sentinels that have a record of it. */
async function holders(request: ForgetRequest, fleet: Fleet): Promise<readonly Held[]> {
  const found: Held[] = []
  await askAll(fleet.members, async (member) => {
    const record = (await recordsOn(member, request.kind, fleet.name)).find((one) => isMeant(request, one))
    if (record !== undefined) found.push({ member, record })
    return { ok: true, text: '' }
  })
  return found
}

async function recordsOn({ client }: Member, kind: ForgetRequest['kind'], name: string): Promise<readonly Entry[]> {
  if (kind === 'sentinel') return entriesOf(await client.call('SENTINEL', 'SENTINELS', name))
  const reply = await client.call('SENTINEL', 'REPLICAS', name)
  const problem = errorOf(reply)
  return entriesOf(problem !== undefined && isUnknownCommand(problem) ? await client.call('SENTINEL', 'SLAVES', name) : reply)
}

function isMeant({ id, address }: ForgetRequest, record: Entry): boolean {
  return id === undefined ? address !== undefined && addressOf(record) === addressText(address) : record.get('runid') === id
}

function isUp(record: Entry): boolean {
  return !flagsOf(record).includes('s_down')
}

function whatText({ id, address }: ForgetRequest): string {
  return id ?? (address === undefined ? '' : addressText(address))
}

/** What the removal changes, before it is confirmed. */
function beforehand({ kind, forMs }: ForgetRequest, held: readonly Held[], fleet: Fleet): string {
  const time = `It is kept away for ${forMs === undefined ? '1 h' : durationText(forMs)}.\n`
  if (kind === 'replica') return time
  const known = Math.max(...held.map(({ member }) => knownSentinels(member)))
  const quorum = fleet.first.master.get('quorum') ?? '?'
  return `${fleet.name} has ${known} sentinels, majority ${majorityOf(known)}, quorum ${quorum}; afterwards ${known - 1}, majority ${majorityOf(known - 1)}.\n`
    + time
}

async function forgetOn(
  member: Member, { kind, forMs, force }: ForgetRequest, held: readonly Held[],
  { fleet: { name }, moment }: Pick<ToolContext, 'fleet' | 'moment'>,
): Promise<Answered<Forgot>> {
  const record = held.find((one) => one.member === member)?.record
  const what = kind === 'replica' || !record?.get('runid') ? [record?.get('ip') ?? '', record?.get('port') ?? ''] : [record.get('runid') ?? '']
  const reply = await member.client.call('SENTINEL', 'FORGET', name, kind.toUpperCase(), ...what,
    ...forMs === undefined ? [] : ['FOR', String(forMs)], ...force ? ['FORCE'] : [])
  const problem = errorOf(reply)
  if (problem !== undefined) {
    return { ok: false, text: isUnknownCommand(problem) ? 'still knows it: its release has no SENTINEL FORGET' : `refused: "${problem}"` }
  }
  const fields = fieldsOf(reply) ?? new Map<string, string>()
  const still = (await recordsOn(member, kind, name)).some((one) => addressOf(one) === addressOf(record ?? new Map()))
  if (still) return { ok: false, text: 'it is known again' }
  const until = fields.get('until')
  const majority = fields.has('majority-after')
    ? `; majority ${fields.get('majority-before') ?? '?'} of ${fields.get('known-before') ?? '?'} before, ${fields.get('majority-after') ?? '?'} of ${fields.get('known-after') ?? '?'} now`
    : ''
  return {
    ok: true, text: `forgotten${until === undefined ? '' : ` until ${moment(Number(until))}`}${majority}`,
    more: forgot(fields),
  }
}

/** What the entry of a sentinel has in addition. */
type Forgot = Omit<ForgetSentinelJson, keyof ToolSentinelJson>

const NOT_FORGOTTEN: Forgot = {
  until: null, knownBefore: null, knownAfter: null, majorityBefore: null, majorityAfter: null,
}

/** From the reply to SENTINEL FORGET. */
function forgot(fields: Entry): Forgot {
  const numberOf = (name: string): number | null => fields.has(name) ? Number(fields.get(name)) : null
  return {
    until: timeJson(Number(fields.get('until'))),
    knownBefore: numberOf('known-before'), knownAfter: numberOf('known-after'),
    majorityBefore: numberOf('majority-before'), majorityAfter: numberOf('majority-after'),
  }
}

/** A sentinel without the command, or without a record of it. */
function notAsked(member: Member, held: readonly Held[]): MemberResult<Forgot> {
  if (!held.some((one) => one.member === member)) return { member, ok: true, text: 'did not know it' }
  const what = member.kind === 'original' ? 'an original sentinel' : 'its release'
  return { member, ok: false, text: `still knows it: ${what} has no SENTINEL FORGET; use SENTINEL RESET while the master is up` }
}

interface Report {
  readonly request: ForgetRequest
  readonly fleet: Fleet
  readonly label: string
  readonly deadId: string | undefined
  readonly results: readonly MemberResult<Forgot>[]
}

/** The forgotten sentinel itself need not answer. */
function report({ request, fleet, label, deadId, results }: Report): ToolResult {
  const missing = fleet.missing.filter(({ id }) => id === undefined || id !== deadId)
  const isWhole = results.every(({ ok }) => ok) && missing.length === 0
  const verdict = isWhole
    ? `No sentinel of ${fleet.name} knows the ${label} any more.`
    : `Not every sentinel of ${fleet.name} has forgotten the ${label}: the others can report it again. Repeat the command for them.`
  return {
    status: isWhole ? EXIT_DONE : EXIT_PARTLY,
    text: `${resultTable(fleet, 'RESULT', results, deadId)}\n${verdict}\n`,
    document: {
      schemaVersion: 1, tool: 'forget', master: fleet.name, kind: request.kind, which: whatText(request), forgotten: isWhole,
      sentinels: resultDocument(fleet, results, NOT_FORGOTTEN, deadId),
    },
  }
}
