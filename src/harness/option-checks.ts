import { alternatives, nearestWord } from '../text/index.ts'

/** Checks values that may come from JavaScript without a compiler, and collects their problems. */
export class OptionChecks {
  readonly problems: string[] = []

  /** Adds a problem. */
  add(problem: string): void {
    this.problems.push(problem)
  }

  /**
   * The entries of an object that may have only these keys; keys whose value is undefined count as absent.
   *
   * @returns undefined when the value is not a plain object
   */
  entries(where: string, value: unknown, known: readonly string[]): ReadonlyMap<string, unknown> | undefined {
    if (typeof value !== 'object' || value === null || Array.isArray(value)) {
      this.add(`${where} is an object, not ${shown(value)}`)
      return undefined
    }
    const entries = new Map(Object.entries(value).filter(([, one]) => one !== undefined))
    for (const key of entries.keys()) {
      if (!known.includes(key)) this.add(`${where} has no ${shown(key)}${suggestion(key, known)}; it has ${known.join(', ')}`)
    }
    return entries
  }

  /** Checks for a whole number from `least` to `most`. */
  whole(where: string, value: unknown, least: number, most = MAX_WHOLE): value is number {
    if (typeof value === 'number' && Number.isInteger(value) && value >= least && value <= most) return true
    this.add(`${where} is a whole number from ${least} to ${most}, not ${shown(value)}`)
    return false
  }

  /** Checks for true or false. */
  flag(where: string, value: unknown): void {
    if (typeof value !== 'boolean') this.add(`${where} is true or false, not ${shown(value)}`)
  }

  /** Checks for one of these words. */
  oneOf(where: string, value: unknown, words: readonly string[]): void {
    if (typeof value !== 'string' || !words.includes(value)) this.add(`${where} is ${alternatives(words)}, not ${shown(value)}`)
  }

  /** Checks for a text of one line that is not empty. */
  line(where: string, value: unknown): value is string {
    if (typeof value !== 'string' || value === '') this.add(`${where} is a text that is not empty, not ${shown(value)}`)
    else if (/[\n\r\0]/.test(value)) this.add(`${where} is a text of one line, not ${shown(value)}`)
    else return true
    return false
  }

  /** Checks for a list of lines for a configuration file. */
  lines(where: string, value: unknown): void {
    const list = this.list(where, value)
    if (list?.some((one) => typeof one !== 'string') === true) this.add(`${where} is a list of lines, each a text`)
  }

  /** Checks for a list. @returns undefined when the value is not a list */
  list(where: string, value: unknown): readonly unknown[] | undefined {
    if (Array.isArray(value)) return value as readonly unknown[]
    this.add(`${where} is a list, not ${shown(value)}`)
    return undefined
  }
}

/** The largest number of milliseconds that redis-server takes. */
const MAX_WHOLE = 2_147_483_647

/** The value in the form for a message. */
export function shown(value: unknown): string {
  if (typeof value === 'function') return 'a function'
  if (typeof value === 'bigint' || typeof value === 'symbol') return String(value)
  return JSON.stringify(value) ?? 'undefined'
}

/** Says that a name is none of these, which one was probably meant, and which there are. */
export function notOneOf(name: string, names: readonly string[]): string {
  return `there is no ${name}${suggestion(name, names)}; there is ${names.join(', ')}`
}

function suggestion(word: string, names: readonly string[]): string {
  const meant = nearestWord(word, names)
  return meant === undefined ? '' : ` (did you mean ${meant}?)`
}
