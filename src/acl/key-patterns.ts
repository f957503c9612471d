import { PATTERN_AFTER_ALL_KEYS, SYNTAX } from './reasons.ts'
import { breaksLine } from './words.ts'

interface Access { readonly reads: boolean, readonly writes: boolean }

/** `~pattern`, `%R~pattern`, `%W~pattern`, `%RW~pattern`; without the tilde the pattern is empty. */
const RULE = /^(?:~|%(?<mode>r|w|rw|wr)(?:~|$))(?<pattern>.*)$/is

/** Which keys a selector allows. No command of a sentinel has keys: the patterns are only stored and shown. */
export class KeyPatterns {
  #all = false
  #patterns = new Map<string, Access>()

  get size(): number {
    return this.#patterns.size
  }

  clone(): KeyPatterns {
    const copy = new KeyPatterns()
    copy.#all = this.#all
    copy.#patterns = new Map(this.#patterns)
    return copy
  }

  allowAll(): void {
    this.#all = true
    this.#patterns.clear()
  }

  reset(): void {
    this.#all = false
    this.#patterns.clear()
  }

  add(rule: string): string | undefined {
    const { mode = 'rw', pattern } = RULE.exec(rule)?.groups ?? {}
    if (pattern === undefined) return SYNTAX
    if (this.#all) return PATTERN_AFTER_ALL_KEYS
    if (breaksLine(pattern)) return SYNTAX
    const known = this.#patterns.get(pattern)
    const wanted = mode.toLowerCase()
    this.#patterns.set(pattern, {
      reads: known?.reads === true || wanted.includes('r'),
      writes: known?.writes === true || wanted.includes('w'),
    })
    return undefined
  }

  words(): readonly string[] {
    if (this.#all) return ['~*']
    return [...this.#patterns].map(([pattern, { reads, writes }]) => {
      // `~*` means `allkeys`, after which a reader refuses further patterns.
      if (reads && writes) return pattern === '*' && this.#patterns.size > 1 ? '%RW~*' : `~${pattern}`
      return `${reads ? '%R~' : '%W~'}${pattern}`
    })
  }
}
