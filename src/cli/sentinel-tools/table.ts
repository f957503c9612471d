/** Lines of columns, as wide as what stands in them. */
export function tableText(head: readonly string[], rows: readonly (readonly string[])[], indent = ''): string {
  const widths = head.map((title, at) => Math.max(title.length, ...rows.map((row) => row[at]?.length ?? 0)))
  const line = (cells: readonly string[]): string => (
    indent + cells.map((cell, at) => cell.padEnd(widths[at] ?? 0)).join('  ').trimEnd()
  )
  return [head, ...rows].map((cells) => `${line(cells)}\n`).join('')
}
