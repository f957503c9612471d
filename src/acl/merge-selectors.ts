export type MergedRules =
  | { readonly ok: true, readonly rules: readonly string[] }
  /** A parenthesis that nobody closes: the rule, and its index among the merged rules. */
  | { readonly ok: false, readonly opening: string, readonly index: number }

/** `(~a` `+get)` is one rule that was written with a blank in it: puts the words of selectors together. */
export function mergeSelectors(words: readonly string[]): MergedRules {
  const rules: string[] = []
  let open: { text: string, readonly opening: string } | undefined
  for (const word of words) {
    if (open !== undefined) open.text += ` ${word}`
    else if (word.startsWith('(')) open = { text: word, opening: word }
    else rules.push(word)
    if (open?.text.endsWith(')') === true) {
      rules.push(open.text)
      open = undefined
    }
  }
  return open === undefined ? { ok: true, rules } : { ok: false, opening: open.opening, index: rules.length }
}
