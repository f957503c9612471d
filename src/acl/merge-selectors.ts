export type MergedRules =
  | { readonly ok: true, readonly rules: readonly string[] }
  /** A parenthesis that nobody closes: the word, and its index among the words. */
  | { readonly ok: false, readonly opening: string, readonly index: number }

/**
 * `(~a` `+get)` is one rule that was written with a blank in it: puts the words of selectors together. As in the
 * original a second word that opens a selector makes the first forgotten; only `(+get)`, which is whole, becomes part.
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
