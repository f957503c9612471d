/**
 * The text of `<config>.ts-sentinel.json`. The first line has the version of the format and a checksum of the rest, so
 * that a damaged file is never taken for a good one: a wrong replication id would be worse than none. The state follows
 * with one line for each master. Keys that this program does not know are written back as they were read.
 */
import { createHash } from 'node:crypto'

import type { Forgotten, KeptPause, KeptSchedule, KeptVoters, OwnState } from '../core/index.ts'
import { FAILOVERS_MAX, type FailoverHistory, type FailoverRecord } from '../events/index.ts'
import { asciiJson } from './ascii-json.ts'
import { readEpoch } from './failover-json.ts'
import { readForgotten } from './forgotten-json.ts'
import type { KeptTexts } from './kept-texts.ts'
import { arrayAt, FormatError, numberAt, objectAt, optional, textAt } from './json-reading.ts'
import { FILE_BYTES_MAX, HISTORY_BYTES_MAX, IDS_READ_MAX, VOTERS_READ_MAX } from './limits.ts'

/** A program refuses a version that it does not know. New keys alone do not need a new version. */
export const FORMAT_VERSION = 1

/** Everything that the file holds. */
export interface OwnContent extends OwnState {
  readonly failovers: FailoverHistory
  readonly unknown: UnknownKeys
}

/** What a later program of the same version wrote, by key. */
export interface UnknownKeys {
  readonly top: ReadonlyMap<string, unknown>
  /** By master's name. */
  readonly masters: ReadonlyMap<string, ReadonlyMap<string, unknown>>
}

export const NOTHING_UNKNOWN: UnknownKeys = Object.freeze({ top: new Map(), masters: new Map() })

export type Decoded =
  | { readonly kind: 'good', readonly content: OwnContent }
  | { readonly kind: 'damaged' | 'newer', readonly why: string }

/** Reads the text of a file. */
export function decode(text: string, texts: KeptTexts): Decoded {
  try {
    const version = versionOf(text)
    if (version > FORMAT_VERSION) {
      return { kind: 'newer', why: `it has version ${version}, and this program knows version ${FORMAT_VERSION}` }
    }
    return { kind: 'good', content: readState(JSON.parse(checkedState(text)), texts) }
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'damaged', why: error.message }
    throw error
  }
}

/** @throws Error when it would be too large to be read again. */
export function encode(content: OwnContent, texts: KeptTexts): string {
  const { lineage, pauses, schedules, forgotten, voters, failovers, unknown } = content
  const parts = [lineage, pauses, schedules, forgotten, voters, failovers, unknown.masters]
  const names = new Set(parts.flatMap((part) => [...part.keys()]))
  const kept = keptPerMaster(failovers, texts)
  texts.keepLines(names)
  const masters = [...names].map((name) => texts.line(name, {
    ids: lineage.get(name),
    pause: pauses.get(name),
    forgotten: forgotten.get(name),
    schedule: schedules.get(name),
    voters: voters.get(name),
    past: failovers.get(name) ?? [],
    kept,
    unknown: unknown.masters.get(name),
  }))
  const top = [...unknown.top].map(([key, value]) => `,\n${asciiJson(key)}:${asciiJson(value)}`)
  const text = fileText(`{"masters":{\n${masters.join(',\n')}\n}${top.join('')}}`)
  if (text.length > FILE_BYTES_MAX) throw new Error(`its text has ${text.length} bytes, and at most ${FILE_BYTES_MAX} can be read again`)
  return text
}

function fileText(state: string): string {
  const sha256 = createHash('sha256').update(state, 'latin1').digest('hex')
  return `{"program":"ts-sentinel","version":${FORMAT_VERSION},"sha256":"${sha256}","state":\n${state}\n}\n`
}

function versionOf(text: string): number {
  if (text === '') throw new FormatError('it is empty')
  let header
  try {
    header = JSON.parse(text) as unknown
  } catch {
    throw new FormatError('it is cut off or is not JSON')
  }
  const { version } = objectAt(header, 'the content')
  if (typeof version !== 'number' || !Number.isSafeInteger(version) || version < 1) throw new FormatError('it has no version')
  return version
}

/** The text of the state, without the first and the last line. */
function checkedState(text: string): string {
  const state = text.slice(text.indexOf('\n') + 1, text.lastIndexOf('\n}'))
  if (fileText(state) !== text) throw new FormatError('its checksum does not match: it was changed or did not come from the disk as written')
  return state
}

function readState(json: unknown, texts: KeptTexts): OwnContent {
  const { masters, ...rest } = objectAt(json, 'state')
  const lineage = new Map<string, readonly string[]>()
  const failovers = new Map<string, readonly FailoverRecord[]>()
  const pauses = new Map<string, KeptPause>()
  const schedules = new Map<string, KeptSchedule>()
  const forgotten = new Map<string, Forgotten>()
  const voters = new Map<string, KeptVoters>()
  const unknown = new Map<string, ReadonlyMap<string, unknown>>()
  for (const [name, value] of Object.entries(objectAt(masters, 'masters'))) {
    const place = `masters[${JSON.stringify(name)}]`
    const {
      lineage: ids, failovers: past, pause, schedule, forgotten: tombstones, sentinelsAlive, voters: former, ...others
    } = objectAt(value, place)
    const known = optional(ids, (list) => arrayAt(list, `${place}.lineage`, IDS_READ_MAX).map((id) => textAt(id, `${place}.lineage`)))
    const records = optional(past, (list) => arrayAt(list, `${place}.failovers`, FAILOVERS_MAX)
      .map((one, at) => texts.readFailover(one, name, `${place}.failovers[${at}]`)))
    if (schedule !== undefined) schedules.set(name, readSchedule(schedule, `${place}.schedule`))
    if (pause !== undefined) pauses.set(name, readPause(pause, `${place}.pause`))
    if (known !== undefined) lineage.set(name, known)
    if (records !== undefined) failovers.set(name, records)
    const dead = readForgotten({ tombstones, sentinelsAlive }, place)
    if (dead !== undefined) forgotten.set(name, dead)
    if (former !== undefined) voters.set(name, readVoters(former, `${place}.voters`))
    if (Object.keys(others).length > 0) unknown.set(name, new Map(Object.entries(others)))
  }
  return {
    lineage, pauses, schedules, forgotten, voters, failovers,
    unknown: { top: new Map(Object.entries(rest)), masters: unknown },
  }
}

function readPause(value: unknown, place: string): KeptPause {
  const { since, until, reason } = objectAt(value, place)
  return {
    since: numberAt(since, `${place}.since`, 0),
    until: numberAt(until, `${place}.until`, 0),
    reason: optional(reason, (text) => textAt(text, `${place}.reason`)),
  }
}

function readSchedule(value: unknown, place: string): KeptSchedule {
  const { at, to, timeoutMs, configEpoch } = objectAt(value, place)
  return {
    at: numberAt(at, `${place}.at`, 0),
    to: optional(to, (target) => {
      const { host, port } = objectAt(target, `${place}.to`)
      return { host: textAt(host, `${place}.to.host`), port: numberAt(port, `${place}.to.port`, 1) }
    }),
    timeoutMs: optional(timeoutMs, (ms) => numberAt(ms, `${place}.timeoutMs`, 1)),
    configEpoch: readEpoch(configEpoch, `${place}.configEpoch`),
  }
}

function readVoters(value: unknown, place: string): KeptVoters {
  const { ids, least, until } = objectAt(value, place)
  return {
    ids: arrayAt(ids, `${place}.ids`, VOTERS_READ_MAX).map((id) => textAt(id, `${place}.ids`)),
    least: numberAt(least, `${place}.least`, 0),
    until: numberAt(until, `${place}.until`, 0),
  }
}

/** How many failovers of each master fit, the newest ones. */
function keptPerMaster(failovers: FailoverHistory, texts: KeptTexts): number {
  for (let kept = FAILOVERS_MAX; kept > 0; kept = Math.floor(kept / 2)) {
    let bytes = 0
    for (const past of failovers.values()) for (const one of past.slice(-kept)) bytes += texts.failover(one).length + 1
    if (bytes <= HISTORY_BYTES_MAX) return kept
  }
  return 0
}
