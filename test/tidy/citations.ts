/** Which sections of the contract (docs/behaviour.md, protocol.md, config.md) a text cites, and which exist. */

export type ContractName = 'behaviour' | 'protocol' | 'config'

export const CONTRACT: readonly ContractName[] = ['behaviour', 'protocol', 'config']

export interface Citation {
  readonly contract: ContractName
  /** A section such as `8.3`, a list item below one such as `6.3.3b`, a quirk such as `Q15` or a persist point `P3`. */
  readonly section: string
}

const SECTION = String.raw`(?:\d+(?:\.\d+)*[a-z]?|[QP]\d+)`
const LIST = new RegExp(String.raw`\b(behaviour|protocol|config)\.md(?:,|:)?\s+((?:${SECTION})(?:(?:, | and | to | or )(?:${SECTION})(?![\w-]))*)(?![\w-])`, 'g')

/** Everything that the text cites, in its order. */
export function citationsIn(text: string): Citation[] {
  // A citation may be broken over two lines of a comment.
  const joined = text.replace(/\n\s*(?:\*|\/\/)?\s*/g, ' ')
  const cited = [...joined.matchAll(LIST)].flatMap(([, contract = '', list = '']) => (
    list.split(/, | and | to | or /).map((section) => ({ contract: contract as ContractName, section }))
  ))
  const quirks = [...joined.matchAll(/(?<![\w.])Q\d+\b/g)].map(([section]) => ({ contract: 'behaviour' as const, section }))
  return [...cited, ...quirks]
}

/** The sections that a document of the contract has: headings, numbered items below them, quirks and persist points. */
export function sectionsOf(document: string): Set<string> {
  const sections = new Set<string>()
  let heading = ''
  let item = ''
  for (const line of document.split('\n')) {
    const [, number] = /^#{2,3} (\d+(?:\.\d+)*)\b/.exec(line) ?? []
    const [, itemNumber] = /^(\d+)\. /.exec(line) ?? []
    const [, letter] = /^\s+([a-z])\. /.exec(line) ?? []
    const [, row] = /^\| (?:Q?(\d+)|(P\d+)) \|/.exec(line) ?? []
    if (number !== undefined) {
      heading = number
      sections.add(number)
    } else if (itemNumber !== undefined) {
      item = `${heading}.${itemNumber}`
      sections.add(item)
    } else if (letter !== undefined) {
      sections.add(`${item}${letter}`)
    } else if (row !== undefined && heading === '16.4') {
      sections.add(`Q${row}`)
    }
    for (const [point] of line.matchAll(/(?<![\w])P\d+\b/g)) sections.add(point)
  }
  return sections
}
