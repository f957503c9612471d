/** Parses the arguments of a line into the canonical words of a directive (config.md 2.3.2, 2.6, 5). */
import { fromBytes, lowerAscii, splitWords, toBytes } from '../../text/index.ts'
import { readMemory, readOctal, readStrict, writeMemory } from '../number-readers.ts'
import { accepted, refused, type Outcome } from '../outcome.ts'
import { expandTitle } from '../process-title.ts'
import type {
  ChoiceDirective, Directive, FlagDirective, IntegerDirective, MemoryDirective, SpecialDirective, TextDirective, Words,
} from './directive.ts'
import {
  readBind, readBufferLimits, readKeyspaceEvents, readOomValues, readPercentiles, readReplicaOf, readSave,
  readShutdownOptions,
} from './special-readers.ts'

export const WRONG_COUNT = 'wrong number of arguments'

/** Earlier values on which the meaning of a line may depend. */
export interface ReadContext {
  /** The value so far; some lines add to it. */
  readonly previous: Words
  /** The `unixsocket` set so far: a title template may name it. */
  readonly unixSocket: string
}

export function readDirective(directive: Directive, args: readonly string[], context: ReadContext): Outcome<Words> {
  switch (directive.kind) {
    case 'flag':
    case 'choice':
    case 'integer':
    case 'octal':
    case 'memory':
    case 'text': {
      const [argument] = args
      if (argument === undefined || args.length > 1) return refused(WRONG_COUNT)
      return readSingle(directive, argument, context)
    }
    default:
      return readSpecial(directive, args, context)
  }
}

function readSingle(
  directive: Exclude<Directive, SpecialDirective>, argument: string, context: ReadContext,
): Outcome<Words> {
  switch (directive.kind) {
    case 'flag': return readFlag(directive, argument)
    case 'choice': return readChoice(directive, argument)
    case 'integer': return readInteger(directive, argument)
    case 'octal': return readOctalInteger(directive, argument)
    case 'memory': return readSize(directive, argument)
    case 'text': return readText(directive, argument, context)
  }
}

function readSpecial(directive: SpecialDirective, args: readonly string[], context: ReadContext): Outcome<Words> {
  const [only] = args
  if (directive.kind === 'keyspace-events') {
    return only === undefined || args.length > 1 ? refused(WRONG_COUNT) : readKeyspaceEvents(only)
  }
  // One argument that is not empty is split into the words of a list; unbalanced quotes make the list empty.
  const isList = only !== undefined && only !== '' && args.length === 1
  const words = isList ? (splitWords(toBytes(only)) ?? []).map(fromBytes) : args
  switch (directive.kind) {
    case 'bind': return readBind(words)
    case 'buffer-limits': return readBufferLimits(words, context.previous ?? [])
    case 'percentiles': return readPercentiles(words)
    case 'oom-values': return readOomValues(words)
    case 'replicaof': return readReplicaOf(words)
    case 'save': return readSave(words)
    case 'shutdown-options': return readShutdownOptions(words)
  }
}

function readFlag({ neverOn }: FlagDirective, argument: string): Outcome<Words> {
  const word = lowerAscii(argument)
  if (word !== 'yes' && word !== 'no') return refused("argument must be 'yes' or 'no'")
  return word === 'yes' && neverOn !== undefined ? refused(neverOn) : accepted([word])
}

function readChoice({ choices, writtenAs }: ChoiceDirective, argument: string): Outcome<Words> {
  const word = lowerAscii(argument)
  if (!choices.includes(word)) return refused(`argument(s) must be one of the following: ${choices.join(', ')}`)
  return accepted([writtenAs?.get(word) ?? word])
}

function readInteger({ min, max, clamp }: IntegerDirective, argument: string): Outcome<Words> {
  const value = readStrict(argument)
  if (value === undefined) return refused("argument couldn't be parsed into an integer")
  if (value < min || value > max) return refused(`argument must be between ${min} and ${max} inclusive`)
  const kept = clamp === undefined ? value : value < clamp.min ? clamp.min : value > clamp.max ? clamp.max : value
  return accepted([`${kept}`])
}

function readOctalInteger({ min, max }: IntegerDirective, argument: string): Outcome<Words> {
  const value = readOctal(argument)
  if (value === undefined) return refused("argument couldn't be parsed as an octal number")
  if (value < min || value > max) {
    return refused(`argument must be between ${min.toString(8)} and ${max.toString(8)} inclusive`)
  }
  return accepted([value.toString(8)])
}

function readSize({ min, max, percent }: MemoryDirective, argument: string): Outcome<Words> {
  if (percent && argument.endsWith('%')) return readPercent(argument.slice(0, -1))
  const value = readMemory(argument)
  if (value === undefined) return refused(`argument must be a memory ${percent ? 'or percent ' : ''}value`)
  if (value < min || value > max) return refused(`argument must be between ${min} and ${max} inclusive`)
  return accepted([writeMemory(value)])
}

function readPercent(digits: string): Outcome<Words> {
  const value = readStrict(digits)
  if (value === undefined || value < 0n) return refused('argument must be a memory or percent value')
  if (value > 100n) return refused('percentage argument must be less or equal to 100')
  return accepted([value === 0n ? '0' : `${value}%`])
}

function readText(directive: TextDirective, argument: string, context: ReadContext): Outcome<Words> {
  const { name, emptyMeansUnset, check } = directive
  const problem = check === undefined ? undefined : textProblem(name, check, argument, context)
  if (problem !== undefined) return refused(problem)
  return accepted(argument === '' && emptyMeansUnset ? undefined : [argument])
}

function textProblem(
  name: string, check: NonNullable<TextDirective['check']>, argument: string, { unixSocket }: ReadContext,
): string | undefined {
  switch (check.type) {
    case 'bare-name':
      if (argument === '' && !check.mayBeEmpty) return `${name} can't be empty`
      return argument.includes('/') ? `${name} can't be a path, just a ${check.of}` : undefined
    case 'host-name':
      if (toBytes(argument).length > 255) return 'Hostnames must be less than 256 characters'
      return /^[0-9A-Za-z.-]*$/.test(argument)
        ? undefined : 'Hostnames may only contain alphanumeric characters, hyphens or dots'
    case 'title-template':
      return titleProblem(argument, unixSocket)
  }
}

/** Expands the template with an empty title, because a template that consists of the title alone is refused. */
function titleProblem(template: string, unixsocket: string): string | undefined {
  const title = expandTitle(template, {
    'title': '', 'listen-addr': '*:0', 'server-mode': '[sentinel]', 'port': '0', 'tls-port': '0', unixsocket,
    'config-file': '/',
  })
  return title === undefined ? 'template format is invalid or contains unknown variables' : undefined
}
