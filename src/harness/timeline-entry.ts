/** An event of a sentinel, or a mark of the harness such as a kill. */
export interface TimelineEntry {
  readonly kind: 'event' | 'mark'
  /** Milliseconds since 1970 with fractions, from a clock that never steps back. */
  readonly at: number
  /** Name of the sentinel or node, as in the deployment. */
  readonly source: string
  /** Channel of the event, for example `+sdown`; for a mark the action, for example `killed`. */
  readonly event: string
  /** Payload of the event, for example `master mymaster 127.0.0.1 6379`. */
  readonly text: string
}

const FAULTS = /^(?:fault|killed|paused|stopped|ended)/

/** Whether this is the mark of a fault; a process that ended by itself is a fault as well. */
export function isFault({ kind, event }: TimelineEntry): boolean {
  return kind === 'mark' && FAULTS.test(event)
}
