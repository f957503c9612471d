/** Finds the name that a mistyped word probably means. */

/** Edits by which a word of ordinary length may differ from the name that is meant. */
const EDITS_MAX = 2

/** The name nearest to the word, where few enough letters differ, `editsMax` at most; undefined otherwise. */
export function nearestWord(word: string, names: readonly string[], editsMax = EDITS_MAX): string | undefined {
  const lower = word.toLowerCase()
  const [best] = names
    .map((name) => ({ name, edits: editsBetween(lower, name.toLowerCase()) }))
    .filter(({ name, edits }) => edits <= Math.min(editsMax, Math.floor(name.length / 3)))
    .sort((a, b) => a.edits - b.edits)
  return best?.name
}

/** Letters to insert, remove, replace, or swap with their neighbour (optimal string alignment). */
function editsBetween(a: string, b: string): number {
  let beforeLast: number[] = []
  let last = Array.from({ length: b.length + 1 }, (_, at) => at)
  for (let row = 1; row <= a.length; row += 1) {
    const current = [row]
    for (let column = 1; column <= b.length; column += 1) {
      const isSame = a[row - 1] === b[column - 1]
      const isSwapped = a[row - 1] === b[column - 2] && a[row - 2] === b[column - 1]
      current.push(Math.min(
        (last[column] ?? 0) + 1, (current[column - 1] ?? 0) + 1, (last[column - 1] ?? 0) + (isSame ? 0 : 1),
        isSwapped ? (beforeLast[column - 2] ?? 0) + 1 : Infinity,
      ))
    }
    beforeLast = last
    last = current
  }
  return last[b.length] ?? 0
}
