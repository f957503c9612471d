/** Handing events to the notification script of their master (behaviour.md 10.1). */
import type { PublishedEvent } from '../ports/index.ts'

/** The command line to queue, or undefined when this event is not for a script: warnings about a master only. */
export function notificationFor(published: PublishedEvent): readonly string[] | undefined {
  const { event, level, channel, payload } = published
  if (level !== 'warning' || event.notificationScript === undefined) return undefined
  return [event.notificationScript, channel, payload]
}
