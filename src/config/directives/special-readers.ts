/** Readers of the directives whose value is a list or has a grammar of its own. Each returns canonical words. */
import { lowerAscii } from '../../text/index.ts'
import { INT32_MAX, readMemory, readWholeInteger, writeMemory } from '../number-readers.ts'
import { accepted, refused, type Outcome } from '../outcome.ts'
import type { Words } from './directive.ts'

/** The original stores no more. */
const MAX_BIND_ADDRESSES = 16

/** No address at all, or one empty word: no TCP listener. */
export function readBind(words: readonly string[]): Outcome<Words> {
  if (words.length > MAX_BIND_ADDRESSES) return refused('Too many bind addresses specified.')
  return accepted(words.length === 1 && words[0] === '' ? [] : words)
}

export const BUFFER_LIMIT_CLASSES = Object.freeze(['normal', 'replica', 'pubsub'])
const LIMIT_PROBLEM = 'Error in hard, soft or soft_seconds setting in buffer limit configuration.'

/** `<class> <hard> <soft> <seconds>`, repeated; classes that are not named keep their limits. */
export function readBufferLimits(words: readonly string[], previous: readonly string[]): Outcome<Words> {
  if (words.length % 4 !== 0) return refused('Wrong number of arguments in buffer limit configuration.')
  const limits = new Map<string, readonly string[]>(groupsOfFour(previous).map(([name = '', ...limit]) => [name, limit]))
  for (const [writtenName = '', hard = '', soft = '', seconds = ''] of groupsOfFour(words)) {
    const name = lowerAscii(writtenName).replace(/^slave$/, 'replica')
    if (!BUFFER_LIMIT_CLASSES.includes(name)) {
      return refused('Invalid client class specified in buffer limit configuration.')
    }
    const limit = readLimit(hard, soft, seconds)
    if (limit === undefined) return refused(LIMIT_PROBLEM)
    limits.set(name, limit)
  }
  return accepted([...limits].flatMap(([name, limit]) => [name, ...limit]))
}

function readLimit(hard: string, soft: string, seconds: string): string[] | undefined {
  const hardBytes = readMemory(hard)
  const softBytes = readMemory(soft)
  const period = readWholeInteger(seconds)
  if (hardBytes === undefined || softBytes === undefined || period === undefined || period < 0n) return undefined
  // The original keeps 32 bits. A negative result could not be read back, so it becomes the largest period.
  const kept = BigInt.asIntN(32, period)
  return [writeMemory(hardBytes), writeMemory(softBytes), `${kept < 0n ? INT32_MAX : kept}`]
}

function groupsOfFour(words: readonly string[]): string[][] {
  return Array.from({ length: Math.ceil(words.length / 4) }, (_, index) => words.slice(4 * index, 4 * index + 4))
}

export function readPercentiles(words: readonly string[]): Outcome<Words> {
  if (words.length === 0 || (words.length === 1 && words[0] === '')) return accepted([])
  const percentiles: string[] = []
  for (const word of words) {
    const value = readFloat(word)
    if (value === undefined) return refused('Invalid latency-tracking-info-percentiles parameters')
    if (value < 0 || value > 100) {
      return refused('latency-tracking-info-percentiles parameters should sit between [0.0,100.0]')
    }
    percentiles.push(value.toFixed(6).replace(/\.?0+$/, ''))
  }
  return accepted(percentiles)
}

const DECIMAL = /^[ \t\n\v\f\r]*[+-]?(?:[0-9]+\.?[0-9]*|\.[0-9]+)(?:[eE][+-]?[0-9]+)?$/
const HEXADECIMAL = /^[ \t\n\v\f\r]*([+-]?)0[xX]([0-9a-fA-F]*)\.?([0-9a-fA-F]*)(?:[pP]([+-]?[0-9]+))?$/
const INFINITE = /^[ \t\n\v\f\r]*([+-]?)inf(?:inity)?$/i

/** Reads a number as the C library does: hexadecimal and `inf` are numbers, underflow is an error. */
function readFloat(text: string): number | undefined {
  const infinite = INFINITE.exec(text)
  if (infinite !== null) return infinite[1] === '-' ? -Infinity : Infinity
  if (DECIMAL.test(text)) {
    const value = Number(text)
    const isUnderflow = value === 0 && /[1-9]/.test(text.replace(/[eE].*/, ''))
    return isUnderflow || !Number.isFinite(value) ? undefined : value
  }
  const [, sign, whole, fraction, exponent = '0'] = HEXADECIMAL.exec(text) ?? []
  if (whole === undefined || fraction === undefined || whole + fraction === '') return undefined
  const value = Number.parseInt(whole + fraction, 16) * 2 ** (Number(exponent) - 4 * fraction.length)
  return sign === '-' ? -value : value
}

/** In the order in which they are written; `A` is short for the first ten. */
const EVENT_CLASSES = 'g$lshzxetdnKEm'
const ALL_EVENT_CLASSES = 'g$lshzxetd'

export function readKeyspaceEvents(text: string): Outcome<Words> {
  const given = text.replaceAll('A', ALL_EVENT_CLASSES)
  if ([...given].some((letter) => !EVENT_CLASSES.includes(letter))) {
    return refused("Invalid event class character. Use 'Ag$lshzxeKEtmdn'.")
  }
  const written = [...EVENT_CLASSES].filter((letter) => given.includes(letter)).join('')
  return accepted([written.replace(ALL_EVENT_CLASSES, 'A')])
}

export function readOomValues(words: readonly string[]): Outcome<Words> {
  if (words.length !== 3) return refused('wrong number of arguments')
  const values = words.map(readWholeInteger)
  if (values.some((value) => value === undefined || value < -2000n || value > 2000n)) {
    return refused('Invalid oom-score-adj-values, elements must be between -2000 and 2000.')
  }
  return accepted(values.map(String))
}

/** `no one` unsets the directive. */
export function readReplicaOf(words: readonly string[]): Outcome<Words> {
  const [host, port] = words
  if (host === undefined || port === undefined || words.length > 2) return refused('wrong number of arguments')
  if (lowerAscii(host) === 'no' && lowerAscii(port) === 'one') return accepted(undefined)
  const value = readWholeInteger(port)
  if (value === undefined || value < 0n || value > 65_535n) return refused('Invalid master port')
  return accepted([host, `${value}`])
}

/** Checks the value and discards it: a Sentinel never saves data, and a rewrite removes these lines (config.md 6.4). */
export function readSave(words: readonly string[]): Outcome<Words> {
  if (words.length === 1 && words[0] === '') return accepted(undefined)
  const values = words.map(readWholeInteger)
  const isValid = values.every((value, index) => value !== undefined && value >= (index % 2 === 0 ? 1n : 0n))
  return isValid && words.length % 2 === 0 ? accepted(undefined) : refused('Invalid save parameters')
}

const SHUTDOWN_OPTIONS = ['default', 'save', 'nosave', 'now', 'force']

export function readShutdownOptions(words: readonly string[]): Outcome<Words> {
  const given = words.map((word) => lowerAscii(word))
  if (given.length === 0 || given.some((word) => !SHUTDOWN_OPTIONS.includes(word))) {
    return refused(`argument(s) must be one of the following: ${SHUTDOWN_OPTIONS.join(', ')}`)
  }
  if (given.includes('save') && given.includes('nosave')) {
    return refused("shutdown options SAVE and NOSAVE can't be used simultaneously")
  }
  const options = SHUTDOWN_OPTIONS.filter((option) => option !== 'default' && given.includes(option))
  return accepted(options.length === 0 ? ['default'] : options)
}
