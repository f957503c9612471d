/** Reads [protection] and [master <name>], which have the same keys. */
import type { Entry, Refuse, Section } from './lines.ts'
import { readPlacement } from './placement.ts'
import { PROTECTION_DEFAULTS, type MasterProtection, type ProtectionExtension } from './settings.ts'

/** The keys that a section has. */
export type GivenProtection = Partial<MasterProtection>

interface Range {
  readonly min: number
  readonly max: number
}

/**
 * Below the minimum, three attempts to connect do not fit before the limit; above the maximum, down-after has ended
 * first in any fleet.
 */
const CRASH_DETECTION_MS: Range = { min: 50, max: 60_000 }
const WITNESS_MAX_MS: Range = { min: 1000, max: 3_600_000 }
/** A minute to 90 days. */
const FORGET_DEAD_MS: Range = { min: 60_000, max: 7_776_000_000 }

const UNITS_MS = { ms: 1, s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 } as const

export function readProtection(section: Section, refuse: Refuse): GivenProtection {
  const reader = new KeyReader(section, refuse)
  return {
    ...reader.read('crash-detection', 'crashDetectionMs', (entry) => reader.millisOrOff(entry, CRASH_DETECTION_MS)),
    ...reader.read('empty-master', 'emptyMaster', (entry) => reader.choice(entry, ['promote', 'report', 'off'])),
    ...reader.read('witnesses', 'witnesses', (entry) => reader.choice(entry, ['yes', 'no']) === 'yes'),
    ...reader.read('witness-max', 'witnessMaxMs', (entry) => reader.millis(entry, WITNESS_MAX_MS)),
    ...reader.read('forget-dead-replicas-after', 'forgetDeadReplicasMs', (entry) => reader.spanOrOff(entry, FORGET_DEAD_MS)),
    ...reader.read('forget-dead-sentinels-after', 'forgetDeadSentinelsMs', (entry) => reader.spanOrOff(entry, FORGET_DEAD_MS)),
    ...section.kind === 'master' ? { placement: readPlacement(section, refuse) } : {},
  }
}

/** Settings for every master: the section of the master first, then [protection], then the defaults. */
export function withDefaults(
  given: GivenProtection, masters: ReadonlyMap<string, GivenProtection>,
): ProtectionExtension {
  const general = { ...PROTECTION_DEFAULTS, ...given }
  return { general, masters: new Map([...masters].map(([name, own]) => [name, { ...general, ...own }])) }
}

class KeyReader {
  readonly #section: Section
  readonly #refuse: Refuse

  constructor(section: Section, refuse: Refuse) {
    this.#section = section
    this.#refuse = refuse
  }

  /** An object with the one field, or an empty one when the section does not have the key. */
  read<Field extends keyof MasterProtection>(
    key: string, field: Field, valueOf: (entry: Entry) => MasterProtection[Field] | undefined,
  ): GivenProtection {
    const entry = this.#section.entries.get(key)
    return entry === undefined ? {} : { [field]: valueOf(entry) }
  }

  choice<Word extends string>({ value, line }: Entry, words: readonly Word[]): Word | undefined {
    const chosen = words.find((word) => word === value)
    if (chosen !== undefined) return chosen
    return this.#refuse(line, `'${value}' is not one of ${words.join(', ')}. Write one of them.`)
  }

  millis({ value, line }: Entry, { min, max }: Range, alternative = ''): number | undefined {
    const ms = /^\d{1,9}$/.test(value) ? Number(value) : Number.NaN
    if (ms >= min && ms <= max) return ms
    return this.#refuse(line, `'${value}' is not a time. Write milliseconds from ${min} to ${max}${alternative}.`)
  }

  /** Milliseconds, or a number with a unit such as 30m, 12h or 7d. */
  spanOrOff({ value, line }: Entry, { min, max }: Range): number | undefined {
    if (value === 'off') return undefined
    const [, number, unit = 'ms'] = /^(\d{1,10})\s?(ms|s|m|h|d)?$/.exec(value) ?? []
    const ms = Number(number) * UNITS_MS[unit as keyof typeof UNITS_MS]
    if (ms >= min && ms <= max) return ms
    return this.#refuse(line, `'${value}' is not such a time. Write a number with a unit, such as 30m, 12h or 7d, from 1m to 90d, or off.`)
  }

  millisOrOff(entry: Entry, range: Range): number | undefined {
    return entry.value === 'off' ? undefined : this.millis(entry, range, ', or off')
  }
}
