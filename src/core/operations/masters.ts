/** MONITOR, REMOVE, RESET and FAILOVER (behaviour.md 8.7, 11.2; protocol.md 2.7 to 2.9). */
import { dropPause } from '../election/pause.ts'
import { takeOrder } from '../election/order.ts'
import { rememberVoters } from '../election/voters.ts'
import { resetMaster, switchMaster } from '../failover/conclude.ts'
import { confirmedReplica } from '../state/failover.ts'
import { canListReplicas } from '../monitoring/listing.ts'
import { rankReplicas } from '../failover/selection.ts'
import { globMatch } from '../glob.ts'
import { MASTERS_MAX } from '../limits.ts'
import { forgetLineage } from '../lineage.ts'
import { addressForRecord } from '../names.ts'
import type { Operation, OperationResult } from '../operation.ts'
import { isPort } from '../state/address.ts'
import type { Master } from '../state/master.ts'
import { adjustedSettings, type MasterSettings } from '../state/settings.ts'
import { clearForgotten } from '../tombstones.ts'
import { addMaster, addReplica, removeMaster, type NewMaster } from '../monitoring/records.ts'
import type { Turn } from '../turn.ts'
import { beginCoordinated } from './coordinated.ts'
import { scheduleFailover } from './planned.ts'

type Asked<Kind extends Operation['kind']> = Extract<Operation, { kind: Kind }>
type Respond = (result: OperationResult) => void

export function monitorMaster(turn: Turn, asked: Asked<'monitor'>, respond: Respond): void {
  const { name, host, port, quorum } = asked
  // The host is checked before the port (protocol.md 2.7).
  const address = addressForRecord(turn, host, isPort(port) ? port : 0)
  // A name of the configuration file may have none (config.md 3.1); one that an operator gives is refused.
  if (address?.ip === undefined) return respond({ kind: 'refused', error: 'unresolvable-address' })
  if (!isPort(port)) return respond({ kind: 'refused', error: 'invalid-port' })
  if (turn.state.masters.has(name)) return respond({ kind: 'refused', error: 'duplicate-master' })
  if (turn.state.masters.size >= MASTERS_MAX) return respond({ kind: 'refused', error: 'too-many-masters' })
  const master = addAtOwnEpoch(turn, { name, address, settings: adjustedSettings(quorum, turn.state.tunables) })
  turn.persist()
  respond({ kind: 'ok' })
  turn.emit('+monitor', master, { quorum })
}

/** Our epoch counts as used: after REMOVE and MONITOR of one name, we must not vote twice in one epoch (Q9). */
function addAtOwnEpoch(turn: Turn, given: Omit<NewMaster, 'leaderEpoch'>): Master {
  return addMaster(turn, { ...given, leaderEpoch: turn.state.currentEpoch })
}

/** Adds a master of the configuration file to those that run already. The caller has checked address and name. */
export function addMonitored(turn: Turn, { name, host, port }: Omit<Asked<'monitor'>, 'kind' | 'quorum'>, settings: MasterSettings): void {
  const address = addressForRecord(turn, host, port)
  if (address === undefined) return
  const master = addAtOwnEpoch(turn, { name, address, settings })
  turn.persist()
  turn.emit('+monitor', master, { quorum: settings.quorum })
}

export function removeMasterNamed(turn: Turn, asked: Asked<'remove'>, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  turn.emit('-monitor', master)
  dropPause(turn, master)
  rememberVoters(turn, master)
  turn.keepBeforeSave()
  clearForgotten(turn, master)
  removeMaster(turn, master)
  forgetLineage(turn, master.name)
  turn.persist()
  respond({ kind: 'ok' })
}

/**
 * RESET itself saves nothing, as in the original (Q8): the next discoveries save the state. Unlike the original, it
 * keeps the replicas of a master that cannot name them.
 */
export function resetMasters(turn: Turn, asked: Asked<'reset'>, respond: Respond): void {
  let count = 0
  for (const master of turn.state.masters.values()) {
    if (!globMatch(asked.pattern, master.name)) continue
    // A confirmed promotion is our saved configuration, and it was announced: a reset does not revert it, or we
    // would announce the old address under the new epoch.
    const promoted = confirmedReplica(master)
    if (promoted !== undefined) switchMaster(turn, master, promoted.address, 'leader')
    rememberVoters(turn, master)
    clearForgotten(turn, master)
    const kept = canListReplicas(master) ? [] : [...master.replicas.values()].map(({ address }) => address)
    const { shownAsMasterAt } = master
    resetMaster(turn, master, { keepPeers: false })
    if (kept.length > 0) Object.assign(master, { shownAsMasterAt, wasResetWhileGone: true })
    turn.emit('+reset-master', master)
    if (kept.length > 0) turn.note({ kind: 'reset-kept-replicas', master: master.name, count: kept.length })
    for (const address of kept) {
      const replica = addReplica(turn, master, address)
      if (replica !== undefined) turn.emit('+slave', replica)
    }
    count += 1
  }
  respond({ kind: 'reset', count })
}

export function forceFailover(turn: Turn, asked: Asked<'failover'>, respond: Respond): void {
  const master = turn.state.masters.get(asked.name)
  if (master === undefined) return respond({ kind: 'refused', error: 'no-such-master' })
  const { coordinated } = asked
  if (coordinated !== undefined) {
    return respond(coordinated.at === undefined
      ? beginCoordinated(turn, master, coordinated) : scheduleFailover(turn, master, coordinated, coordinated.at))
  }
  if (master.failover.phase !== 'none') return respond({ kind: 'refused', error: 'failover-in-progress' })
  const verdict = rankReplicas(turn.state, master, turn.now.mono)
  master.lastVerdict = verdict
  if (verdict.best === undefined) return respond({ kind: 'refused', error: 'no-good-replica' })
  takeOrder(turn, master)
  respond({ kind: 'ok' })
}
