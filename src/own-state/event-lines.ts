/**
 * The text of `<config>.ts-sentinel-events.jsonl`: a first line with the version of the format, then one event in each
 * line, as `/events` sends it. Events are appended, so a crash of the machine may leave the last line incomplete.
 */
import type { KeptEvent } from '../ports/index.ts'
import { asciiJson, inAscii } from './ascii-json.ts'
import { FormatError, objectAt, textAt, wordAt, wrong } from './json-reading.ts'
import { EVENTS_BYTES_MAX, EVENTS_KEPT_MAX } from './limits.ts'

/** A program refuses a version that it does not know. */
export const EVENTS_VERSION = 1

const FIRST_LINE = `{"program":"ts-sentinel","content":"events","version":${EVENTS_VERSION}}\n`

export type DecodedEvents =
  | {
    readonly kind: 'good'
    /** Oldest first. */
    readonly events: readonly KeptEvent[]
    /** Why lines were left out; undefined when none was. */
    readonly fault: string | undefined
    /** The last line is incomplete; it is left out. */
    readonly isCut: boolean
  }
  | { readonly kind: 'damaged' | 'newer', readonly why: string }

export function eventLine({ text }: KeptEvent): string {
  return `${inAscii(text)}\n`
}

/** The text of a file with the newest of these events, as many as fit. */
export function eventsText(events: readonly KeptEvent[]): string {
  const lines: string[] = []
  let bytes = 0
  for (const event of events.slice(-EVENTS_KEPT_MAX).toReversed()) {
    const line = eventLine(event)
    bytes += line.length
    if (bytes > EVENTS_BYTES_MAX) break
    lines.push(line)
  }
  return `${FIRST_LINE}${lines.toReversed().join('')}`
}

/** Reads the text of a file. */
export function decodeEvents(text: string): DecodedEvents {
  const [first = '', ...lines] = text.split('\n')
  const refused = firstLineProblem(first)
  if (refused !== undefined) return refused
  // Every line has an end, so the part behind the last end is empty.
  const isCut = lines.pop() !== ''
  const events: KeptEvent[] = []
  const faults: string[] = []
  for (const [at, line] of lines.entries()) {
    try {
      events.push(readEvent(line))
    } catch (error) {
      if (!(error instanceof FormatError)) throw error
      faults.push(`line ${at + 2}: ${error.message}`)
    }
  }
  const [fault] = faults
  return {
    kind: 'good', events: events.slice(-EVENTS_KEPT_MAX), isCut,
    fault: faults.length > 1 ? `${fault ?? ''}, and ${faults.length - 1} more` : fault,
  }
}

function firstLineProblem(line: string): Extract<DecodedEvents, { why: string }> | undefined {
  try {
    const { content, version } = objectAt(parsed(line), 'the first line')
    if (content !== 'events' || typeof version !== 'number') return { kind: 'damaged', why: NOT_OURS }
    if (version === EVENTS_VERSION) return undefined
    return { kind: 'newer', why: `it has version ${version}, and this program knows version ${EVENTS_VERSION}` }
  } catch (error) {
    if (error instanceof FormatError) return { kind: 'damaged', why: NOT_OURS }
    throw error
  }
}

const LEVELS = ['debug', 'verbose', 'notice', 'warning'] as const

const NOT_OURS = 'it is not a file of events'

/** @throws FormatError */
function readEvent(line: string): KeptEvent {
  const json = objectAt(parsed(line), 'the event')
  for (const [key, value] of Object.entries(json)) textAt(value, key)
  for (const key of ['event', 'payload']) textAt(json[key], key)
  wordAt(json['level'], 'level', LEVELS)
  if (Number.isNaN(Date.parse(textAt(json['time'], 'time')))) throw wrong('time', 'a time')
  const [, start, number] = /^([0-9a-f]{1,16})-(\d{1,15})$/.exec(textAt(json['id'], 'id')) ?? []
  if (start === undefined || number === undefined) throw wrong('id', 'that of an event')
  return { start, number: Number(number), text: asciiJson(json) }
}

function parsed(line: string): unknown {
  try {
    return JSON.parse(line)
  } catch {
    throw new FormatError('it is not JSON')
  }
}
