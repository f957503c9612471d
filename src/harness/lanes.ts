/** The lanes of a drawing of a timeline: one for each process, with its times of absence. */
import { isFault, type TimelineEntry } from './timeline-entry.ts'

/** How an entry is drawn. */
export type EntryClass = 'fault' | 'down' | 'vote' | 'switch' | 'other'

/** A time in which a process was not running, or paused. Both ends are in milliseconds since 1970. */
export interface Absence {
  readonly from: number
  readonly to: number
  readonly state: 'down' | 'paused'
}

/** One process, or another source of entries such as the network. */
export interface Lane {
  readonly name: string
  readonly entries: readonly TimelineEntry[]
  readonly absences: readonly Absence[]
}

const AWAY: Readonly<Record<string, Absence['state']>> = {
  killed: 'down', stopped: 'down', ended: 'down', paused: 'paused',
}
const BACK = new Set(['started', 'resumed'])

/**
 * The lanes of all sources: first the named processes in their order, then data nodes, sentinels and others.
 *
 * @param until end of the drawing, for absences that have not ended; in milliseconds since 1970
 * @param processes names of those that have a lane also without entries; default: none
 */
export function lanesOf(
  entries: readonly TimelineEntry[], until: number, processes: readonly string[] = [],
): Lane[] {
  const bySource = new Map<string, TimelineEntry[]>(processes.map((name) => [name, []]))
  for (const entry of entries) bySource.set(entry.source, [...bySource.get(entry.source) ?? [], entry])
  const rankIn = (name: string, own: readonly TimelineEntry[]): number => (
    processes.includes(name) ? processes.indexOf(name) - processes.length : rankOf(own)
  )
  return [...bySource]
    .map(([name, own]) => ({ name, entries: own, absences: absencesOf(own, until), rank: rankIn(name, own) }))
    .sort((left, right) => left.rank - right.rank || left.name.localeCompare(right.name, 'en', { numeric: true }))
    .map(({ rank: _, ...lane }) => lane)
}

/** Sentinels publish; nodes have only marks, among them those of their processes. */
function rankOf(entries: readonly TimelineEntry[]): number {
  const isSentinel = entries.some(({ kind, source }) => kind === 'event' || source.startsWith('sentinel-'))
  if (isSentinel) return 1
  return entries.some(({ event }) => event in AWAY || BACK.has(event)) ? 0 : 2
}

function absencesOf(entries: readonly TimelineEntry[], until: number): Absence[] {
  const absences: Absence[] = []
  let away: { readonly from: number, readonly state: Absence['state'] } | undefined
  for (const { kind, event, at } of entries) {
    if (kind !== 'mark') continue
    const state = AWAY[event]
    if (state === undefined && !BACK.has(event)) continue
    if (away !== undefined && away.state !== state) {
      absences.push({ ...away, to: at })
      away = undefined
    }
    if (state !== undefined) away ??= { from: at, state }
  }
  if (away !== undefined) absences.push({ ...away, to: Math.max(until, away.from) })
  return absences
}

/** How an entry is drawn: faults, found down, election, new master, and all others. */
export function classOf(entry: TimelineEntry): EntryClass {
  const { kind, event } = entry
  if (kind === 'mark') return isFault(entry) ? 'fault' : 'other'
  if (/^\+[so]down$/.test(event)) return 'down'
  if (/elected|vote|try-failover|new-epoch/.test(event)) return 'vote'
  if (/switch-master|promoted|config-update/.test(event)) return 'switch'
  return 'other'
}
