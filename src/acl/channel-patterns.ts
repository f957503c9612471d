import { PATTERN_AFTER_ALL_CHANNELS, SYNTAX } from './reasons.ts'
import { breaksLine } from './words.ts'

export type GlobMatch = (pattern: string, text: string) => boolean

/** The channels, or channel patterns, that a request names. */
export interface ChannelClaim {
  readonly kind: 'channel' | 'pattern'
  readonly names: readonly string[]
}

/** Which channels a selector allows (protocol.md 5.6). */
export class ChannelPatterns {
  #all = false
  #patterns: readonly string[] = []

  get size(): number {
    return this.#patterns.length
  }

  clone(): ChannelPatterns {
    const copy = new ChannelPatterns()
    copy.#all = this.#all
    copy.#patterns = this.#patterns
    return copy
  }

  allowAll(): void {
    this.#all = true
    this.#patterns = []
  }

  reset(): void {
    this.#all = false
    this.#patterns = []
  }

  /** `&pattern`. */
  add(rule: string): string | undefined {
    const pattern = rule.slice(1)
    if (breaksLine(pattern)) return SYNTAX
    if (this.#all) return PATTERN_AFTER_ALL_CHANNELS
    if (!this.#patterns.includes(pattern)) this.#patterns = [...this.#patterns, pattern]
    return undefined
  }

  /** A channel must match a pattern of the user; a pattern must be equal to one. */
  allows(kind: ChannelClaim['kind'], name: string, globMatch: GlobMatch): boolean {
    if (this.#all) return true
    return kind === 'pattern'
      ? this.#patterns.includes(name)
      : this.#patterns.some((pattern) => globMatch(pattern, name))
  }

  words(): readonly string[] {
    return this.#all ? ['&*'] : this.#patterns.map((pattern) => `&${pattern}`)
  }

  /** A line begins with `&*` or `resetchannels`, so that it does not depend on the default of its reader. */
  lineWords(): readonly string[] {
    return this.#all ? ['&*'] : ['resetchannels', ...this.words()]
  }
}
