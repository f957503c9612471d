/**
 * A paused sentinel keeps out of failovers that no operator ordered, and what PAUSE and PAUSED say about the others
 * holds (docs/decisions/0052-pause.md). Pauses are followed by what was ordered and what the disks hold.
 */
import type { Effect, Input, Now } from '../../../src/core/index.ts'
import type { SentinelNode } from '../sentinel-node.ts'
import { monitoredOf, type Checker } from './watch.ts'

interface HeldPause {
  readonly untilWall: number
  readonly untilMono: number
}

/** A reply that said that no failover is possible. */
interface Claim {
  readonly atMs: number
  readonly by: string
  /** The pauses that ran when it was given, by sentinel. */
  readonly pauses: ReadonlyMap<string, HeldPause>
  /** How many votes a leader needs according to the reply. */
  readonly votes: number
}

/** From a question to its answer at most; what took longer was stopped meanwhile and may be outdated. */
const ANSWER_MS = 1500

export const pausesHold: Checker = {
  invariant: 'a paused sentinel keeps out of failovers, and an effective pause prevents them',
  watch: ({ cluster, attempts, report }) => {
    const pauses = new Map<string, Map<string, HeldPause>>()
    const asked = new WeakMap<object, number>()
    const claims = new Map<string, Claim[]>()
    /** Sentinels that operators made forget others, by sentinel and master: they count those that they know. */
    const forgetful = new Set<string>()
    /** Votes that the present leader needed. */
    const needed = new Map<string, number>()
    /** Attempts that announce a handover which has happened, by sentinel and master. */
    const adopting = new Set<string>()
    /** Attempts that an operator ordered, by sentinel and master; their events may wait for a save that hangs. */
    const ordered = new Set<string>()
    /** Ids, masters and epochs of candidates that stood because of an order or a handover. */
    const meant = new Set<string>()
    const of = (sentinel: SentinelNode) => pauses.get(sentinel.name) ?? new Map<string, HeldPause>()

    const follow = (sentinel: SentinelNode, input: Input, now: Now) => {
      const held = of(sentinel)
      pauses.set(sentinel.name, held)
      for (const [master, { untilMono, untilWall }] of held) {
        if (now.mono >= untilMono || now.wall >= untilWall) held.delete(master)
      }
      if (input.type !== 'operation') return
      const { operation } = input
      asked.set(operation, cluster.nowMs)
      if (operation.kind === 'pause' && sentinel.view?.hasMaster(operation.name) === true) {
        held.set(operation.name, { untilMono: now.mono + operation.forMs, untilWall: now.wall + operation.forMs })
      } else if (operation.kind === 'resume' || operation.kind === 'remove') {
        held.delete(operation.name)
      }
    }

    const isMeant = (sentinel: SentinelNode, master: string) => (
      attempts.current(sentinel, master)?.isForced === true || adopting.has(`${sentinel.name} ${master}`)
    )

    const judge = (sentinel: SentinelNode, effects: readonly Effect[], now: Now) => {
      const isOrdered = effects.some((effect) => effect.type === 'note' && effect.note.kind === 'failover-requested')
      for (const effect of effects) {
        if (effect.type !== 'emit') continue
        const { event } = effect
        const { name, master = '' } = event
        if (name === '+try-failover') {
          if (isOrdered) ordered.add(`${sentinel.name} ${master}`)
          else ordered.delete(`${sentinel.name} ${master}`)
          const { adoptsSince } = sentinel.memory?.state.masters.get(master)?.attempt ?? {}
          if (adoptsSince === now.mono) adopting.add(`${sentinel.name} ${master}`)
          else adopting.delete(`${sentinel.name} ${master}`)
        }
        if (name === '+elected-leader') needed.set(`${sentinel.name} ${master}`, votesNeeded(sentinel, master))
        const isForced = ordered.has(`${sentinel.name} ${master}`) || isMeant(sentinel, master)
        if (event.name === '+vote-for-leader' && event.leader === sentinel.id && isForced) meant.add(`${sentinel.id} ${master} ${event.epoch}`)
        if (!of(sentinel).has(master)) continue
        if (event.name === '+vote-for-leader' && event.leader !== sentinel.id) {
          // The request may arrive long after the candidate has ended.
          if (meant.has(`${event.leader} ${master} ${event.epoch}`)) continue
          report(`${sentinel.name} votes for ${event.leader} while ${master} is paused`)
        } else if ((name === '+try-failover' || name === '+elected-leader') && !isForced) {
          report(`${sentinel.name} says ${name} while ${master} is paused`)
        }
      }
    }

    return {
      started: (sentinel) => {
        const { mono, wall } = sentinel.now()
        const kept = monitoredOf(sentinel, sentinel.disk.ownContent.pauses)
        pauses.set(sentinel.name, new Map(kept.flatMap(([master, { since, until }]) => {
          const leftMs = Math.min(until - wall, until - since)
          return leftMs > 0 ? [[master, { untilMono: mono + leftMs, untilWall: until }] as const] : []
        })))
      },
      ended: ({ name }) => { pauses.delete(name) },
      stepped: (sentinel, input, effects, now) => {
        follow(sentinel, input, now)
        judge(sentinel, effects, now)
      },
      answered: (sentinel, operation, result) => {
        if (operation.kind === 'forget' && operation.target.kind === 'sentinel' && result.kind === 'forgotten') {
          forgetful.add(`${sentinel.name} ${operation.name}`)
        }
        if (result.kind !== 'paused' || !result.effective) return
        if (cluster.nowMs - (asked.get(operation) ?? -Infinity) > ANSWER_MS) return
        const master = 'name' in operation ? operation.name : ''
        const running = new Map(cluster.sentinels.flatMap((one) => {
          const held = pauses.get(one.name)?.get(master)
          return held === undefined ? [] : [[one.name, held] as const]
        }))
        if (result.known < cluster.sentinels.length && forgetful.has(`${sentinel.name} ${master}`)) return
        // One of those that were counted has been resumed or ended meanwhile.
        if (running.size < result.paused) return
        const votes = result.known - result.needed + 1
        const claim = { atMs: cluster.nowMs, by: sentinel.name, pauses: running, votes }
        claims.set(master, [...claims.get(master) ?? [], claim].slice(-CLAIMS_MAX))
      },
      said: (sentinel, { name, master = '' }) => {
        if (name !== '+promoted-slave' || isMeant(sentinel, master)) return
        for (const claim of claims.get(master) ?? []) {
          if ((needed.get(`${sentinel.name} ${master}`) ?? 0) < claim.votes) continue
          if (![...claim.pauses].every(([paused, held]) => pauses.get(paused)?.get(master) === held)) continue
          report(`${sentinel.name} replaces ${master}, which ${claim.by} called impossible at ${claim.atMs} ms (${[...claim.pauses.keys()].join(', ')} are paused)`)
        }
      },
    }
  },
}

/** Claims that are remembered of one master. */
const CLAIMS_MAX = 100

function votesNeeded(sentinel: SentinelNode, master: string): number {
  const { view } = sentinel
  const known = (view?.peers(master, sentinel.now()).length ?? 0) + 1
  return Math.max(Math.floor(known / 2) + 1, view?.master(master, sentinel.now())?.settings.quorum ?? 1)
}
