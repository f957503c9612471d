/** Subjects and times that the tests of events share; the payloads are real captures (protocol.md 3.2). */
import type { MasterSubject, Now, ReplicaSubject, SentinelEvent, SentinelSubject } from '../../../src/core/index.ts'
import { payloadOf, CATALOG } from '../../../src/events/index.ts'
import type { PublishedEvent } from '../../../src/ports/index.ts'

export const MASTER: MasterSubject = { kind: 'master', name: 'mymaster', host: '127.0.0.1', port: 6379 }

export const REPLICA: ReplicaSubject = {
  kind: 'replica', name: '127.0.0.1:6381', host: '127.0.0.1', port: 6381,
  master: { name: 'mymaster', host: '127.0.0.1', port: 6379 },
}

export const PEER: SentinelSubject = {
  kind: 'sentinel', name: '01c74702b8a7abed68bb2789fa30dfb75969a2ae', host: '127.0.0.1', port: 26379,
  master: { name: 'mymaster', host: '127.0.0.1', port: 6379 },
}

export function at(ms: number): Now {
  return { mono: ms, wall: 1_700_000_000_000 + ms }
}

export function published(event: SentinelEvent, now: Now = at(0)): PublishedEvent {
  return { event, level: CATALOG[event.name].level, channel: event.name, payload: payloadOf(event), now }
}
