/** Follows an ordered failover until the address has changed, and then until all sentinels name the new master. */
import { setTimeout as wait } from 'node:timers/promises'

import type { Reply } from '../../core/index.ts'
import type { SwitchSentinelJson, ToolSentinelJson } from '../../documents/index.ts'
import { addressText, durationText, textOf } from '../../explain/index.ts'
import { NodeUnreachable } from '../node-client/node-client.ts'
import { addressOf, flagsOf } from '../sentinel-tools/sentinel-facts.ts'
import { EXIT_DONE, EXIT_PARTLY, type ToolContext, type ToolResult } from './fleet-tool.ts'
import type { Fleet, Member } from './fleet.ts'
import { Follower, type SeenEvent } from './follow.ts'
import { askAll, resultDocument, resultTable, type MemberResult } from './member-results.ts'

const POLL_MS = 20
/** How long the other sentinels may take to name the new master. Original ones need up to 2 s. */
const AGREE_MS_MAX = 15_000

export interface SwitchOrder {
  readonly tool: 'failover' | 'switchover'
  /** The sentinel that leads. */
  readonly leader: Member
  /** Sends the order. @throws NothingChanged when it is refused */
  readonly send: () => Promise<void>
  /** How long the address may take to change, in milliseconds. */
  readonly limitMs: number
  /** Writes are paused from the order to the promoted node on, so that they cannot be lost. */
  readonly pausesWrites: boolean
}

type Ending =
  | { readonly kind: 'switched', readonly address: string, readonly at: number }
  | { readonly kind: 'aborted', readonly event: SeenEvent }
  | { readonly kind: 'late' }

/** @throws NothingChanged when the order is refused */
export async function orderSwitch(order: SwitchOrder, { fleet, progress }: ToolContext): Promise<ToolResult> {
  const { leader } = order
  const from = addressOf(leader.master)
  let startedAt = performance.now()
  const follower = await Follower.open(leader.address, fleet.login, fleet.name, ({ name, text, at }) => {
    progress(`${String(Math.round(at - startedAt)).padStart(7)} ms  ${name}  ${text}\n`)
  })
  try {
    if (follower.problem !== undefined) progress(`The events of ${addressText(leader.address)} cannot be followed: ${follower.problem}\n`)
    startedAt = performance.now()
    const unanswered = await sendOrder(order)
    if (unanswered !== undefined) progress(`${addressText(leader.address)} did not answer the order: ${unanswered}\n`)
    const asked = [leader, ...fleet.members.filter((member) => member !== leader)]
    const ending = await waitForEnding(asked, { name: fleet.name, from, follower, limitMs: order.limitMs })
    const results = ending.kind === 'switched'
      ? await agreement(fleet, ending.address)
      : await agreement(fleet, undefined)
    return report({ order, fleet, from, startedAt, follower, ending, results })
  } finally {
    follower.close()
  }
}

interface Watch {
  readonly name: string
  readonly from: string
  readonly follower: Follower
  readonly limitMs: number
}

/** Why the leader did not answer; the order may have arrived all the same. Undefined when it accepted it. */
async function sendOrder({ send }: SwitchOrder): Promise<string | undefined> {
  try {
    await send()
    return undefined
  } catch (error) {
    if (error instanceof NodeUnreachable) return error.message
    throw error
  }
}

/** Asks the first sentinel, and the next one when that can no longer be reached. */
async function waitForEnding(
  [asked, ...others]: readonly Member[], { name, from, follower, limitMs }: Watch,
): Promise<Ending> {
  if (asked === undefined) return { kind: 'late' }
  const until = performance.now() + limitMs
  for (;;) {
    let address: string | undefined
    try {
      address = await masterAddress(asked, name)
    } catch (error) {
      if (!(error instanceof NodeUnreachable)) throw error
      return waitForEnding(others, { name, from, follower, limitMs: until - performance.now() })
    }
    if (address !== undefined && address !== from) return { kind: 'switched', address, at: performance.now() }
    const event = follower.events.find((one) => one.name.startsWith('-failover-abort'))
    if (event !== undefined) return { kind: 'aborted', event }
    if (performance.now() > until) return { kind: 'late' }
    await wait(POLL_MS)
  }
}

async function masterAddress({ client }: Member, name: string): Promise<string | undefined> {
  return addressIn(await client.call('SENTINEL', 'GET-MASTER-ADDR-BY-NAME', name))
}

function addressIn(reply: Reply): string | undefined {
  if (reply.kind !== 'array') return undefined
  const [host, port] = reply.items.map(textOf)
  return host === undefined || port === undefined ? undefined : addressText({ host, port })
}

/** What the entry of a sentinel has in addition. */
type Named = Omit<SwitchSentinelJson, keyof ToolSentinelJson>

/** What each sentinel names as master; waits for those that do not name `wanted` yet. */
async function agreement(fleet: Fleet, wanted: string | undefined): Promise<readonly MemberResult<Named>[]> {
  const until = performance.now() + AGREE_MS_MAX
  return askAll(fleet.members, async (member) => {
    for (;;) {
      const address = await masterAddress(member, fleet.name)
      const isRight = address === wanted
      if (wanted === undefined || isRight || performance.now() > until) {
        const text = address ?? 'names no master'
        return { ok: isRight, text: isRight || wanted === undefined ? text : `${text} (not ${wanted})`, more: { namesMaster: address ?? null } }
      }
      await wait(POLL_MS)
    }
  })
}

interface Report {
  readonly order: SwitchOrder
  readonly fleet: Fleet
  readonly from: string
  readonly startedAt: number
  readonly follower: Follower
  readonly ending: Ending
  readonly results: readonly MemberResult<Named>[]
}

function report({ order, fleet, from, startedAt, follower, ending, results }: Report): ToolResult {
  const isWhole = ending.kind === 'switched' && results.every(({ ok }) => ok) && fleet.missing.length === 0
  const outage = ending.kind === 'switched' ? outageOf(order, follower, ending.at) : undefined
  const tookMs = ending.kind === 'switched' ? Math.round(ending.at - startedAt) : undefined
  const lines = [
    endingText(order, fleet, from, ending, tookMs),
    ...outage === undefined ? [] : [outage.text],
    '', resultTable(fleet, 'NAMES AS MASTER', results),
    agreementText(fleet, ending, results),
  ]
  return {
    status: isWhole ? EXIT_DONE : EXIT_PARTLY,
    text: `\n${lines.join('\n')}\n`,
    document: {
      schemaVersion: 1, tool: order.tool, master: fleet.name, outcome: ending.kind, from,
      to: ending.kind === 'switched' ? ending.address : null,
      tookMs: tookMs ?? null,
      abort: ending.kind === 'aborted' ? ending.event.name : null,
      outageMs: outage?.ms ?? null,
      outageMeasured: outage?.measured ?? null,
      events: follower.events.map(({ name, text, at }) => ({ name, text, sinceOrderMs: Math.round(at - startedAt) })),
      sentinels: resultDocument(fleet, results, { namesMaster: null }),
    },
  }
}

function endingText(
  { tool, leader, limitMs }: SwitchOrder, { name }: Fleet, from: string, ending: Ending, tookMs: number | undefined,
): string {
  switch (ending.kind) {
    case 'switched':
      return `The master of ${name} is ${ending.address} now; it was ${from}. The ${tool} took ${tookMs ?? 0} ms.`
    case 'aborted':
      return `The ${tool} was given up: ${ending.event.name}  ${ending.event.text}\n${from} is still the master. Ask: ts-sentinel explain`
        + ` ${addressText(leader.address)} ${name}`
    case 'late':
      return `${from} is still the master after ${durationText(limitMs)}. The failover may go on: ts-sentinel status ${addressText(leader.address)}`
  }
}

function agreementText(fleet: Fleet, ending: Ending, results: readonly MemberResult[]): string {
  if (ending.kind !== 'switched') return 'Nothing was switched.'
  const right = results.filter(({ ok }) => ok).length
  const all = results.length + fleet.missing.length
  return right === all ? `All ${all} sentinels name ${ending.address}.` : `Only ${right} of ${all} sentinels are known to name ${ending.address}.`
}

interface Outage {
  readonly ms: number
  readonly measured: string
  readonly text: string
}

/**
 * The time without a master that accepts writes, by the arrival of this sentinel's events. A client also needs the time
 * until it connects to the new address.
 */
function outageOf({ pausesWrites }: SwitchOrder, follower: Follower, switchedAt: number): Outage | undefined {
  const begin = follower.first('+failover-state-send-slaveof-noone')
  if (begin === undefined) return undefined
  const promoted = follower.first('+promoted-slave')
  const end = promoted === undefined ? switchedAt : promoted.at
  const ms = Math.max(0, Math.round(end - begin.at))
  const last = promoted === undefined ? 'the first answer with the new address' : promoted.name
  const measured = `from ${begin.name} to ${last}, as the events of the leading sentinel arrive here`
  const text = pausesWrites
    ? `Writes were held back for about ${ms} ms (${measured}). Clients also need the time to connect to the new master.`
    : `The new master accepted writes after about ${ms} ms (${measured}). What the old one accepted after that is lost.`
  return { ms, measured, text }
}

/** Whether a failover of the master runs already. */
export function runningFailover({ master }: Member): string | undefined {
  const state = master.get('failover-state')
  return flagsOf(master).includes('failover_in_progress') || (state !== undefined && state !== 'none') ? state ?? 'started' : undefined
}
