/** The types of the rows in the table of settings (settings.ts). */
import type { Millis } from '../time.ts'

/** Old name as written, new name. */
export type CommandRename = readonly [from: string, to: string]

/** The type of a setting's value. Texts that are not set are undefined. */
export interface ValueOfKind {
  time: Millis
  count: number
  script: string | undefined
  text: string | undefined
  /** No old name occurs twice, in whatever case. */
  renames: readonly CommandRename[]
}

export type SettingKind = keyof ValueOfKind

interface Common {
  /** The `sentinel` directive, the option of SENTINEL SET and the field of SENTINEL MASTERS. */
  readonly name: string
  /** Other names of the directive and the option; never written. */
  readonly aliases?: readonly string[]
  /**
   * The place of its line in a rewritten file: before the epochs (when absent), in the `monitor` line, which always has
   * it, or after the addresses.
   */
  readonly line?: 'monitor' | 'after-addresses'
  /** Whether SENTINEL MASTERS shows it, and whether the entries of replicas and sentinels have it as well. */
  readonly shown: 'master' | 'every-node' | 'never'
  /** What a change by SENTINEL SET causes at once. */
  readonly afterChange?: 'judge-again' | 'log-in-again'
  /** SENTINEL SET cannot change it. */
  readonly isFixed?: true
}

/** Periods of SENTINEL DEBUG that are defaults (behaviour.md 14). */
export type AdjustableDefault = 'default-down-after' | 'default-failover-timeout'

interface NumberDetails {
  /** Least value that SENTINEL SET accepts. */
  readonly min: 0 | 1
  /** The value where the file has no line for it. */
  readonly initial: number
}

interface TextDetails {
  /** Its name in error texts. */
  readonly label: string
}

interface Details {
  /** A time in milliseconds. `tunable`: the default of SENTINEL MONITOR where it can be adjusted. */
  time: NumberDetails & { readonly tunable?: AdjustableDefault }
  /** `what`: what is counted, for messages of `check`. */
  count: NumberDetails & { readonly what: string }
  /** Path of an executable file. SENTINEL SET changes it only where deny-scripts-reconfig is off. */
  script: TextDetails
  /** `isSecret`: events show asterisks instead. */
  text: TextDetails & { readonly isSecret?: true }
  renames: object
}

export type SettingRow = {
  readonly [Kind in SettingKind]: Common & { readonly kind: Kind } & Details[Kind]
}[SettingKind]
