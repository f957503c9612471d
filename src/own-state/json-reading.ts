/** Reads values of parsed JSON. What is not as expected throws a `FormatError` that names the place. */

/** The file is not as this program writes it. */
export class FormatError extends Error {
  override readonly name = 'FormatError'
}

export type JsonObject = Readonly<Record<string, unknown>>

export function objectAt(value: unknown, place: string): JsonObject {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) throw wrong(place, 'an object')
  return value as JsonObject
}

export function arrayAt(value: unknown, place: string, lengthMax: number): readonly unknown[] {
  if (!Array.isArray(value) || value.length > lengthMax) throw wrong(place, `a list of at most ${lengthMax}`)
  return value
}

export function textAt(value: unknown, place: string): string {
  if (typeof value !== 'string') throw wrong(place, 'a text')
  return value
}

export function wordAt<Word extends string>(value: unknown, place: string, words: readonly Word[]): Word {
  const found = words.find((word) => word === value)
  if (found === undefined) throw wrong(place, `one of ${words.join(', ')}`)
  return found
}

/** A finite number from `least` on. */
export function numberAt(value: unknown, place: string, least: number): number {
  if (typeof value !== 'number' || !Number.isFinite(value) || value < least) throw wrong(place, `a number from ${least} on`)
  return value
}

export function optional<Value>(value: unknown, read: (value: unknown) => Value): Value | undefined {
  return value === undefined ? undefined : read(value)
}

export function wrong(place: string, wanted: string): FormatError {
  return new FormatError(`${place} is not ${wanted}`)
}
