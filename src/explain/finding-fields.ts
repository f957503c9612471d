/** Findings as fields of SENTINEL EXPLAIN, and as JSON and back. */
import type { Field } from './field.ts'
import type { FindingJson } from '../documents/index.ts'
import type { Finding } from './finding.ts'

/** `finding-1` is `<severity> <code>: <text>`; `remedy-1`, `command-1` and `about-1` exist where there is one. */
export function findingFields(findings: readonly Finding[]): readonly Field[] {
  return findings.flatMap(({ severity, code, text, remedy, command, about }, at) => (
    [
      ['finding', `${severity} ${code}: ${text}`], ['remedy', remedy], ['command', command], ['about', about],
    ] as const
  ).flatMap(([name, value]): Field[] => value === undefined ? [] : [[`${name}-${at + 1}`, value]]))
}

export function findingJson({ code, severity, text, remedy, command, about }: Finding): FindingJson {
  return { code, severity, text, remedy: remedy ?? null, command: command ?? null, about: about ?? null }
}

export function findingFromJson({ code, severity, text, remedy, command, about }: FindingJson): Finding {
  return {
    code, severity, text, remedy: remedy ?? undefined, command: command ?? undefined, about: about ?? undefined,
  }
}
