/**
 * Standard directives as data (config.md 5): one row holds name, type, range and default. `read.ts` parses the values
 * of each type, `../rewrite.ts` writes them.
 */

/**
 * A value in its canonical words: `['yes']`, `['100mb']`, `['127.0.0.1', '::1']`. Undefined = not set. Two equal
 * values have equal words, whatever the spelling in the file was.
 */
export type Words = readonly string[] | undefined

export interface DirectiveBase {
  /** The name under which a rewrite emits it. */
  readonly name: string
  readonly aliases: readonly string[]
  /**
   * The aliases that are newer than `name`. A line under one of them is rewritten under `name`, which all releases
   * read. A line under any other alias keeps it, because the release that wrote the line may know no other.
   */
  readonly laterAliases?: readonly string[]
  readonly initial: Words
  /** The initial value in a Sentinel, where it differs from that of a data node. */
  readonly sentinelInitial?: Words
}

export type Directive =
  FlagDirective | ChoiceDirective | IntegerDirective | MemoryDirective | TextDirective | SpecialDirective

export interface FlagDirective extends DirectiveBase {
  readonly kind: 'flag'
  /** Why `yes` is refused; undefined where it is accepted. */
  readonly neverOn?: string
}

export interface ChoiceDirective extends DirectiveBase {
  readonly kind: 'choice'
  /** Lower case, in the order in which the error lists them. */
  readonly choices: readonly string[]
  /** Choices that a rewrite replaces by another one. */
  readonly writtenAs?: ReadonlyMap<string, string>
}

export interface IntegerDirective extends DirectiveBase {
  readonly kind: 'integer' | 'octal'
  readonly min: bigint
  readonly max: bigint
  /** Values outside of this range are accepted and moved to its nearest end without a message. */
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
  /** A name without a path: the directory is fixed by another directive or by the original. */
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

/** A text that always has a value; the value may be empty. */
export function text(
  name: string, initial: string, { aliases = [], ...rest }: Extra & Pick<TextDirective, 'check'> = {},
): TextDirective {
  return { kind: 'text', name, aliases, initial: [initial], emptyMeansUnset: false, ...rest }
}

/** A text that is not set by default; an empty value unsets it. */
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
