/** An event taken apart for machines: what the JSON format says beside the text. */
import { hostAndPort, type SentinelEvent, type Subject } from '../core/index.ts'
import { abortReason } from './journal.ts'
import { detailOf } from './payload.ts'
import type { PublishedEvent } from '../ports/index.ts'

export type EventFields = Readonly<Record<string, string | number>>

/** Name, master, whom it is about with the address, and what the detail says: epoch, leader, addresses, reason. */
export function eventFields({ event, channel, payload }: PublishedEvent): EventFields {
  return {
    event: channel,
    ...(event.master === undefined ? {} : { master: event.master }),
    ...(event.subject === undefined ? {} : subjectFields(event.subject)),
    ...detailFields(channel, detailOf(event) ?? '', event),
    payload,
  }
}

function subjectFields({ kind, name, host, port }: Subject): EventFields {
  return { subject: kind, ...(kind === 'master' ? {} : { name }), address: hostAndPort(host, port) }
}

function detailFields(channel: string, detail: string, event: SentinelEvent): EventFields {
  const words = detail.split(' ')
  switch (channel) {
    case '+new-epoch':
      return { epoch: detail }
    case '+vote-for-leader':
      return { leader: words[0] ?? '', epoch: words[1] ?? '' }
    case '+switch-master': {
      const [fromHost = '', fromPort = '', toHost = '', toPort = ''] = words.slice(-4)
      return { from: hostAndPort(fromHost, fromPort), to: hostAndPort(toHost, toPort) }
    }
    case '+odown':
      return detail.startsWith('#quorum ') ? { agree: detail.slice('#quorum '.length) } : {}
    case '-cmd-link-reconnection':
    case '-pubsub-link-reconnection':
      return { reason: detail.replace(/^#/, '') }
    case '-failover-abort-not-elected':
    case '-failover-abort-no-good-slave':
    case '-failover-abort-slave-timeout':
      return { reason: abortReason(event).replace('-failover-abort-', '') }
    default:
      return detail === '' ? {} : { detail }
  }
}
