/** The chosen replica is legal and the best, given what the leader knows at that moment (behaviour.md 9.3). */
import type { Effect, MasterView, ReplicaView, SentinelView } from '../../../src/core/index.ts'
import { tunable, type Checker } from './watch.ts'

export const eligiblePromotion: Checker = {
  invariant: 'only the best legal replica is promoted',
  watch: ({ report }) => ({
    stepped: (sentinel, _input, effects, now) => {
      for (const [at, effect] of effects.entries()) {
        if (effect.type !== 'emit' || effect.event.name !== '+selected-slave') continue
        const { view } = sentinel
        const { master: name = '', subject } = effect.event
        const master = view?.master(name, now)
        if (view === undefined || master === undefined) continue
        const replicas = view.replicas(name, now)
        const chosen = replicas.find((replica) => replica.name === subject?.name)
        if (chosen === undefined) continue
        const texts = view.infoCache(name, now).map(({ text }) => text ?? '')
        const infoOf = (replica: ReplicaView) => texts[1 + replicas.indexOf(replica)] ?? ''
        // One that never answered INFO looks fresh in the view.
        const isLegal = (replica: ReplicaView) => infoOf(replica) !== '' && flawOf(view, master, replica) === undefined
        const isDoubtful = (replica: ReplicaView) => doubtOf(infoOf(replica)) !== undefined
          || replica.isForeign || /^master_host:10\.0\.20\./m.test(infoOf(replica))
          || (master.lostData === 'failover' && isWithoutLostData(infoOf(replica), texts[0] ?? ''))
        const others = replicas.filter((one) => isLegal(one) && !isDoubtful(one))
        const doubt = doubtOf(infoOf(chosen))
        if (doubt !== undefined && others.length > 0) report(`${sentinel.name} chose ${chosen.name} although ${doubt}`)
        if (doubt === NEVER && isWithoutKeys(infoOf(chosen))) report(`${sentinel.name} chose ${chosen.name}, which is empty: ${NEVER}`)
        const known = foundDownLater(effects.slice(at), chosen) ? { ...chosen, flags: without(chosen.flags, 's_down') } : chosen
        const flaw = flawOf(view, master, known)
        if (flaw !== undefined) report(`${sentinel.name} chose ${chosen.name} although ${flaw}`)
        // A link given up and begun again within this step looks whole now; it was missing when the choice fell.
        if (effects.some(({ type }) => type === 'connect')) continue
        const better = others.find((other) => isBetter(other, chosen))
        if (better !== undefined) report(`${sentinel.name} chose ${chosen.name} although ${better.name} is better`)
      }
    },
  }),
}

/** The master comes first in a step, as in the original; a replica whose deadline is due in the same step follows. */
function foundDownLater(later: readonly Effect[], { name }: ReplicaView): boolean {
  return later.some((effect) => effect.type === 'emit' && effect.event.name === '+sdown' && effect.event.subject?.name === name)
}

function without(flags: readonly string[], flag: string): string[] {
  return flags.filter((other) => other !== flag)
}

function flawOf(view: SentinelView, master: MasterView, replica: ReplicaView): string | undefined {
  const recently = 5 * tunable(view, 'ping-period')
  const infoLimit = master.sdownMs === undefined ? 3 * tunable(view, 'info-period') : recently
  const isGone = master.sdownMs !== undefined && master.roleReported === 'slave'
  const goneMs = isGone ? Math.max(master.sdownMs, master.roleReportedMs) : master.sdownMs ?? 0
  const downLimit = 10 * master.downAfterMs + goneMs
  if (replica.flags.includes('s_down')) return 'it is down'
  if (replica.flags.includes('disconnected')) return 'its link is missing'
  if (replica.lastOkPingReplyMs > recently) return `it has been silent for ${replica.lastOkPingReplyMs} ms`
  if (replica.priority === 0) return 'its priority is 0'
  if (replica.infoRefreshMs > infoLimit) return `its INFO is ${replica.infoRefreshMs} ms old`
  if (replica.masterLinkDownMs > downLimit) return `it has lost its master for ${replica.masterLinkDownMs} ms`
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

/** It has no key, or what it copied from the master that lost its data. */
function isWithoutLostData(info: string, masterInfo: string): boolean {
  return isWithoutKeys(info) || replicationId(info) === replicationId(masterInfo)
}

function replicationId(info: string): string | undefined {
  return /^master_replid:(\S+)/m.exec(info)?.[1]
}

/** Better by the rule: lower priority, then more data, then the smaller run id. */
function isBetter(one: ReplicaView, other: ReplicaView): boolean {
  if (one.name === other.name) return false
  if (one.priority !== other.priority) return one.priority < other.priority
  if (one.offset !== other.offset) return one.offset > other.offset
  return one.runId !== '' && other.runId !== '' && one.runId < other.runId
}
