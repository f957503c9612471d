export interface TableLayout {
  /** Text before every line. */
  readonly indent?: string
  /** Index of the first column that is aligned to the right, as for numbers. Default: none. */
  readonly rightFrom?: number
}

/** Formats a table. Each column is as wide as its longest cell. */
export function tableText(
  head: readonly string[], rows: readonly (readonly string[])[], { indent = '', rightFrom = Infinity }: TableLayout = {},
): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const fitted = (cell: string, at: number): string => (
    at < rightFrom ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
  )
  return [head, ...rows].map((cells) => `${indent}${cells.map(fitted).join('  ').trimEnd()}\n`).join('')
}
