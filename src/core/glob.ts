/**
 * Glob matching in the dialect of the original: `*`, `?`, `[abc]`, `[a-z]`, `[^a]`, and `\` before a literal
 * character. An unclosed class ends with the pattern. The whole text must match.
 *
 * Only the last `*` is ever retried, so the cost is at most pattern length times text length: a pattern such as
 * `a*a*a*a*b` cannot block a sentinel.
 */

export interface GlobOptions {
  /** Fold ASCII letters. Default false: master names and channels are case-sensitive (protocol.md 2.1). */
  readonly ignoreCase?: boolean
}

/** Whether `text` as a whole matches `pattern`. Never throws; every string is a legal pattern. */
export function globMatch(pattern: string, text: string, options: GlobOptions = {}): boolean {
  const fold = options.ignoreCase === true
  return matches(fold ? foldAscii(pattern) : pattern, fold ? foldAscii(text) : text)
}

function matches(pattern: string, text: string): boolean {
  let at = 0
  let position = 0
  // Where matching continues when the tail fails: after the last star, one character further in the text.
  let starAt = -1
  let starPosition = 0
  while (position < text.length) {
    if (pattern[at] === '*') {
      starAt = at
      starPosition = position
      at += 1
      continue
    }
    const next = at < pattern.length ? matchOne(pattern, at, text.charCodeAt(position)) : -1
    if (next >= 0) {
      at = next
      position += 1
      continue
    }
    if (starAt < 0) return false
    starPosition += 1
    position = starPosition
    at = starAt + 1
  }
  while (pattern[at] === '*') at += 1
  return at >= pattern.length
}

/** The pattern position behind the element at `at` when it matches `code`, or -1. */
function matchOne(pattern: string, at: number, code: number): number {
  switch (pattern[at]) {
    case '?':
      return at + 1
    case '[':
      return matchClass(pattern, at + 1, code)
    case '\\': {
      // A backslash at the very end is a literal backslash.
      const literal = at + 1 < pattern.length ? at + 1 : at
      return pattern.charCodeAt(literal) === code ? literal + 1 : -1
    }
    default:
      return pattern.charCodeAt(at) === code ? at + 1 : -1
  }
}

function matchClass(pattern: string, first: number, code: number): number {
  const negated = pattern[first] === '^'
  let at = negated ? first + 1 : first
  let found = false
  while (at < pattern.length && pattern[at] !== ']') {
    if (pattern[at] === '\\' && at + 1 < pattern.length) {
      found ||= pattern.charCodeAt(at + 1) === code
      at += 2
    } else if (pattern[at + 1] === '-' && at + 2 < pattern.length) {
      found ||= inRange(pattern.charCodeAt(at), pattern.charCodeAt(at + 2), code)
      at += 3
    } else {
      found ||= pattern.charCodeAt(at) === code
      at += 1
    }
  }
  return found !== negated ? Math.min(at + 1, pattern.length) : -1
}

/** A range may be written in either direction. */
function inRange(one: number, other: number, code: number): boolean {
  return code >= Math.min(one, other) && code <= Math.max(one, other)
}

function foldAscii(text: string): string {
  return text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase())
}
