import type { ReadEvent } from '../events/index.ts'
import { count } from '../text/index.ts'
import { masterOf, sentinelEvent } from './sentinel-event.ts'
import type { Timeline, TimelineEntry } from './timeline.ts'

/**
 * Times of the steps of a failover, in milliseconds since the fault. A step without an event is undefined: an ordered
 * failover, for example, has no `sdownMs`.
 */
export interface FailoverTimes {
  /** The first `+sdown` of the master. */
  readonly sdownMs: number | undefined
  /** The first `+odown`: the quorum agrees. */
  readonly odownMs: number | undefined
  /** The first `+elected-leader`. */
  readonly electedMs: number | undefined
  /** The first `+promoted-slave`: the new master accepts writes. */
  readonly promotedMs: number | undefined
  /** The first `+switch-master`: clients can learn the new address. */
  readonly switchedMs: number | undefined
  /** The last of the sentinels' first `+switch-master`; undefined until all running sentinels have reported it. */
  readonly switchedOnAllMs: number | undefined
}

/** When a fault was done. */
export interface FaultTime {
  /** Milliseconds since 1970, on the clock of the timeline. */
  readonly at: number
  /** Position in the timeline before it. */
  readonly position: number
}

/**
 * Reads the times of one failover out of a timeline.
 *
 * @param masterName only the events of this master; default: of any
 */
export function failoverTimes(
  timeline: Timeline, fault: FaultTime, masterName?: string,
): FailoverTimes {
  const steps = timeline.all({ kind: 'event', after: fault.position }).flatMap(({ source, at, event: channel, text }) => {
    const event = sentinelEvent({ event: channel, text })
    return event === undefined || (masterName !== undefined && masterOf(event) !== masterName)
      ? [] : [{ event, source, ms: at - fault.at }]
  })
  const first = (name: ReadEvent['name']): number | undefined => steps.find(({ event }) => event.name === name)?.ms
  const switches = new Map<string, number>()
  for (const { event, source, ms } of steps) {
    if (event.name === '+switch-master' && !switches.has(source)) switches.set(source, ms)
  }
  return {
    sdownMs: steps.find(({ event }) => event.name === '+sdown' && event.subject.kind === 'master')?.ms,
    odownMs: first('+odown'),
    electedMs: first('+elected-leader'),
    promotedMs: first('+promoted-slave'),
    switchedMs: first('+switch-master'),
    switchedOnAllMs: switches.size === 0 || timeline.expectedSources.some((source) => !switches.has(source))
      ? undefined
      : Math.max(...switches.values()),
  }
}

/** How many failovers are expected; both ends included. */
export interface ExpectedFailovers {
  readonly least: number
  readonly most: number
}

/** The range for a number that is exact or a range already. */
export function rangeOf(expected: number | ExpectedFailovers): ExpectedFailovers {
  return typeof expected === 'number' ? { least: expected, most: expected } : expected
}

/**
 * Number of failovers: for each master the most switches that any one sentinel reported, added up. More than the faults
 * explain means that a healthy master was replaced.
 *
 * @param masterName counts only failovers of this master; default: of all
 */
export function countFailovers(entries: readonly TimelineEntry[], masterName?: string): number {
  return switchesByMaster(entries, masterName).reduce((sum, { switches }) => sum + switches.length, 0)
}

/**
 * Compares the number of failovers with the number that the faults explain.
 *
 * @param masterName counts only failovers of this master; default: of all
 * @returns the difference in one line, with the switches that were seen; undefined if there is none
 */
export function failoverProblem(
  entries: readonly TimelineEntry[], expected: ExpectedFailovers, masterName?: string,
): string | undefined {
  const { least, most } = expected
  const failovers = countFailovers(entries, masterName)
  if (failovers >= least && failovers <= most) return undefined
  const wanted = least === most ? String(most) : `${least} to ${most}`
  const noun = wanted === '1' ? 'was' : 'were'
  const seen = switchesByMaster(entries, masterName).flatMap(({ switches }) => switches)
    .map(({ at, text }) => `${text} at ${(at - (entries[0]?.at ?? at)).toFixed(0)} ms`)
  const detail = seen.length === 0 ? '' : ` (${seen.join('; ')})`
  const number = count(failovers, 'failover')
  return failovers > most
    ? `${number} where ${wanted} ${noun} expected, more than the faults explain${detail}`
    : `${number} where ${wanted} ${noun} expected${detail}`
}

/** For each master the switches of the sentinel that reported most of them. */
function switchesByMaster(
  entries: readonly TimelineEntry[], masterName: string | undefined,
): { readonly switches: readonly TimelineEntry[] }[] {
  const masters = new Map<string, Map<string, TimelineEntry[]>>()
  for (const entry of entries) {
    const event = entry.kind === 'event' && entry.event === '+switch-master' ? sentinelEvent(entry) : undefined
    const name = event && masterOf(event)
    if (name === undefined || (masterName !== undefined && name !== masterName)) continue
    const bySentinel = masters.get(name) ?? new Map<string, TimelineEntry[]>()
    masters.set(name, bySentinel)
    bySentinel.set(entry.source, [...bySentinel.get(entry.source) ?? [], entry])
  }
  return [...masters.values()].map((bySentinel) => ({
    switches: [...bySentinel.values()].reduce((most, one) => one.length > most.length ? one : most, []),
  }))
}
