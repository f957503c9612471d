/** Events and notes as the log of a sentinel shows them (protocol.md 3.1). */
import type { Note, SentinelEvent, Subject } from '../../src/core/index.ts'
import { payloadOf } from '../../src/events/index.ts'

export function eventText(event: SentinelEvent): string {
  return `${event.name} ${payloadOf(event)}`
}

/** The node that the event is about, where its payload describes one. */
export function subjectOf(event: SentinelEvent): Subject | undefined {
  return 'subject' in event ? event.subject : undefined
}

export function noteText(note: Note): string {
  switch (note.kind) {
    case 'peer-voted':
      return `${note.peer} voted for ${note.leader} ${note.epoch}`
    case 'failover-delay':
      return `(no failover of ${note.master} before ${note.untilWall})`
    case 'failover-requested':
      return `(failover of ${note.master} requested)`
    case 'handover-ended':
      return `(coordinated failover of ${note.master} ends: ${note.why})`
    case 'resolve-failed':
      return `(no address for ${note.host})`
    case 'simulated-failure-armed':
      return `(armed: ${note.failure})`
    case 'simulated-crash':
      return '(simulated crash)'
    case 'access-refused':
      return `(${note.node} refused ${note.command} of ${note.user}: ${note.error})`
    case 'tilt-cause':
      return `(tilt: ${note.cause.kind})`
    case 'down-cause':
      return `(${note.node} is down: ${note.reason})`
    case 'promotion-refused':
      return `(the failover of ${note.master} ends: ${note.replica} refused ${note.command} of ${note.user}: ${note.error})`
    case 'promotion-unreachable':
      return `(the failover of ${note.master} ends: the connection to ${note.replica} failed: ${note.reason})`
    case 'same-server':
      return `(${note.dropped} is the same server as ${note.kept})`
    case 'same-id':
      return `(${note.address} has the same id ${note.id} as ${note.other ?? 'we'})`
    case 'shared-address':
      return `(more than one server at ${note.address})`
    case 'vote-withheld':
      return `(${note.candidate} does not get the vote of epoch ${note.epoch} for ${note.master}: ${note.error})`
    case 'crash-detected':
      return `(${note.master} has crashed: ${note.refusals} refusals, ${note.lost} of ${note.reachable} replicas lost it)`
    case 'known-again':
      return `(the ${note.what} ${note.name} is known again)`
    case 'reset-kept-replicas':
      return `(${note.count} replicas of ${note.master} are kept)`
    case 'nonsense':
      return `(nonsense from ${note.from}: ${note.what})`
  }
}
