/** The differences between two versions of ts-sentinel.ini in words for the log. */
import type { IniEntry } from '../extensions/index.ts'

export interface IniChange extends Pick<IniEntry, 'kind' | 'key'> {
  /** What changed, without secrets. */
  readonly text: string
}

/** Keys whose values must not be in a log. The address of a webhook may have a secret in its path. */
const SECRET_KEYS = new Set(['token', 'actions-token', 'secret', 'url'])

/** One change for each key that differs: those of the new file in its order, then those that are gone. */
export function iniChanges(before: readonly IniEntry[], after: readonly IniEntry[]): IniChange[] {
  const [old, now] = [byPlace(before), byPlace(after)]
  return [
    ...after.flatMap((entry) => {
      const was = old.get(placeOf(entry))
      return was?.value === entry.value ? [] : [{ ...entry, text: textOf(entry, was) }]
    }),
    ...before.filter((entry) => !now.has(placeOf(entry)))
      .map((entry) => ({ ...entry, text: `${placeOf(entry)} removed` })),
  ]
}

function byPlace(entries: readonly IniEntry[]): ReadonlyMap<string, IniEntry> {
  return new Map(entries.map((entry) => [placeOf(entry), entry]))
}

function placeOf({ section, key }: IniEntry): string {
  return `${section} ${key}`
}

function textOf(entry: IniEntry, was: IniEntry | undefined): string {
  if (SECRET_KEYS.has(entry.key)) return `${placeOf(entry)} changed`
  return `${placeOf(entry)} = ${entry.value}${was === undefined ? '' : `, before ${was.value}`}`
}
