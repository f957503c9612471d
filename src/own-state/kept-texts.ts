/**
 * The parts of the file's text that do not change from one write to the next, so that each is made once: with thousands
 * of masters, making them all again would hold the event loop.
 */
import type { Forgotten, KeptPause, KeptSchedule, KeptVoters } from '../core/index.ts'
import type { FailoverRecord } from '../events/index.ts'
import { asciiJson } from './ascii-json.ts'
import { failoverJson, readFailover } from './failover-json.ts'
import { forgottenFields } from './forgotten-json.ts'

/** What the line of one master has. */
export interface MasterParts {
  readonly ids: readonly string[] | undefined
  readonly pause: KeptPause | undefined
  readonly forgotten: Forgotten | undefined
  readonly schedule: KeptSchedule | undefined
  readonly voters: KeptVoters | undefined
  readonly past: readonly FailoverRecord[]
  /** How many failovers are written, the newest ones. */
  readonly kept: number
  readonly unknown: ReadonlyMap<string, unknown> | undefined
}

interface Line extends Omit<MasterParts, 'past'> {
  readonly pastLength: number
  readonly newest: FailoverRecord | undefined
  readonly text: string
}

export class KeptTexts {
  readonly #failovers = new WeakMap<FailoverRecord, string>()
  readonly #lines = new Map<string, Line>()

  /** The JSON of a record; records do not change. */
  failover(record: FailoverRecord): string {
    const known = this.#failovers.get(record)
    if (known !== undefined) return known
    const text = asciiJson(failoverJson(record))
    this.#failovers.set(record, text)
    return text
  }

  /** Reads a record. Its text is kept with the keys that this program does not know. @throws FormatError */
  readFailover(value: unknown, master: string, place: string): FailoverRecord {
    const record = readFailover(value, master, place)
    this.#failovers.set(record, asciiJson(value))
    return record
  }

  /** The line of a master: its name and its object. A list of ids that changes is another list. */
  line(name: string, parts: MasterParts): string {
    const { ids, pause, schedule, forgotten, voters, past, kept, unknown } = parts
    const [pastLength, newest] = [past.length, past.at(-1)]
    const known = this.#lines.get(name)
    const isSame = known?.ids === ids && known?.pause === pause && known?.schedule === schedule
      && known?.voters === voters && known?.unknown === unknown && known?.kept === kept
      && known.pastLength === pastLength && known.newest === newest
      && known.forgotten?.tombstones === forgotten?.tombstones
      && known.forgotten?.aliveAtOnce === forgotten?.aliveAtOnce
    if (isSame) return known.text
    const text = `${asciiJson(name)}:${this.#object(parts)}`
    this.#lines.set(name, { ids, pause, schedule, forgotten, voters, pastLength, newest, kept, unknown, text })
    return text
  }

  /** Forgets lines of masters that are in the file no more. */
  keepLines(names: ReadonlySet<string>): void {
    for (const name of this.#lines.keys()) if (!names.has(name)) this.#lines.delete(name)
  }

  #object({ ids, pause, schedule, forgotten, voters, past, kept, unknown }: MasterParts): string {
    const written = kept === 0 ? [] : past.slice(-kept)
    return `{${[
      ...ids === undefined ? [] : [`"lineage":${asciiJson(ids)}`],
      ...pause === undefined ? [] : [`"pause":${asciiJson(pause)}`],
      ...schedule === undefined ? [] : [`"schedule":${asciiJson({ ...schedule, configEpoch: String(schedule.configEpoch) })}`],
      ...forgotten === undefined ? [] : forgottenFields(forgotten),
      ...voters === undefined ? [] : [`"voters":${asciiJson(voters)}`],
      ...written.length === 0 ? [] : [`"failovers":[${written.map((one) => this.failover(one)).join(',')}]`],
      ...[...unknown ?? []].map(([key, value]) => `${asciiJson(key)}:${asciiJson(value)}`),
    ].join(',')}}`
  }
}
