/** Reads the values of directives. Each reader returns the value, or what is wrong and which values there are. */

import { alternatives } from '../../text/index.ts'

export type Reading<Value> =
  | { readonly ok: true, readonly value: Value }
  | { readonly ok: false, readonly problem: string }

/** A host with its port. */
export interface Address {
  /** An IP address or a host name. */
  readonly host: string
  readonly port: number
}

export function good<Value>(value: Value): Reading<Value> {
  return { ok: true, value }
}

export function bad(problem: string): Reading<never> {
  return { ok: false, problem }
}

const DIGITS = /^\d{1,15}$/

/** A whole number within bounds. `what` names it in the problem. */
export function readNumber(text: string, { what, min, max }: {
  readonly what: string
  readonly min: number
  readonly max: number
}): Reading<number> {
  const value = DIGITS.test(text) ? Number(text) : Number.NaN
  return value >= min && value <= max ? good(value) : bad(`${quoted(text)} is not ${what}: give a number from ${min} to ${max}`)
}

const BYTES = /^(\d{1,15})(b|kb?|mb?|gb?)?$/i
const FACTORS: ReadonlyMap<string, number> = new Map([
  ['', 1], ['b', 1], ['k', 1_000], ['kb', 1_024], ['m', 1_000_000], ['mb', 1_024 ** 2], ['g', 1_000_000_000], ['gb', 1_024 ** 3],
])

/** A number of bytes, with the units of redis.conf. */
export function readBytes(text: string): Reading<number> {
  const [, digits, unit = ''] = BYTES.exec(text) ?? []
  const value = Number(digits) * (FACTORS.get(unit.toLowerCase()) ?? Number.NaN)
  return Number.isSafeInteger(value) ? good(value) : bad(`${quoted(text)} is not a number of bytes: give one such as 1048576 or 1mb`)
}

export function readChoice<const Choice extends string>(text: string, choices: readonly Choice[]): Reading<Choice> {
  const found = choices.find((choice) => choice === text.toLowerCase())
  return found === undefined ? bad(`${quoted(text)} is unknown: give ${alternatives(choices)}`) : good(found)
}

export function readFlag(text: string): Reading<boolean> {
  const reading = readChoice(text, ['yes', 'no'])
  return reading.ok ? good(reading.value === 'yes') : reading
}

const OCTAL = /^0?[0-7]{3}$/

/** A file mode such as 770. */
export function readMode(text: string): Reading<number> {
  return OCTAL.test(text) ? good(Number.parseInt(text, 8)) : bad(`${quoted(text)} is not a file mode: give one such as 770`)
}

/** `host:port`, `[v6]:port`. Without a port, the default where there is one. */
export function readAddress(text: string, defaultPort?: number): Reading<Address> {
  const bracketed = /^\[([^\]]+)\](?::(.*))?$/.exec(text)
  const [host = '', port] = bracketed === null ? splitAtPort(text) : [bracketed[1], bracketed[2]]
  if (host === '' || /[\s[\]]/.test(host) || host.length > HOST_CHARS_MAX) return bad(`${quoted(text)} is not an address: give host:port`)
  if (port === undefined) {
    return defaultPort === undefined ? bad(`${quoted(text)} has no port: give host:port`) : good({ host, port: defaultPort })
  }
  const reading = readNumber(port, { what: 'a port', min: 1, max: 65_535 })
  return reading.ok ? good({ host, port: reading.value }) : reading
}

const HOST_CHARS_MAX = 255

/** An IPv6 address has several colons, and a port only behind brackets. */
function splitAtPort(text: string): readonly [string, string | undefined] {
  const colon = text.lastIndexOf(':')
  return colon < 0 || text.indexOf(':') !== colon ? [text, undefined] : [text.slice(0, colon), text.slice(colon + 1)]
}

export function quoted(text: string): string {
  return `'${text}'`
}
