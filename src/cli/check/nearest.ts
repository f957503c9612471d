/** The most edits between a misspelt word and the word that was meant. */
const EDITS_MAX = 3

/** The word that was probably meant; undefined where none is near. Upper and lower case are the same. */
export function nearest(text: string, words: readonly string[]): string | undefined {
  const lower = text.toLowerCase()
  const [best] = words.map((word) => ({ word, edits: editsBetween(lower, word) }))
    .sort((one, other) => one.edits - other.edits)
  return best !== undefined && best.edits <= Math.min(EDITS_MAX, Math.floor(lower.length / 3)) ? best.word : undefined
}

/** The number of letters to insert, remove or replace (Levenshtein). */
function editsBetween(one: string, other: string): number {
  let row = Array.from({ length: other.length + 1 }, (_, at) => at)
  for (let at = 0; at < one.length; at++) {
    const next = [at + 1]
    for (let to = 0; to < other.length; to++) {
      const replaced = (row[to] ?? 0) + (one[at] === other[to] ? 0 : 1)
      next.push(Math.min(replaced, (row[to + 1] ?? 0) + 1, (next[to] ?? 0) + 1))
    }
    row = next
  }
  return row[other.length] ?? 0
}
