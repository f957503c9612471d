/** Hands events to the notification script of their master (behaviour.md 10.1). */
import type { PublishedEvent, ScriptRunner } from '../ports/index.ts'

/**
 * The sink that queues path, event and payload of warnings. Events without a master have no script, so failures of the
 * script queue cannot queue more scripts.
 */
export function notificationSink(scripts: Pick<ScriptRunner, 'enqueue'>): (event: PublishedEvent) => void {
  return ({ event, level, channel, payload }) => {
    if (level === 'warning' && event.notificationScript !== undefined) {
      scripts.enqueue([event.notificationScript, channel, payload])
    }
  }
}
