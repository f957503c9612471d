/**
 * The opinion about a silent master follows what its replicas reported (docs/decisions/0050-witnesses.md), judged by
 * the texts of INFO that the sentinel was sent. With the setting off nothing is judged.
 */
import type { Effect, Input, Now, Request, SentinelMemory } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import type { Checker } from './watch.ts'

type State = SentinelMemory['state']
type Master = NonNullable<ReturnType<State['masters']['get']>>

/** One reply to INFO of a replica, by its text. */
interface Sample {
  readonly askedAt: number
  readonly isUp: boolean
  readonly master: string
  readonly offset: bigint
  /** When the master lived at least, by its last data. */
  readonly heardAt: number
}

/** What one sentinel has read of one replica: since its link was up last, the latest reply at the end. */
type Reading = readonly Sample[]

const FRESH_MS = 3000
const ROUNDING_MS = 1000
const STALL_MS = 300

export const witnessesDecide: Checker = {
  invariant: 'a silent master is down unless a majority of the reachable replicas witness it',
  watch: ({ cluster, report }) => {
    const readings = new Map<string, Reading>()
    /** When each request was sent, or began to wait for a save. */
    const sentAt = new WeakMap<Request, number>()
    /** Since when each sentinel suspects a master, by sentinel and master. */
    const suspected = new Map<string, number>()
    /** When each sentinel took its last step, and one after a stall. */
    const steppedAt = new Map<string, number>()
    const stalledAt = new Map<string, number>()
    /** When each sentinel went on after a pause, in simulated time: it reads first what came meanwhile. */
    const resumedAt = new Map<string, number>()
    /** Since when each sentinel has had witnesses on: by a reload, or since its start. */
    const onSince = new Map<string, number>()

    const judge = (sentinel: SentinelNode, state: State, master: Master, effects: readonly Effect[], now: Now) => {
      // A replica has been promoted already: the others are being ordered to follow it.
      if (master.failover.phase === 'reconf-replicas') return
      const key = `${sentinel.name} ${master.name}`
      const { suspicion } = master
      if (suspicion !== undefined) suspected.set(key, suspicion.since)
      const votesAt = (at: number) => [...master.replicas.values()]
        .filter(({ sdown, isShared }) => !sdown && !isShared)
        .map(({ id }) => readings.get(`${sentinel.name} ${id}`) ?? [])
        .filter((samples) => isFresh(samples, suspected.get(key) ?? Infinity, at))
        .map((samples) => isAlive(samples, master, at))
      const isWitnessed = isMajority(votesAt(now.mono))
      const silentSince = master.link.pingPendingSince ?? master.link.lastValidReplyAt
      const overdueMs = now.mono - silentSince - master.settings.downAfterMs - 1
      const { witnessMaxMs } = state.protection.masters.get(master.name) ?? state.protection.general
      const maxMs = witnessMaxMs ?? 5 * master.settings.downAfterMs
      const said = (name: string) => effects.some((effect) => (
        effect.type === 'emit' && effect.event.name === name && effect.event.master === master.name
        && 'subject' in effect.event && effect.event.subject.kind === 'master'
      ))
      // In the step that takes replicas for down as well, they were still counted.
      const loses = effects.some((effect) => (
        effect.type === 'emit' && effect.event.name === '+sdown' && effect.event.master === master.name
        && effect.event.subject.kind === 'replica'
      ))
      if (said('+sdown') && !loses && isWitnessed && overdueMs >= 0 && overdueMs < maxMs && !hasOtherCause(master)) {
        report(`${sentinel.name} takes ${master.name} for down, which its replicas witness`)
      }
      if (suspicion?.withheld === undefined || state.tiltSince !== undefined) return
      // SET has made down-after longer: nothing is withheld until that has passed.
      if (overdueMs < 0) return
      // What ends in this millisecond may be noticed in a later step of it.
      if (overdueMs > maxMs) report(`${sentinel.name} spares ${master.name} for ${overdueMs} ms`)
      if (isWitnessed) return
      const votes = votesAt(now.mono - 1)
      if (!isMajority(votes)) report(`${sentinel.name} spares ${master.name} without a majority of witnesses: ${votes.join(' ')}`)
    }

    return {
      started: ({ name }) => {
        onSince.set(name, -Infinity)
        for (const key of [...readings.keys()]) if (key.startsWith(`${name} `)) readings.delete(key)
      },
      disturbed: (what) => {
        const name = /^end of pause-sentinel (\S+)$/.exec(what)?.[1]
        if (name !== undefined) resumedAt.set(name, cluster.nowMs)
      },
      stepped: (sentinel, input, effects, now) => {
        const state = sentinel.memory?.state
        if (state === undefined) return
        if (!isOn(state)) {
          onSince.delete(sentinel.name)
          return
        }
        const since = onSince.get(sentinel.name) ?? now.mono
        onSince.set(sentinel.name, since)
        if (now.mono - (steppedAt.get(sentinel.name) ?? now.mono) >= STALL_MS) stalledAt.set(sentinel.name, now.mono)
        steppedAt.set(sentinel.name, now.mono)
        if (input.type === 'reply') readReply(readings, sentinel.name, input, sentAt.get(input.request))
        for (const effect of effects) if (effect.type === 'send') sentAt.set(effect.request, now.mono)
        const told = withheldAnswer(state, input, effects)
        if (told !== undefined) report(`${sentinel.name} answers that ${told} is down, and withholds that opinion`)
        // After a stall it has not looked at its records yet.
        if (now.mono - (stalledAt.get(sentinel.name) ?? -Infinity) < STALL_MS) return
        if (resumedAt.get(sentinel.name) === cluster.nowMs) return
        for (const master of state.masters.values()) {
          // What replies from before a reload proved counts as well, and was not read here.
          if (now.mono - since <= master.settings.downAfterMs) continue
          if (master.suspicion !== undefined || suspected.has(`${sentinel.name} ${master.name}`)) judge(sentinel, state, master, effects, now)
          if (master.suspicion === undefined) suspected.delete(`${sentinel.name} ${master.name}`)
        }
      },
    }
  },
}

/**
 * The master that an answer to a peer calls down, although that opinion is withheld; undefined = there is none. The
 * answer may leave later, when a save has ended.
 */
function withheldAnswer(state: State, input: Input, effects: readonly Effect[]): string | undefined {
  if (input.type !== 'operation' || input.operation.kind !== 'is-master-down') return undefined
  const { id, operation: { host } } = input
  const isDown = effects.some((effect) => (
    effect.type === 'answer' && effect.operation === id && effect.result.kind === 'master-down' && effect.result.down
  ))
  if (!isDown) return undefined
  const named = [...state.masters.values()].filter(({ address }) => address.ip === host)
  return named.find(({ sdown, suspicion }) => !sdown && suspicion?.withheld !== undefined)?.name
}

function isOn({ protection: { general, masters } }: State): boolean {
  return general.witnesses || [...masters.values()].some(({ witnesses }) => witnesses)
}

function isMajority(votes: readonly boolean[]): boolean {
  return votes.filter(Boolean).length > votes.length / 2
}

/** It is a replica, has restarted, crashed or lost its data: its replicas are not asked about that. */
function hasOtherCause({ roleReported, rebootSince, link, lostData }: Master): boolean {
  return roleReported !== 'master' || rebootSince !== undefined || link.outage?.crash !== undefined || lostData !== undefined
}

function readReply(
  readings: Map<string, Reading>, name: string, { request, reply }: Extract<Input, { type: 'reply' }>,
  sentAt: number | undefined,
): void {
  if (request.kind !== 'info' || reply.kind !== 'bulk' || sentAt === undefined) return
  const key = `${name} ${request.record}`
  const samples = readings.get(key) ?? []
  const before = samples.at(-1)
  // One that waited for a save shows a state that is no older than what an earlier reply has shown.
  const sample = readSample(reply.text, Math.max(sentAt, before?.askedAt ?? -Infinity))
  const goesOn = sample.isUp && before?.isUp === true && before.master === sample.master
  readings.set(key, [...goesOn ? samples.slice(-100) : [], sample])
}

function readSample(info: string, askedAt: number): Sample {
  const field = (key: string) => new RegExp(`^${key}:([^\\r]*)`, 'm').exec(info)?.[1] ?? ''
  const isUp = field('role') === 'slave' && field('master_link_status') === 'up'
  return {
    askedAt,
    isUp,
    master: `${field('master_host')}:${field('master_port')}`,
    offset: BigInt(field('slave_repl_offset') || 0),
    heardAt: isUp ? askedAt - Number(field('master_last_io_seconds_ago')) * 1000 - ROUNDING_MS : -Infinity,
  }
}

function isFresh(samples: readonly Sample[], since: number, now: number): boolean {
  const last = samples.at(-1)
  return last !== undefined && last.askedAt >= since && last.askedAt + FRESH_MS > now
}

function isAlive(samples: readonly Sample[], master: Master, now: number): boolean {
  const last = samples.at(-1)
  const { ip, host, port } = master.address
  if (last?.isUp !== true || ![`${ip}:${port}`, `${host}:${port}`].includes(last.master)) return false
  const proofs = samples.flatMap((sample, at) => {
    const before = samples[at - 1]
    return before !== undefined && sample.offset > before.offset ? [sample.heardAt, before.askedAt] : [sample.heardAt]
  })
  return Math.max(...proofs) + master.settings.downAfterMs > now
}
