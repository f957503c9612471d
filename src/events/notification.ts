/** Handing events to the notification script of their master (behaviour.md 10.1). */
import type { PublishedEvent, ScriptRunner } from '../ports/index.ts'

/**
 * The sink that queues path, event and payload for warnings. Events that belong to no master carry no script, so the
 * script queue's own failures cannot feed it.
 */
export function notificationSink(scripts: Pick<ScriptRunner, 'enqueue'>): (event: PublishedEvent) => void {
  return ({ event, level, channel, payload }) => {
    if (level === 'warning' && event.notificationScript !== undefined) {
      scripts.enqueue([event.notificationScript, channel, payload])
    }
  }
}
