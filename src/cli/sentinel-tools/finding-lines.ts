/** Findings as lines: the cause, what to do, and the command to copy. */
import type { FindingJson, SeverityJson } from '../../documents/index.ts'
import type { Line, Style } from '../lines.ts'
import { withLocalTimes } from '../local-time.ts'

const STYLES: Readonly<Record<SeverityJson, Style | undefined>> = { critical: 'critical', warning: 'warning', notice: undefined }

/** Width of the words CRITICAL, WARNING and NOTICE with two blanks. */
const INDENT = 10

/** Moments in them are in local time, or in UTC with `utc`. */
export function findingLines(
  findings: readonly FindingJson[], times: { readonly utc?: boolean } = {},
): readonly Line[] {
  const deep = ' '.repeat(INDENT)
  return findings.flatMap(({ severity, text, remedy, command }) => [
    { text: `${severity.toUpperCase().padEnd(INDENT)}${withLocalTimes(text, times)}`, style: STYLES[severity], wraps: true },
    ...remedy === null ? [] : [{ text: `${deep}${remedy}`, wraps: true }],
    ...command === null ? [] : [{ text: `${deep}$ ${command}`, style: 'title' as const, wraps: true }],
  ])
}
