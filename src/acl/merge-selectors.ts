export type MergedRules =
  | { readonly ok: true, readonly rules: readonly string[] }
  /** A parenthesis that is not closed: the word, and its index among the words. */
  | { readonly ok: false, readonly opening: string, readonly index: number }

/**
 * Joins the words of each selector: `(~a` `+get)` is one rule with a blank in it. As in the original, a second word
 * that opens a selector discards the first one; a complete selector such as `(+get)` becomes a part of it.
 */
export function mergeSelectors(words: readonly string[]): MergedRules {
  const rules: string[] = []
  let open: { text: string, readonly opening: string, readonly index: number } | undefined
  for (const [index, word] of words.entries()) {
    const opens = word.startsWith('(') && (open === undefined || !word.endsWith(')'))
    if (opens) open = { text: word, opening: word, index }
    else if (open !== undefined) open.text += ` ${word}`
    else rules.push(word)
    if (open?.text.endsWith(')') === true) {
      rules.push(open.text)
      open = undefined
    }
  }
  return open === undefined ? { ok: true, rules } : { ok: false, opening: open.opening, index: open.index }
}
