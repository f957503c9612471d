/** Reads the command line: action, files and options (config.md 1.1 to 1.3, 1.5). */
import { lowerAscii, quoteWord, splitWords, toBytes } from '../text/index.ts'

export type CommandLine =
  | { readonly action: 'version' }
  | { readonly action: 'help' }
  | { readonly action: 'test-memory', readonly megabytes: string | undefined }
  | { readonly action: 'check-system' }
  | RunCommandLine

export interface RunCommandLine {
  readonly action: 'run'
  /** False only when the program was called by the name of a data node and without `--sentinel`. */
  readonly sentinelMode: boolean
  /** As given; undefined when no file was named. */
  readonly configPath: string | undefined
  readonly readsStandardInput: boolean
  /** Options as lines of configuration, in byte text; they are read after the file and standard input. */
  readonly optionText: string
  /** The value of `--settings`, as given: the file of our own settings. The original has no such option. */
  readonly settingsPath: string | undefined
}

/** Names of the program that select Sentinel mode without the option `--sentinel`. */
const SENTINEL_NAMES = ['redis-sentinel', 'valkey-sentinel', 'ts-sentinel']

/** `program` is the name under which the program was called, `args` are its arguments. */
export function readCommandLine(program: string, args: readonly string[]): CommandLine {
  const [first] = args
  switch (first ?? '') {
    case '-v':
    case '--version':
      return { action: 'version' }
    case '-h':
    case '--help':
      return { action: 'help' }
    case '--test-memory':
      return { action: 'test-memory', megabytes: args[1] }
    case '--check-system':
      return { action: 'check-system' }
  }
  const name = program.slice(program.lastIndexOf('/') + 1)
  const hasFile = first !== undefined && !first.startsWith('-')
  const readsFirst = first === '-'
  const readsLast = args.length > 0 && args.at(-1) === '-'
  const options = args.slice(hasFile || readsFirst ? 1 : 0, readsLast ? -1 : undefined)
  const { lines, settingsPath } = readOptions(options)
  return {
    action: 'run',
    sentinelMode: SENTINEL_NAMES.some((known) => name.includes(known)) || args.includes('--sentinel'),
    configPath: hasFile ? first : undefined,
    readsStandardInput: readsFirst || readsLast,
    optionText: lines.join('\n'),
    settingsPath,
  }
}

/** Options whose value may be missing, and the word that then takes its place. */
const VALUE_MAY_BE_MISSING: ReadonlyMap<string, string> = new Map([['save', '""'], ['sentinel', '']])

interface Options {
  readonly lines: readonly string[]
  readonly settingsPath: string | undefined
}

/** Takes `--settings` out. Without a file, or given again, it stays and is refused as an unknown option. */
function readOptions(args: readonly string[]): Options {
  const lines: string[] = []
  let line: string | undefined
  let waitsForValue = false
  let settingsPath: string | undefined
  let isPath = false
  for (const [index, arg] of args.entries()) {
    if (isPath) {
      settingsPath = arg
      isPath = false
      continue
    }
    if (arg === '--settings' && !waitsForValue && settingsPath === undefined && index + 1 < args.length) {
      isPath = true
      continue
    }
    if (!arg.startsWith('--') || waitsForValue) {
      line = `${line ?? ''}${quoteWord(toBytes(arg))} `
      waitsForValue = false
      continue
    }
    if (line !== undefined) lines.push(line)
    const option = toBytes(arg.slice(2))
    line = `${option} `
    const words = splitWords(option)
    // Unbalanced quotes count as complete: the line will be refused anyway.
    waitsForValue = words !== undefined && words.length <= 1
    const next = args[index + 1]
    const standIn = VALUE_MAY_BE_MISSING.get(lowerAscii(option))
    if (waitsForValue && standIn !== undefined && (next === undefined || next.startsWith('--'))) {
      line += standIn
      waitsForValue = false
    }
  }
  if (line !== undefined) lines.push(line)
  return { lines, settingsPath }
}
