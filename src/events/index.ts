/** The entry point of the events: catalogue, texts, bus and journal. */
export { EventBus, type EventBusOptions } from './bus.ts'
export { CATALOG, type EventKind, type SubjectKind } from './catalog.ts'
export { cutAtBytes } from './cut.ts'
export { eventFields, type EventFields } from './event-fields.ts'
export {
  FAILOVERS_MAX, Journal, PHASES_MAX, type AbortReason, type FailoverFacts, type FailoverHistory, type FailoverOutcome,
  type FailoverPhase, type FailoverRecord,
} from './journal.ts'
export { notificationSink } from './notification.ts'
export { localTime, type LogLine, noteLine } from './notes.ts'
/** Of the core; modules that write text may import the events but not the core. */
export { detailOf, PAYLOAD_BYTES_MAX, payloadOf } from './payload.ts'
export { readPayload, type ReadEvent } from './read-payload.ts'
