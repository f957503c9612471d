/**
 * Standard directives as data (config.md 5): one row says name, type, range and default. What a type means is in
 * `read.ts`, how it is written in `../rewrite-standard.ts`.
 */

/**
 * A value in its canonical words: `['yes']`, `['100mb']`, `['127.0.0.1', '::1']`. Undefined = not set. Two equal
 * values have equal words, whatever the spelling in the file was.
 */
export type Words = readonly string[] | undefined

export interface DirectiveBase {
  /** The name under which it is written. */
  readonly name: string
  readonly aliases: readonly string[]
  /**
   * Those of the aliases that came after `name`. Lines under them are rewritten under `name`, which all releases read.
   * Lines under any other alias keep it, because the release that wrote them may know no other.
   */
  readonly laterAliases?: readonly string[]
  readonly initial: Words
  /** What a Sentinel starts with, where that differs from a data node. */
  readonly sentinelInitial?: Words
}

export type Directive =
  FlagDirective | ChoiceDirective | IntegerDirective | MemoryDirective | TextDirective | SpecialDirective

export interface FlagDirective extends DirectiveBase {
  readonly kind: 'flag'
  /** Why `yes` is refused, if it is. */
  readonly neverOn?: string
}

export interface ChoiceDirective extends DirectiveBase {
  readonly kind: 'choice'
  /** Lower case, in the order in which the error lists them. */
  readonly choices: readonly string[]
  /** Choices that are written as another. */
  readonly writtenAs?: ReadonlyMap<string, string>
}

export interface IntegerDirective extends DirectiveBase {
  readonly kind: 'integer' | 'octal'
  readonly min: bigint
  readonly max: bigint
  /** Accepted values outside are silently moved to the nearest end. */
  readonly clamp?: { readonly min: bigint, readonly max: bigint }
}

export interface MemoryDirective extends DirectiveBase {
  readonly kind: 'memory'
  readonly min: bigint
  readonly max: bigint
  /** `5%` is allowed too. */
  readonly percent: boolean
}

export interface TextDirective extends DirectiveBase {
  readonly kind: 'text'
  readonly emptyMeansUnset: boolean
  readonly check?: TextCheck
}

export type TextCheck =
  /** Names of files or directories in a place that is fixed elsewhere. */
  | { readonly type: 'bare-name', readonly of: 'filename' | 'dirname', readonly mayBeEmpty: boolean }
  | { readonly type: 'host-name' }
  | { readonly type: 'title-template' }

export interface SpecialDirective extends DirectiveBase {
  readonly kind:
    | 'bind' | 'buffer-limits' | 'percentiles' | 'keyspace-events' | 'oom-values' | 'replicaof' | 'save'
    | 'shutdown-options'
}

interface Extra {
  readonly aliases?: readonly string[]
  readonly laterAliases?: readonly string[]
}

export function flag(
  name: string, initial: 'yes' | 'no',
  { aliases = [], ...rest }: Extra & Pick<DirectiveBase, 'sentinelInitial'> & Pick<FlagDirective, 'neverOn'> = {},
): FlagDirective {
  return { kind: 'flag', name, aliases, initial: [initial], ...rest }
}

export function choice(
  name: string, choices: string, initial: string, rest: Pick<ChoiceDirective, 'writtenAs'> = {},
): ChoiceDirective {
  return { kind: 'choice', name, aliases: [], choices: choices.split(' '), initial: [initial], ...rest }
}

export function integer(
  name: string, min: number | bigint, max: number | bigint, initial: number,
  { aliases = [], ...rest }: Extra & Pick<DirectiveBase, 'sentinelInitial'> & Pick<IntegerDirective, 'clamp'> = {},
): IntegerDirective {
  return { kind: 'integer', name, aliases, min: BigInt(min), max: BigInt(max), initial: [`${initial}`], ...rest }
}

export function memory(
  name: string, range: { min?: bigint, max?: bigint, percent?: boolean }, initial: string, { aliases = [] }: Extra = {},
): MemoryDirective {
  const { min = 0n, max = 0xffff_ffff_ffff_ffffn, percent = false } = range
  return { kind: 'memory', name, aliases, min, max, percent, initial: [initial] }
}

/** A text that is always there, and may be empty. */
export function text(
  name: string, initial: string, { aliases = [], ...rest }: Extra & Pick<TextDirective, 'check'> = {},
): TextDirective {
  return { kind: 'text', name, aliases, initial: [initial], emptyMeansUnset: false, ...rest }
}

/** A text that is not set by default, and unset by an empty one. */
export function optionalText(
  name: string, { aliases = [], laterAliases = [], ...rest }: Extra & Pick<TextDirective, 'check'> = {},
): TextDirective {
  const all = [...aliases, ...laterAliases]
  return { kind: 'text', name, aliases: all, laterAliases, initial: undefined, emptyMeansUnset: true, ...rest }
}

export function special(
  kind: SpecialDirective['kind'], name: string, initial: Words, { aliases = [] }: Extra = {},
): SpecialDirective {
  return { kind, name, aliases, initial }
}
