import { alternatives, nearestWord } from '../../text/index.ts'
import { formatAddress, type Address } from '../address.ts'
import type { ExpectedFailovers } from '../failover-times.ts'
import { ControlError } from './control-error.ts'

/** A schema in the way of JSON Schema, as OpenAPI 3.1 uses it. */
export type JsonSchema = Readonly<Record<string, unknown>>

/** One argument of an operation: its description for OpenAPI, and how a value is read. */
export interface Parameter<T> {
  readonly schema: JsonSchema
  readonly required: boolean
  /** Returns undefined when the value is not what `expected` says. */
  readonly read: (value: unknown) => T | undefined
  /** Completes the sentence "it must be ...". */
  readonly expected: string
}

/** The arguments of an operation by name. */
export type Parameters = Readonly<Record<string, Parameter<unknown>>>

/** The values that were read for these parameters. */
export type Values<P extends Parameters> = {
  readonly [Name in keyof P]: P[Name] extends Parameter<infer T> ? T : never
}

/** A parameter that may be left out. */
export function optional<T>({ schema, read, expected }: Parameter<T>): Parameter<T | undefined> {
  return { schema, read, expected, required: false }
}

export function text(description: string): Parameter<string> {
  return {
    schema: { type: 'string', minLength: 1, description },
    required: true,
    expected: 'a text that is not empty',
    read: (value) => typeof value === 'string' && value !== '' ? value : undefined,
  }
}

export function texts(description: string): Parameter<readonly string[]> {
  return {
    schema: { type: 'array', items: { type: 'string' }, description },
    required: true,
    expected: 'a list of texts',
    read: (value) => Array.isArray(value) && value.every((one) => typeof one === 'string') ? value : undefined,
  }
}

export function textLists(description: string): Parameter<readonly (readonly string[])[]> {
  const { read } = texts('')
  return {
    schema: { type: 'array', items: { type: 'array', items: { type: 'string' } }, description },
    required: true,
    expected: 'a list of lists of texts',
    read: (value) => Array.isArray(value) && value.every((one) => read(one) !== undefined)
      ? value as readonly (readonly string[])[]
      : undefined,
  }
}

/** A number from `least` to `most`. */
export function number(description: string, least = 0, most = 2_147_483_647): Parameter<number> {
  return {
    schema: { type: 'number', minimum: least, maximum: most, description },
    required: true,
    expected: `a number from ${least} to ${most}`,
    read: (value) => typeof value === 'number' && value >= least && value <= most ? value : undefined,
  }
}

/** One of these words. */
export function oneOf<const Word extends string>(description: string, words: readonly Word[]): Parameter<Word> {
  return {
    schema: { type: 'string', enum: words, description },
    required: true,
    expected: alternatives(words),
    read: (value) => words.find((word) => word === value),
  }
}

/** A whole number, or the range of those that are allowed. */
export function countOrRange(description: string): Parameter<number | ExpectedFailovers> {
  const isCount = (value: unknown): value is number => Number.isInteger(value) && Number(value) >= 0
  const count = { type: 'integer', minimum: 0 }
  return {
    schema: {
      oneOf: [count, { type: 'object', required: ['least', 'most'], properties: { least: count, most: count } }], description,
    },
    required: true,
    expected: 'a number, or an object with least and most',
    read: (value) => {
      if (isCount(value)) return value
      if (!isObject(value)) return undefined
      const { least, most } = value
      return isCount(least) && isCount(most) && least <= most ? { least, most } : undefined
    },
  }
}

export function flag(description: string): Parameter<boolean> {
  return {
    schema: { type: 'boolean', description },
    required: true,
    expected: 'true or false',
    read: (value) => typeof value === 'boolean' ? value : undefined,
  }
}

/** An address as text, such as `127.0.0.1:6379`. */
export function address(description: string): Parameter<Address> {
  return {
    schema: { type: 'string', pattern: ':\\d+$', description },
    required: true,
    expected: 'an address, host:port',
    read: (value) => typeof value === 'string' ? parseAddress(value) : undefined,
  }
}

/** Any object; the operation checks it. */
export function object(description: string, properties: JsonSchema): Parameter<Readonly<Record<string, unknown>>> {
  return {
    schema: { type: 'object', additionalProperties: false, properties, description },
    required: true,
    expected: 'an object',
    read: (value) => isObject(value) ? value : undefined,
  }
}

export function isObject(value: unknown): value is Readonly<Record<string, unknown>> {
  return typeof value === 'object' && value !== null && !Array.isArray(value)
}

/**
 * Reads the arguments of an operation.
 *
 * @throws ControlError naming the first argument that is missing, unknown or invalid
 */
export function readArguments<P extends Parameters>(operation: string, parameters: P, given: unknown): Values<P> {
  if (!isObject(given)) {
    throw new ControlError(400, {
      what: `the arguments are an object, not ${JSON.stringify(given)}`, where: operation, whatToDo: 'send a JSON object, or nothing',
    })
  }
  const names = Object.keys(parameters)
  const unknown = Object.keys(given).find((name) => !names.includes(name))
  if (unknown !== undefined) {
    throw new ControlError(400, {
      what: `${operation} has no argument ${JSON.stringify(unknown)}`,
      where: `${operation}: ${unknown}`,
      whatToDo: suggestion(unknown, names, 'the arguments are', 'it has no arguments'),
    })
  }
  const values = Object.entries(parameters).map(([name, parameter]) => (
    [name, readOne(operation, name, parameter, given[name])]
  ))
  return Object.fromEntries(values) as Values<P>
}

function readOne(operation: string, name: string, parameter: Parameter<unknown>, given: unknown): unknown {
  if (given === undefined || given === null) {
    if (!parameter.required) return undefined
    throw new ControlError(400, {
      what: `${operation} needs the argument ${name}`, where: `${operation}: ${name}`, whatToDo: `give ${parameter.expected}`,
    })
  }
  const value = parameter.read(given)
  if (value !== undefined) return value
  throw new ControlError(400, {
    what: `${name} is ${JSON.stringify(given).slice(0, 200)}`,
    where: `${operation}: ${name}`,
    whatToDo: `give ${parameter.expected}`,
  })
}

/** What to do about an unknown word: the nearest one, and all of them. */
export function suggestion(word: string, words: readonly string[], intro: string, none: string): string {
  if (words.length === 0) return none
  const nearest = nearestWord(word, words)
  return `${nearest === undefined ? '' : `did you mean ${nearest}? `}${intro} ${words.join(', ')}`
}

function parseAddress(given: string): Address | undefined {
  const [, host = '', port = ''] = /^\[?([^\]]+?)\]?:(\d{1,5})$/.exec(given) ?? []
  const parsed = { host, port: Number(port) }
  return host !== '' && parsed.port > 0 && parsed.port <= 65_535 ? parsed : undefined
}

/** An address as text; undefined for none. */
export function addressText(one: Address | undefined): string | null {
  return one === undefined ? null : formatAddress(one)
}
