/** Quotations of the program's output: their fixed words must be in its sources. */

/** What differs from run to run: quoted answers, commands, names and addresses with digits, units, and punctuation. */
const VARIABLE = /"[^"]*"|\b[A-Z]{3,}(?: [A-Z]{2,})*\b|\S*\d\S*|\bmymaster\b|\bms\b|\s{2,}|[;:,()[\]]/

/** Shorter pieces prove nothing. */
const PIECE_LENGTH_MIN = 4

/** Words of a line of output that no source spells like this, such as `looks dead to me`. */
export function strangeWords(line: string, sources: string): string[] {
  return line.split(VARIABLE).map((piece) => piece.replace(/^[\s.|-]+|[\s.|-]+$/g, ''))
    .filter((piece) => piece.length >= PIECE_LENGTH_MIN && !sources.includes(piece))
}

/** The text of sources in one line, with literals that are broken over several lines put together. */
export function spelled(sources: readonly string[]): string {
  return sources.join('\n').replace(/['`]\s*\+ ['`]/g, '').replace(/\s+/g, ' ')
}

/** The words of an event of the quick start, without time, source and name of the event. */
export function storyWords(line: string): string {
  return line.replace(/^\s*\d+ ms\s+\S+\s+/, '').replace(/ {2}[+-][a-z-]+$/, '')
}
