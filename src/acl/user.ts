import { mergeSelectors } from './merge-selectors.ts'
import { BAD_HASH, NO_SUCH_PASSWORD, SYNTAX } from './reasons.ts'
import { type AclContext, type AclRequest, type Denial, Selector, type SelectorDescription } from './selector.ts'
import type { ChannelClaim } from './channel-patterns.ts'
import type { RulesProblem } from './rules-problem.ts'
import { selectorLineWords } from './storable.ts'
import { equalInConstantTime, splitAtBlanks } from './words.ts'

/** A user as ACL GETUSER shows it. */
export interface UserDescription extends SelectorDescription {
  readonly flags: readonly string[]
  /** SHA-256, hexadecimal. */
  readonly passwordHashes: readonly string[]
  readonly selectors: readonly SelectorDescription[]
}

/**
 * One user and its rights. Rules change it; they are applied to a copy, so that other code never sees a part of them.
 */
export class User {
  readonly name: string
  readonly #context: AclContext
  #isEnabled = false
  /** `nopass`: every password is right. */
  #needsNoPassword = false
  #passwordHashes: readonly string[] = []
  /** About RESTORE, which a sentinel does not have. The original writes it only if a rule named it. */
  #payload: 'unsaid' | 'sanitize-payload' | 'skip-sanitize-payload' = 'unsaid'
  #root: Selector
  #selectors: readonly Selector[] = []

  constructor(name: string, context: AclContext) {
    this.name = name
    this.#context = context
    this.#root = Selector.empty(context)
  }

  clone(): User {
    const copy = new User(this.name, this.#context)
    copy.#isEnabled = this.#isEnabled
    copy.#needsNoPassword = this.#needsNoPassword
    copy.#passwordHashes = this.#passwordHashes
    copy.#payload = this.#payload
    copy.#root = this.#root.clone()
    // Selectors are not changed after they were made, so copies can share them.
    copy.#selectors = this.#selectors
    return copy
  }

  get isEnabled(): boolean {
    return this.#isEnabled
  }

  get needsNoPassword(): boolean {
    return this.#needsNoPassword
  }

  /** Approximate number of rules: passwords, patterns, commands, and those of selectors. */
  get size(): number {
    return [this.#root, ...this.#selectors].reduce((sum, { size }) => sum + size, this.#passwordHashes.length)
  }

  /** Compares with all hashes, also after a match, so that the time does not depend on the password. */
  acceptsPassword(passwordHash: string): boolean {
    let matches = false
    for (const known of this.#passwordHashes) matches = equalInConstantTime(known, passwordHash) || matches
    return this.#isEnabled && (this.#needsNoPassword || matches)
  }

  /** Applies one rule, which may be a whole selector. Returns why it cannot be applied; then nothing has changed. */
  apply(rule: string): string | undefined {
    switch (rule.toLowerCase()) {
      case '':
        return undefined
      case 'on':
      case 'off':
        this.#isEnabled = rule.toLowerCase() === 'on'
        return undefined
      case 'nopass':
      case 'resetpass':
        this.#needsNoPassword = rule.toLowerCase() === 'nopass'
        this.#passwordHashes = []
        return undefined
      case 'sanitize-payload':
        this.#payload = 'sanitize-payload'
        return undefined
      case 'skip-sanitize-payload':
        this.#payload = 'skip-sanitize-payload'
        return undefined
      case 'clearselectors':
        this.#selectors = []
        return undefined
      case 'reset':
        this.#reset()
        return undefined
      default:
        return this.#applyPrefixed(rule)
    }
  }

  /**
   * Undefined = allowed. One selector must allow the whole request. If none does, the denial of the one that allowed
   * most channels is returned.
   */
  denial(request: AclRequest): Denial | undefined {
    let furthest = this.#root.denial(request)
    if (furthest === undefined) return undefined
    for (const selector of this.#selectors) {
      const denial = selector.denial(request)
      if (denial === undefined) return undefined
      if (distance(denial) > distance(furthest)) furthest = denial
    }
    return furthest
  }

  allowsChannel(kind: ChannelClaim['kind'], name: string): boolean {
    return [this.#root, ...this.#selectors].some((selector) => selector.allowsChannel(kind, name))
  }

  lacksChannels(): boolean {
    const selectors = [this.#root, ...this.#selectors]
    return selectors.every((selector) => !selector.hasChannels) && selectors.some((selector) => selector.allowsPubsub)
  }

  describe(): UserDescription {
    return {
      flags: this.#flags(this.#payload === 'unsaid' ? 'sanitize-payload' : this.#payload),
      passwordHashes: this.#passwordHashes,
      ...this.#root.describe(),
      selectors: this.#selectors.map((selector) => selector.describe()),
    }
  }

  /**
   * The rules of this user, for a line of a file or of ACL LIST. `showsDefaults` adds `sanitize-payload` if no rule
   * named it, as ACL LIST of newer releases does.
   */
  lineWords({ showsDefaults }: { readonly showsDefaults: boolean }): readonly string[] {
    const payload = this.#payload === 'unsaid' && showsDefaults ? 'sanitize-payload' : this.#payload
    return [
      ...this.#flags(payload),
      ...this.#passwordHashes.map((hash) => `#${hash}`),
      ...this.#root.lineWords(),
      ...this.#selectors.flatMap((selector) => selectorLineWords(selector.lineWords())),
    ]
  }

  #flags(payload: string): readonly string[] {
    return [
      this.#isEnabled ? 'on' : 'off',
      ...this.#needsNoPassword ? ['nopass'] : [],
      ...payload === 'unsaid' ? [] : [payload],
    ]
  }

  #reset(): void {
    this.#isEnabled = false
    this.#needsNoPassword = false
    this.#passwordHashes = []
    this.#payload = 'sanitize-payload'
    this.#root = Selector.empty(this.#context)
    this.#selectors = []
  }

  #applyPrefixed(rule: string): string | undefined {
    const value = rule.slice(1)
    switch (rule.charAt(0)) {
      case '>':
        return this.#addPassword(this.#context.sha256(value))
      case '#':
        return isHash(value) ? this.#addPassword(value) : BAD_HASH
      case '<':
        return this.#removePassword(this.#context.sha256(value))
      case '!':
        return isHash(value) ? this.#removePassword(value) : BAD_HASH
      case '(':
        return this.#addSelector(rule)
      default:
        return this.#root.apply(rule)
    }
  }

  #addPassword(hash: string): undefined {
    if (!this.#passwordHashes.includes(hash)) this.#passwordHashes = [...this.#passwordHashes, hash]
    this.#needsNoPassword = false
  }

  #removePassword(hash: string): string | undefined {
    if (!this.#passwordHashes.includes(hash)) return NO_SUCH_PASSWORD
    this.#passwordHashes = this.#passwordHashes.filter((known) => known !== hash)
    return undefined
  }

  #addSelector(rule: string): string | undefined {
    if (!rule.endsWith(')')) return SYNTAX
    const selector = Selector.empty(this.#context)
    for (const inner of splitAtBlanks(rule.slice(1, -1))) {
      const problem = selector.apply(inner)
      if (problem !== undefined) return problem
    }
    this.#selectors = [...this.#selectors, selector]
    return undefined
  }
}

/** Applies the rules up to the first that is wrong. */
export function applyRules(user: User, words: readonly string[]): RulesProblem | undefined {
  const merged = mergeSelectors(words)
  if (!merged.ok) return { kind: 'parenthesis', opening: merged.opening, index: merged.index }
  for (const [index, rule] of merged.rules.entries()) {
    const reason = user.apply(rule)
    if (reason !== undefined) return { kind: 'rule', rule, index, reason }
  }
  return undefined
}

function isHash(text: string): boolean {
  return /^[0-9a-f]{64}$/.test(text)
}

function distance(denial: Denial): number {
  return denial.reason === 'command' ? -1 : denial.position
}
