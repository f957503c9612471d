import type { Fault } from './faults.ts'
import type { Timeline, TimelineEntry } from './timeline.ts'

/**
 * When the steps of a failover were seen, in milliseconds since the fault. A step that no sentinel told of is
 * undefined: an ordered failover, for example, has no `sdownMs`.
 */
export interface FailoverTimes {
  /** The first `+sdown` of the master. */
  readonly sdownMs: number | undefined
  /** The first `+odown`: the quorum agrees. */
  readonly odownMs: number | undefined
  /** The first `+elected-leader`. */
  readonly electedMs: number | undefined
  /** The first `+promoted-slave`: the new master takes writes. */
  readonly promotedMs: number | undefined
  /** The first `+switch-master`: clients can know the new address. */
  readonly switchedMs: number | undefined
  /** The last sentinel's first `+switch-master`. */
  readonly switchedOnAllMs: number | undefined
}

/**
 * Reads the times of one failover out of a timeline.
 *
 * @param masterName only the events of this master; default: of any
 */
export function failoverTimes(
  timeline: Timeline, fault: Pick<Fault, 'at' | 'position'>, masterName?: string,
): FailoverTimes {
  const events = timeline.all({ kind: 'event', after: fault.position })
    .filter((entry) => masterName === undefined || isAbout(entry, masterName))
  const first = (event: string, subject = ''): number | undefined => {
    const found = events.find((entry) => entry.event === event && entry.text.startsWith(subject))
    return found === undefined ? undefined : found.at - fault.at
  }
  const switches = new Map<string, number>()
  for (const { event, source, at } of events) {
    if (event === '+switch-master' && !switches.has(source)) switches.set(source, at - fault.at)
  }
  return {
    sdownMs: first('+sdown', 'master '),
    odownMs: first('+odown'),
    electedMs: first('+elected-leader'),
    promotedMs: first('+promoted-slave'),
    switchedMs: first('+switch-master'),
    switchedOnAllMs: switches.size === 0 ? undefined : Math.max(...switches.values()),
  }
}

/**
 * How many failovers the sentinels went through: the most switches of the master that any of them told of. More than
 * the faults explain means that a healthy master was replaced.
 */
export function countFailovers(entries: readonly TimelineEntry[]): number {
  const switches = new Map<string, number>()
  for (const { event, source } of entries) {
    if (event === '+switch-master') switches.set(source, (switches.get(source) ?? 0) + 1)
  }
  return Math.max(0, ...switches.values())
}

/** `master <name> …`, `<kind> … @ <name> …`, and `<name> <old> <new>` of +switch-master. */
function isAbout({ event, text }: TimelineEntry, masterName: string): boolean {
  if (event === '+switch-master') return text.startsWith(`${masterName} `)
  return text.startsWith(`master ${masterName} `) || text.includes(` @ ${masterName} `)
}
