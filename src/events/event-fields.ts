/** The fields of an event that the JSON format shows in addition to the text. */
import type { EventOf, SentinelEvent, Subject } from '../core/index.ts'
import { abortReason } from './journal.ts'
import { detailOf, END_OF_PAUSE, END_OF_SCHEDULE, END_OF_WITNESS } from './payload.ts'
import type { PublishedEvent } from '../ports/index.ts'
import { hostAndPort } from '../text/index.ts'

/** All fields of all events; which ones are present depends on the event. */
export interface EventFields {
  readonly event: string
  readonly master?: string
  readonly subject?: Subject['kind']
  readonly name?: string
  readonly address?: string
  readonly epoch?: string
  readonly leader?: string
  readonly from?: string
  readonly to?: string
  readonly agree?: string
  /** When a scheduled failover begins, in ISO 8601. */
  readonly at?: string
  /** When a pause of failovers ends by itself, in ISO 8601. */
  readonly until?: string
  readonly reason?: string
  readonly detail?: string
  readonly payload: string
}

type Details = Omit<EventFields, 'event' | 'payload'>

/** Name, master, subject with its address, and the other fields: epoch, leader, addresses, reason. */
export function eventFields({ event, channel, payload }: PublishedEvent): EventFields {
  return {
    event: channel,
    ...(event.master === undefined ? {} : { master: event.master }),
    ...('subject' in event ? subjectFields(event.subject) : {}),
    ...otherFields(event),
    payload,
  }
}

function subjectFields({ kind, name, host, port }: Subject): Details {
  return { subject: kind, ...(kind === 'master' ? {} : { name }), address: hostAndPort(host, port) }
}

function scheduleFields({ at, to }: EventOf<'+scheduled'>): Details {
  return { at: new Date(at).toISOString(), ...to === undefined ? {} : { to: hostAndPort(to.host, to.port) } }
}

function pauseFields({ until, reason }: EventOf<'+paused'>): Details {
  return { until: new Date(until).toISOString(), ...reason === undefined ? {} : { reason } }
}

/** The fields after name, master and subject; a detail that has no fields of its own is given as text. */
function otherFields(event: SentinelEvent): Details {
  switch (event.name) {
    case '+new-epoch':
      return { epoch: String(event.epoch) }
    case '+vote-for-leader':
      return { leader: event.leader, epoch: String(event.epoch) }
    case '+switch-master':
      return { from: hostAndPort(event.from.host, event.from.port), to: hostAndPort(event.to.host, event.to.port) }
    case '+odown':
      return { agree: `${event.agree}/${event.quorum}` }
    case '+witnessed':
      return { agree: `${event.alive}/${event.reachable}` }
    case '-witnessed':
      return { reason: END_OF_WITNESS[event.why].slice(1) }
    case '+paused':
      return pauseFields(event)
    case '+scheduled':
      return scheduleFields(event)
    case '-scheduled':
      return { reason: END_OF_SCHEDULE[event.why].slice(1) }
    case '-paused':
      return { reason: END_OF_PAUSE[event.why].slice(1) }
    case '+peer-disagrees':
      return {
        to: hostAndPort(event.names.host, event.names.port), epoch: String(event.configEpoch), detail: detailOf(event),
      }
    case '-cmd-link-reconnection':
    case '-pubsub-link-reconnection':
      return { reason: event.reason }
    case '-failover-abort-not-elected':
    case '-failover-abort-no-good-slave':
    case '-failover-abort-slave-timeout':
    case '-failover-abort-master-timeout':
      return { reason: abortReason(event).replace('-failover-abort-', '') }
    default: {
      const detail = detailOf(event)
      return detail === '' ? {} : { detail }
    }
  }
}
