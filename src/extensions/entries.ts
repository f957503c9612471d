/** The keys of a settings file with their values, for a comparison of two versions of it. */
import type { SectionKind } from './keys.ts'
import { sectionTitle, type Section } from './lines.ts'

export interface IniEntry {
  readonly kind: SectionKind
  /** Such as `[master mymaster]`. */
  readonly section: string
  readonly key: string
  readonly value: string
}

export function entriesOf(sections: readonly Section[]): IniEntry[] {
  return sections.flatMap((section) => [...section.entries].map(([key, { value }]) => (
    { kind: section.kind, section: `[${sectionTitle(section)}]`, key, value }
  )))
}
