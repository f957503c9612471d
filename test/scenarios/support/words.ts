/** Words of a transcript's commands: durations, counts and `name=value`. */

/** Milliseconds of `8s` or `500ms`. @throws Error on anything else. */
export function readDuration(word: string): number {
  const [, digits, unit] = /^(\d+)(ms|s)$/.exec(word) ?? []
  if (digits === undefined) throw new Error(`no duration such as 8s or 500ms: "${word}"`)
  return Number(digits) * (unit === 's' ? 1000 : 1)
}

/** @throws Error on anything but a whole number. */
export function readCount(word: string): number {
  if (!/^\d+$/.test(word)) throw new Error(`no whole number: "${word}"`)
  return Number(word)
}

/** @throws Error on a word without `=`. */
export function readSettings(words: readonly string[]): Map<string, string> {
  return new Map(words.map((word) => {
    const at = word.indexOf('=')
    if (at < 1) throw new Error(`not of the form name=value: "${word}"`)
    return [word.slice(0, at), word.slice(at + 1)]
  }))
}

/**
 * Fields of a fault or an operation: JSON, an epoch such as `3n`, or plain text; as the simulator prints faults.
 * An array of objects may not contain blanks.
 */
export function readFields(words: readonly string[]): Record<string, unknown> {
  return Object.fromEntries([...readSettings(words)].map(([name, value]) => [name, readValue(value)]))
}

function readValue(value: string): unknown {
  if (/^\d+n$/.test(value)) return BigInt(value.slice(0, -1))
  if (!/^(?:[[{"\d]|true$|false$)/.test(value) || /^\d.*\D/.test(value)) return value
  return JSON.parse(value)
}
