/** One finished failover as JSON. */
import type { Endpoint, Epoch, EventName } from '../core/index.ts'
import { PHASES_MAX, type AbortReason, type FailoverPhase, type FailoverRecord } from '../events/index.ts'
import { arrayAt, numberAt, objectAt, optional, textAt, wordAt, wrong } from './json-reading.ts'

const ROLES = ['leader', 'follower'] as const
const OUTCOMES = ['switched', 'adopted', 'aborted'] as const

/** Latest time that Date knows; a later one cannot be printed. */
const WALL_MAX = 8.64e15

export function failoverJson(record: FailoverRecord): object {
  const { role, outcome, reason, epoch, startedWall, durationMs, from, to, phases } = record
  const { isPlanned, attempt, waitedMs, lastAnswerWall, outageMs } = record
  return {
    role, outcome, reason, epoch: epoch === undefined ? undefined : String(epoch), started: startedWall, durationMs,
    planned: isPlanned, attempt: attempt === 1 ? undefined : attempt, waitedMs, lastAnswer: lastAnswerWall, outageMs,
    from: addressJson(from), to: addressJson(to),
    phases: phases.map(({ name, wall, sinceStartMs }) => [name, wall, sinceStartMs]),
  }
}

function addressJson(endpoint: Endpoint | undefined): object | undefined {
  return endpoint && [endpoint.host, endpoint.port]
}

/** @throws FormatError */
export function readFailover(value: unknown, master: string, place: string): FailoverRecord {
  const json = objectAt(value, place)
  return {
    master,
    role: wordAt(json['role'], `${place}.role`, ROLES),
    outcome: wordAt(json['outcome'], `${place}.outcome`, OUTCOMES),
    reason: optional(json['reason'], (reason) => readReason(reason, `${place}.reason`)),
    epoch: optional(json['epoch'], (epoch) => readEpoch(epoch, `${place}.epoch`)),
    startedWall: wallAt(json['started'], `${place}.started`),
    durationMs: optional(json['durationMs'], (ms) => numberAt(ms, `${place}.durationMs`, 0)),
    // Files of releases before these keys have none of them.
    isPlanned: optional(json['planned'], (planned) => planned === true),
    attempt: optional(json['attempt'], (attempt) => numberAt(attempt, `${place}.attempt`, 1)) ?? 1,
    waitedMs: optional(json['waitedMs'], (ms) => numberAt(ms, `${place}.waitedMs`, 0)),
    lastAnswerWall: optional(json['lastAnswer'], (wall) => wallAt(wall, `${place}.lastAnswer`)),
    outageMs: optional(json['outageMs'], (ms) => numberAt(ms, `${place}.outageMs`, 0)),
    from: optional(json['from'], (from) => readAddress(from, `${place}.from`)),
    to: optional(json['to'], (to) => readAddress(to, `${place}.to`)),
    phases: arrayAt(json['phases'], `${place}.phases`, PHASES_MAX).map((phase, at) => readPhase(phase, `${place}.phases[${at}]`)),
    isBeforeRestart: true,
  }
}

function readPhase(value: unknown, place: string): FailoverPhase {
  const [name, wall, sinceStartMs] = arrayAt(value, place, 3)
  return {
    // An event that this program does not know is only printed.
    name: matching(name, place, /^[+-][a-z0-9-]{1,80}$/) as EventName,
    wall: wallAt(wall, place),
    sinceStartMs: numberAt(sinceStartMs, place, 0),
  }
}

function readReason(value: unknown, place: string): AbortReason {
  return matching(value, place, /^(-failover-abort-[a-z-]{1,40}|master-answers)$/) as AbortReason
}

/** @throws FormatError */
export function readEpoch(value: unknown, place: string): Epoch {
  return BigInt(matching(value, place, /^[0-9]{1,20}$/))
}

function readAddress(value: unknown, place: string): Endpoint {
  const [host, port] = arrayAt(value, place, 2)
  return { host: textAt(host, place), port: numberAt(port, place, 0) }
}

function wallAt(value: unknown, place: string): number {
  const wall = numberAt(value, place, -WALL_MAX)
  if (wall > WALL_MAX) throw wrong(place, 'a time')
  return wall
}

function matching(value: unknown, place: string, pattern: RegExp): string {
  const text = textAt(value, place)
  if (!pattern.test(text)) throw wrong(place, 'a value that this version has')
  return text
}
