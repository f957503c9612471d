/** Output as lines, which a terminal shows in colour. */
import { tableText, type TableLayout } from './table-text.ts'

export type Style = 'critical' | 'warning' | 'good' | 'title' | 'faint'

export interface Line {
  readonly text: string
  /** Undefined: as the terminal writes everything. */
  readonly style?: Style | undefined
  /** A sentence that continues on the next line where the terminal is too narrow; other lines are cut. */
  readonly wraps?: boolean
}

/** Select Graphic Rendition: red, yellow, green, bold, faint. */
const CODES: Readonly<Record<Style, string>> = { critical: '31', warning: '33', good: '32', title: '1', faint: '2' }

/** A row of a table. */
export interface Row {
  readonly cells: readonly string[]
  readonly style: Style | undefined
}

/** Rows in columns, with a faint head. */
export function tableLines(head: readonly string[], rows: readonly Row[], layout?: TableLayout): readonly Line[] {
  const [first = '', ...lines] = tableText(head, rows.map(({ cells }) => cells), layout).trimEnd().split('\n')
  return [{ text: first, style: 'faint' }, ...lines.map((text, at) => ({ text, style: rows[at]?.style }))]
}

export function plainText(lines: readonly Line[]): string {
  return lines.map(({ text }) => `${text}\n`).join('')
}

/** `text` has no control characters any more. */
export function colouredText({ text, style }: Line): string {
  return style === undefined || text === '' ? text : `\u001b[${CODES[style]}m${text}\u001b[0m`
}
