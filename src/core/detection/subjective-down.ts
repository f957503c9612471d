/** SDOWN: one sentinel's own opinion about one instance (behaviour.md 3.5, 4.3, 4.4). */
import { wantInfoOfReplicas } from '../monitoring/info-request.ts'
import { lostDataSdownAt } from '../monitoring/lost-data.ts'
import { closeConnection, mayReturnSoon } from '../monitoring/reconnect.ts'
import { reportDownCause } from '../monitoring/refusals.ts'
import { killScript } from '../monitoring/script-kill.ts'
import type { Instance } from '../state/instance.ts'
import { silentSince, type Connection } from '../state/link.ts'
import type { Master } from '../state/master.ts'
import { masterOf } from '../state/sentinel-state.ts'
import type { Millis } from '../time.ts'
import type { Turn } from '../turn.ts'
import { hasCrashed } from './crash.ts'
import { endSuspicion, witnessesWithhold } from './witnesses.ts'

export function checkSubjectiveDown(turn: Turn, instance: Instance): void {
  const isDown = isDownNow(turn, instance)
  if (isDown === instance.sdown) return
  instance.sdown = isDown
  if (isDown) instance.sdownSince = turn.now.mono
  else if (instance.kind !== 'peer') instance.scriptKill = undefined
  turn.emit(isDown ? '+sdown' : '-sdown', instance)
  if (isDown) reportDownCause(turn, instance)
  // The last reply was -BUSY: waiting for the next PING reply would delay the kill until after the failover.
  if (isDown && instance.link.pulse === 'busy') killScript(turn, instance)
  const master = masterOf(turn.state, instance)
  if (master === undefined) return
  turn.touch(master)
  if (instance === master && isDown) prepareForFailover(turn, instance)
}

/** A witnessed master is not down for its silence; once it is down, witnesses do not end that. */
function isDownNow(turn: Turn, instance: Instance): boolean {
  const now = turn.now.mono
  if (instance.kind === 'master' && hasCrashed(turn, instance)) {
    endSuspicion(turn, instance, 'other-cause')
    return true
  }
  if (instance.kind !== 'master' || instance.sdown) return now >= (sdownDueAt(turn, instance) ?? Infinity)
  if (now >= otherCauseDueAt(turn, instance)) {
    endSuspicion(turn, instance, 'other-cause')
    return true
  }
  return now >= silenceDueAt(instance) && !witnessesWithhold(turn, instance)
}

/** When `checkSubjectiveDown` may find the instance down next; undefined = never in its present state. */
export function sdownCheckAt(turn: Turn, instance: Instance): Millis | undefined {
  if (instance.sdown) return undefined
  if (instance.kind !== 'master') return sdownDueAt(turn, instance)
  // SET may have made down-after longer since SDOWN was withheld.
  const judgeAt = instance.suspicion?.withheld?.judgeAt ?? -Infinity
  const due = Math.min(otherCauseDueAt(turn, instance), Math.max(judgeAt, silenceDueAt(instance)))
  return due === Infinity ? undefined : due
}

/** Requests INFO of the replicas early: the selection needs fresh offsets, which take a round trip. */
function prepareForFailover(turn: Turn, instance: Instance): void {
  if (instance.kind !== 'master') return
  wantInfoOfReplicas(turn, instance)
  for (const peer of instance.peers.values()) peer.reaskMs = 0
}

/** When the instance becomes SDOWN if no input arrives; undefined = never in its present state. */
export function sdownDueAt(turn: Pick<Turn, 'state'>, instance: Instance): Millis | undefined {
  const silence = silenceDueAt(instance)
  const due = instance.kind === 'master' ? Math.min(silence, otherCauseDueAt(turn, instance)) : silence
  return due === Infinity ? undefined : due
}

function silenceDueAt({ link, settings }: Instance): Millis {
  const since = silentSince(link)
  return since === undefined ? Infinity : since + settings.downAfterMs + 1
}

/** What makes a master count as down although it may answer: it is a replica, or has restarted, or lost its data. */
function otherCauseDueAt(turn: Pick<Turn, 'state'>, master: Master): Millis {
  let due = Infinity
  if (master.roleReported === 'slave') {
    const patience = master.settings.downAfterMs + 2 * turn.state.tunables['info-period']
    due = Math.min(due, master.roleReportedSince + patience)
  }
  due = Math.min(due, lostDataSdownAt(master) ?? Infinity)
  if (master.rebootSince !== undefined) due = Math.min(due, master.rebootSince + master.settings.rebootDownAfterMs)
  return due + 1
}

/** Closes connections that receive nothing; `reconnect` opens them again (behaviour.md 3.5). */
export function closeDeadConnections(turn: Turn, instance: Instance): void {
  const { link } = instance
  const now = turn.now.mono
  if (link.command !== undefined && commandTeardownAt(turn, instance) <= now) {
    closeConnection(turn, link, link.command)
    turn.touch(instance)
  }
  if (link.hello !== undefined && helloTeardownAt(turn, instance) <= now) {
    closeConnection(turn, link, link.hello)
    turn.touch(instance)
  }
}

/** When the next connection is closed because it receives nothing (behaviour.md 3.5). */
export function teardownDueAt(turn: Turn, instance: Instance): Millis {
  return Math.min(commandTeardownAt(turn, instance), helloTeardownAt(turn, instance))
}

function commandTeardownAt(turn: Turn, instance: Instance): Millis {
  const { link } = instance
  // Replies on the hello connection do not prove that this one works.
  if (link.command === undefined || link.command.pings === 0) return Infinity
  if (isHanging(turn, instance, link.command)) return connectingUntil(turn, link.command)
  return 1 + Math.max(
    link.command.startedAt + turn.state.tunables['min-link-reconnect-period'],
    link.command.pingsSince + Math.floor(instance.settings.downAfterMs / 2),
  )
}

function helloTeardownAt(turn: Turn, instance: Instance): Millis {
  const { link } = instance
  if (link.hello === undefined) return Infinity
  if (isHanging(turn, instance, link.hello)) return connectingUntil(turn, link.hello)
  return 1 + Math.max(
    link.hello.startedAt + turn.state.tunables['min-link-reconnect-period'],
    (link.helloActivityAt ?? 0) + 3 * turn.state.tunables['publish-period'],
  )
}

/**
 * Whether an attempt to connect to a replaced master has had no answer. The system repeats it at growing intervals, so
 * a new one reaches the node sooner after a partition.
 */
function isHanging(turn: Turn, instance: Instance, { establishedAt }: Connection): boolean {
  return establishedAt === undefined && mayReturnSoon(turn, instance)
}

function connectingUntil(turn: Turn, { startedAt }: Connection): Millis {
  return startedAt + turn.state.tunables['ping-period'] + 1
}
