/** The chosen replica is legal and the best, given what the leader knows at that moment (behaviour.md 9.3). */
import type { Effect, MasterView, ReplicaView, SentinelEvent, SentinelView } from '../../../src/core/index.ts'
import { placementAt } from './placement.ts'
import { isStrangeMaster, isTied, lineageOf } from './strange-masters.ts'
import { tunable, type Checker } from './watch.ts'

export const eligiblePromotion: Checker = {
  invariant: 'only the best legal replica is promoted',
  watch: ({ attempts, cluster, losses, report }) => ({
    stepped: (sentinel, _input, effects, now) => {
      for (const [at, effect] of effects.entries()) {
        if (effect.type !== 'emit' || !(effect.event.name === '+selected-slave' || isWithoutCandidate(effect.event))) continue
        const { view } = sentinel
        const { event } = effect
        const { master: name = '' } = event
        const master = view?.master(name, now)
        if (view === undefined || master === undefined) continue
        const replicas = view.replicas(name, now)
        const chosen = event.name === '+selected-slave' ? replicas.find((replica) => replica.name === event.subject.name) : undefined
        // An operator named it, or it is the master already (coordinated-failover.ts).
        const { handover, successor } = sentinel.memory?.state.masters.get(name) ?? {}
        if (handover !== undefined && (handover.to !== undefined || handover.isAdopted)) continue
        // A handover stopped half-way: the master follows that one, or is taken back (adoption.ts).
        const isAbandoned = successor?.isPromoted === false
        if (isAbandoned && (chosen === undefined || successor.replica.name === chosen.name)) continue
        const isGivenUp = isGivenUpLater(effects.slice(at), name)
        if (isGivenUp && attempts.isNamed(sentinel, name)) continue
        const texts = view.infoCache(name, now).map(({ text }) => text ?? '')
        const infoOf = (replica: ReplicaView) => texts[1 + replicas.indexOf(replica)] ?? ''
        const placement = placementAt({ cluster, sentinel, name, texts, replicas, infoOf, losses })
        const known = new Set([master, ...replicas].map(({ host, port }) => `${host}:${port}`))
        const hasLostData = master.lostData === 'failover' || isTakenBackLater(effects.slice(at), name)
        // One that never answered INFO looks fresh in the view.
        const isLegal = (replica: ReplicaView) => infoOf(replica) !== '' && flawOf(view, master, replica) === undefined
          && placement.flawOf(replica) === undefined
        const isDoubtful = (replica: ReplicaView) => doubtOf(infoOf(replica)) !== undefined
          || isEmptied(infoOf(replica))
          || (master.sdownMs === undefined && /^role:master\r?$/m.test(infoOf(replica))) || replica.isForeign
          || /^master_host:10\.0\.20\./m.test(infoOf(replica))
          || (isBelowForeign(infoOf(replica), replicas) && !isTied(infoOf(replica), lineageOf(sentinel, name)))
          || isStrangeMaster(infoOf(replica), lineageOf(sentinel, name), known)
          || (hasLostData && isWithoutLostData(infoOf(replica), texts[0] ?? '', lineageOf(sentinel, name)))
        const canTakeOver = (replica: ReplicaView) => (handover === undefined && !isGivenUp)
          || isListedOnline(texts[0] ?? '', replica, infoOf(replica))
        const others = replicas.filter((one) => isLegal(one) && !isDoubtful(one) && canTakeOver(one))
        // A link given up and begun again within this step looks whole now; it was missing when the choice fell.
        const areLinksKnown = effects.every(({ type }) => type !== 'connect')
        if (event.name !== '+selected-slave') {
          const judged = others.filter((one) => placement.lags(one) !== undefined)
          const [able] = attempts.isCoordinated(sentinel, name) ? [] : judged
          if (able !== undefined && areLinksKnown) report(`${sentinel.name} found no replica to promote although ${able.name} can be`)
          continue
        }
        if (chosen === undefined) continue
        const doubt = doubtOf(infoOf(chosen))
        // max-lag-strict forbids one that lacks too much, also where no INFO shows any more how much it lacks.
        const { isLagStrict } = sentinel.protection.placement
        const hasOther = others.some((one) => !isLagStrict || placement.lags(one) !== undefined)
        if (doubt !== undefined && hasOther) report(`${sentinel.name} chose ${chosen.name} although ${doubt}`)
        if (doubt === NEVER && isWithoutKeys(infoOf(chosen))) report(`${sentinel.name} chose ${chosen.name}, which is empty: ${NEVER}`)
        const candidate = foundDownLater(effects.slice(at), chosen) ? { ...chosen, flags: without(chosen.flags, 's_down') } : chosen
        const flaw = flawOf(view, master, candidate) ?? placement.flawOf(chosen)
        if (flaw !== undefined) report(`${sentinel.name} chose ${chosen.name} although ${flaw}`)
        if (!areLinksKnown) continue
        const nearer = placement.lags(chosen) ? others.find((other) => placement.lags(other) === false) : undefined
        if (nearer !== undefined) report(`${sentinel.name} chose ${chosen.name}, which lags, although ${nearer.name} does not`)
        const better = others.find((other) => (
          placement.lags(other) !== undefined && placement.lags(other) === placement.lags(chosen)
          && isBetter(other, chosen, placement.isPreferred)
        ))
        if (better !== undefined) report(`${sentinel.name} chose ${chosen.name} although ${better.name} is better`)
      }
    },
  }),
}

/** Not where the master answers again. */
function isWithoutCandidate(event: SentinelEvent): boolean {
  return event.name === '-failover-abort-no-good-slave' && event.because === undefined
}

/** The master comes first in a step, as in the original; a replica whose deadline is due in the same step follows. */
function foundDownLater(later: readonly Effect[], { name }: ReplicaView): boolean {
  return later.some((effect) => effect.type === 'emit' && effect.event.name === '+sdown' && effect.event.subject?.name === name)
}

/**
 * No replica had the lost data when the choice fell: the attempt ends, and in the same step the emptied master is taken
 * back, so the view after the step no longer shows that its data were lost.
 */
function isTakenBackLater(later: readonly Effect[], master: string): boolean {
  return later.some((effect) => (
    effect.type === 'emit' && effect.event.name === '+lost-data' && effect.event.master === master
    && effect.event.outcome === 'no-copy'
  ))
}

/**
 * A coordinated failover that chooses after its time is up (its sentinel stood still, or was in TILT) is given up in
 * the same step, so the memory after it no longer shows that there was one, nor whether the operator named a replica.
 */
function isGivenUpLater(later: readonly Effect[], master: string): boolean {
  return later.some((effect) => (
    effect.type === 'emit' && effect.event.name === '-failover-abort-master-timeout' && effect.event.subject.name === master
  ))
}

function without(flags: readonly string[], flag: string): string[] {
  return flags.filter((other) => other !== flag)
}

/** A replica whose link to its master has been down for longer is not promoted (behaviour.md 9.3). */
export function linkDownLimitMs({ sdownMs, shownAsMasterMs = 0, downAfterMs }: MasterView): number {
  return 10 * downAfterMs + (sdownMs === undefined ? 0 : Math.max(sdownMs, shownAsMasterMs))
}

function flawOf(view: SentinelView, master: MasterView, replica: ReplicaView): string | undefined {
  const recently = 5 * tunable(view, 'ping-period')
  const infoLimit = master.sdownMs === undefined ? 3 * tunable(view, 'info-period') : recently
  if (replica.flags.includes('s_down')) return 'it is down'
  if (replica.flags.includes('disconnected')) return 'its link is missing'
  if (replica.lastOkPingReplyMs > recently) return `it has been silent for ${replica.lastOkPingReplyMs} ms`
  if (replica.priority === 0) return 'its priority is 0'
  if (replica.infoRefreshMs > infoLimit) return `its INFO is ${replica.infoRefreshMs} ms old`
  if (replica.masterLinkDownMs > linkDownLimitMs(master)) return `it has lost its master for ${replica.masterLinkDownMs} ms`
  return undefined
}

const NEVER = 'it never synchronised'

/** Why its data may not be those of its master, by its own INFO. */
function doubtOf(info: string): string | undefined {
  if (/^master_link_status:up\r?$/m.test(info)) return undefined
  if (/^loading:1\r?$/m.test(info)) return 'it is loading'
  return /^master_link_down_since_seconds:-1\r?$/m.test(info) ? NEVER : undefined
}

function isWithoutKeys(info: string): boolean {
  return info.includes('# Keyspace') && !/^db0:keys=/m.test(info)
}

/** It looks like one whose full synchronisation failed after it had discarded its data: a last resort, too. */
function isEmptied(info: string): boolean {
  return /^master_link_status:down\r?$/m.test(info) && isWithoutKeys(info) && /^slave_repl_offset:0\r?$/m.test(info)
}

/** It follows a node that the sentinel takes for another deployment's, so its data may be those of that one. */
function isBelowForeign(info: string, replicas: readonly ReplicaView[]): boolean {
  const [, above] = /^master_host:(\S+)/m.exec(info) ?? []
  const [, port] = /^master_port:(\d+)/m.exec(info) ?? []
  return replicas.some((one) => one.isForeign && one.host === above && one.port === Number(port))
}

/** It has no key, a copy of the emptied master, or nothing that ties what it has to the lost data. */
function isWithoutLostData(info: string, masterInfo: string, lineage: readonly string[]): boolean {
  if (isWithoutKeys(info)) return true
  return replicationId(info) === replicationId(masterInfo) || !isTied(info, lineage)
}

/**
 * What a coordinated failover needs as well: the master lists it as online, and they have one replication id. After a
 * power cut it may be listed twice for a while; the later connection counts.
 */
function isListedOnline(masterInfo: string, { host, port }: ReplicaView, info: string): boolean {
  const connections = [...masterInfo.matchAll(/:ip=([^,]*),port=(\d+),state=(\w+)/g)]
  const last = connections.findLast(([, ip, at]) => ip === host && Number(at) === port)
  return last?.[3] === 'online' && replicationId(info) === replicationId(masterInfo)
}

function replicationId(info: string): string | undefined {
  return /^master_replid:(\S+)/m.exec(info)?.[1]
}

/** Better by the rule: lower priority, then the preferred zone, then more data, then the smaller run id. */
function isBetter(one: ReplicaView, other: ReplicaView, isPreferred: (replica: ReplicaView) => boolean): boolean {
  if (one.name === other.name) return false
  if (one.priority !== other.priority) return one.priority < other.priority
  if (isPreferred(one) !== isPreferred(other)) return isPreferred(one)
  if (one.offset !== other.offset) return one.offset > other.offset
  return one.runId !== '' && other.runId !== '' && one.runId < other.runId
}
