export interface TableLayout {
  /** In front of every line. */
  readonly indent?: string
  /** The first column whose cells stand to the right, as numbers do. Default: none. */
  readonly rightFrom?: number
}

/** Lines of columns, as wide as what stands in them. */
export function tableText(
  head: readonly string[], rows: readonly (readonly string[])[], { indent = '', rightFrom = Infinity }: TableLayout = {},
): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const fitted = (cell: string, at: number): string => (
    at < rightFrom ? cell.padEnd(widths[at] ?? 0) : cell.padStart(widths[at] ?? 0)
  )
  return [head, ...rows].map((cells) => `${indent}${cells.map(fitted).join('  ').trimEnd()}\n`).join('')
}
