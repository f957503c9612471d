import { readPayload, type ReadEvent } from '../events/index.ts'

/**
 * The event of an entry of the timeline or of a message, with its fields; undefined for marks, and for what is no event
 * of a sentinel.
 */
export function sentinelEvent(entry: { readonly event: string, readonly text: string }): ReadEvent | undefined {
  return readPayload(entry.event, entry.text)
}

/** Name of the master that an event is about; undefined for one that names none, such as `+new-epoch`. */
export function masterOf(event: ReadEvent): string | undefined {
  if (event.name === '+switch-master') return event.master
  if (!('subject' in event)) return undefined
  return event.subject.kind === 'master' ? event.subject.name : event.subject.master.name
}
