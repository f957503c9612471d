/** The door of the events: what happened, in words, and who is told. */
export { EventBus } from './bus.ts'
export { EVENT_LEVELS } from './catalog.ts'
export { cutAtBytes } from './byte-cut.ts'
export { notificationFor } from './notification.ts'
export { localTime, type LogLine, noteLine } from './notes.ts'
export { PAYLOAD_BYTES_MAX, payloadOf } from './payload.ts'
