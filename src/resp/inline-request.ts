import { splitWords } from '../text/index.ts'
import { fromWire } from './text.ts'

/**
 * Splits one inline request into words, in the quoting of the original (protocol.md 5.1). Returns undefined when quotes
 * do not balance. `line` is wire text without its line end.
 */
export function splitInlineRequest(line: string): string[] | undefined {
  return splitWords(line)?.map(fromWire)
}
