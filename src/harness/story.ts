/**
 * The story of a timeline: what happened, one thing a line, with names of processes instead of addresses and ids. Two
 * runs of one scenario tell the same story, so tests can keep it as a snapshot.
 */
import type { Address } from './address.ts'
import type { TimelineEntry } from './timeline-entry.ts'

/** What a story tells. */
export interface StoryOptions {
  /** Only what came after this position, see `Timeline.position`. Default: everything. */
  readonly after?: number
  /**
   * `outline`: the marks of the harness, and the steps of failovers, each once however many sentinels publish it.
   * `all`: every entry, with its source; their order differs from run to run. Default `outline`.
   */
  readonly detail?: 'outline' | 'all'
  /** Begins each line with the seconds since the first, rounded to tenths. Default false. */
  readonly times?: boolean
  /** Changes a line, or removes it by returning undefined. Default: no change. */
  readonly line?: (line: string) => string | undefined
}

/** Events of an outline: each run of a scenario has them, and their order is that of cause and effect. */
const OUTLINE = /^(?:[+-][so]down|\+elected-leader|\+promoted-slave|\+switch-master|\+convert-to-slave|[+-]tilt|-failover-abort-(?!not-elected).+|\+lost-data|\+foreign-node|[+-]witnessed)$/

/** A replica or sentinel is found down `down-after-milliseconds` after its end, which may be after the test's end. */
const LATE = /^[+-]sdown (?:slave|sentinel) /

const ID = /\b[0-9a-f]{40}\b/g

/** Names of processes by the addresses and ids that events hold. */
export class ProcessNames {
  readonly #names = new Map<string, string>()

  add({ host, port }: Address, name: string): void {
    // A port of this machine is claimed once, so the name is right whether events hold the address or the host name.
    for (const one of [host, '127.0.0.1']) this.#names.set(`${one}:${port}`, name)
  }

  /** The text with a name for each known address and id, and `<address>` and `<id>` for unknown ones. */
  replace(text: string, ids: ReadonlyMap<string, string>): string {
    const named = (whole: string, host: string, port: string): string => this.#names.get(`${host}:${port}`) ?? whole
    return text
      .replace(/(\S+):(\d+) \1 \2(?!\S)/g, named)
      .replace(/(\S+) (\d+)(?!\S)/g, named)
      .replace(/([^\s:]+):(\d+)\b/g, named)
      .replace(/(?:\d+\.){3}\d+[: ]\d+/g, '<address>')
      .replace(ID, (id) => ids.get(id) ?? '<id>')
      // An event has the id of a sentinel and its address, or the address twice.
      .replace(/(?<!\S)(\S+) \1(?= @ )/g, '$1')
  }

  /** The ids of sentinels, which they publish with the address. */
  idsIn(entries: readonly TimelineEntry[]): Map<string, string> {
    const ids = new Map<string, string>()
    for (const { text } of entries) {
      const [, id, host, port] = /sentinel ([0-9a-f]{40}) (\S+) (\d+)/.exec(text) ?? []
      const name = this.#names.get(`${host}:${port}`)
      if (id !== undefined && name !== undefined) ids.set(id, name)
    }
    return ids
  }
}

/** Tells the story of `told`, the entries of a timeline from some position on. `all` are the entries that hold ids. */
export function tellStory(
  told: readonly TimelineEntry[], all: readonly TimelineEntry[], names: ProcessNames, options: StoryOptions = {},
): string {
  const ids = names.idsIn(all)
  const named = told.map((entry) => (
    { ...entry, text: names.replace(entry.text, ids), event: names.replace(entry.event, ids) }
  ))
  const lines = options.detail === 'all'
    ? named.map((entry) => ({ at: entry.at, line: `${entry.source} ${entry.event} ${entry.text}`.trimEnd() }))
    : outline(named)
  const origin = lines[0]?.at ?? 0
  return lines.flatMap(({ at, line }) => {
    const changed = options.line === undefined ? line : options.line(line)
    if (changed === undefined) return []
    return [options.times === true ? `${((at - origin) / 1_000).toFixed(1).padStart(6)} s  ${changed}` : changed]
  }).join('\n')
}

interface Line {
  readonly at: number
  readonly line: string
}

function outline(entries: readonly TimelineEntry[]): Line[] {
  /** By line: the sources that have published it since it was last told. */
  const tellers = new Map<string, Set<string>>()
  const steps = entries.filter(({ kind, event, text }) => kind === 'mark' || (OUTLINE.test(event) && !LATE.test(`${event} ${text}`)))
  return marksInOrder(steps).flatMap(({ kind, at, source, event, text }) => {
    if (kind === 'mark') return [{ at, line: `${source} ${event} ${text}`.trimEnd() }]
    const line = `${event} ${withoutDetail(text)}`.trimEnd()
    const seen = tellers.get(line)
    if (seen !== undefined && !seen.has(source)) {
      seen.add(source)
      return []
    }
    tellers.set(line, new Set([source]))
    return [{ at, line }]
  })
}

/** Without the number of votes for ODOWN, which depends on who asked when. */
function withoutDetail(text: string): string {
  return text.replace(/ #quorum .*$/, '')
}

/** Processes that are started or ended together do so in any order: such marks are sorted by name. */
function marksInOrder(entries: readonly TimelineEntry[]): TimelineEntry[] {
  const ordered: TimelineEntry[] = []
  for (let from = 0, to = 0; from < entries.length; from = to) {
    const isAlike = (entry: TimelineEntry | undefined): boolean => (
      entry?.kind === 'mark' && entry.event === entries[from]?.event
    )
    to = from + 1
    while (isAlike(entries[to]) && entries[from]?.kind === 'mark') to += 1
    ordered.push(...entries.slice(from, to).sort((left, right) => left.source.localeCompare(right.source, 'en')))
  }
  return ordered
}
