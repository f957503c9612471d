/** Writes settings and state into the lines of the file (config.md 6.2 to 6.5). */
import type { DurableState } from '../core/index.ts'
import { quoteWord, toBytes, writeWord } from '../text/index.ts'
import type { Directive, Words } from './directives/directive.ts'
import { BUFFER_LIMIT_CLASSES } from './directives/special-readers.ts'
import { DEFAULT_BIND, DIRECTIVES } from './directives/table.ts'
import { applyEmissions, parseDocument, type Emission } from './document.ts'
import { fileWords, type FileWords } from './file-words.ts'
import { sentinelEmissions } from './rewrite-sentinel.ts'
import { directiveValue, type Settings } from './settings.ts'
import { trimLine } from './text-lines.ts'

export interface RewriteInput {
  /** The present content of the file, as byte text; empty for a new one. */
  readonly current: string
  readonly settings: Settings
  readonly durable: DurableState
  /** Complete lines, `user default on …`, in the order in which they are written; none with an aclfile. */
  readonly userLines: readonly string[]
}

/** The new content of the file, as byte text. */
export function rewriteConfig({ current, settings, durable, userLines }: RewriteInput): string {
  const lines = parseDocument(current)
  return applyEmissions(lines, allEmissions({ settings, durable, userLines, words: fileWords(lines) }))
}

interface Emitted extends Omit<RewriteInput, 'current'> {
  readonly words: FileWords
}

function* allEmissions({ settings, durable, userLines, words }: Emitted): Generator<Emission> {
  for (const directive of DIRECTIVES) {
    yield* directiveEmissions(directive, directiveValue(settings.values, directive.name), words)
  }
  yield { key: 'dir', text: line('dir', quoteWord(toBytes(settings.directory))), forced: true }
  yield { key: 'user' }
  for (const userLine of userLines) yield { key: 'user', text: trimLine(toBytes(userLine)), forced: true }
  // Modules have no effect in a Sentinel; the original drops these lines too.
  yield { key: 'loadmodule' }
  yield* sentinelEmissions(durable, words)
}

/** The lines of one directive. Words may be written with escapes, which the original reads as well. */
function directiveEmissions(directive: Directive, value: Words, words: FileWords): readonly Emission[] {
  const { name: key, kind } = directive
  const forced = !sameWords(value, sentinelDefault(directive))
  switch (kind) {
    case 'flag':
    case 'choice':
    case 'integer':
    case 'octal':
    case 'memory':
    case 'oom-values':
    case 'shutdown-options':
      return [{ key, text: plainLine(key, value), forced }]
    case 'text':
    case 'keyspace-events':
      return [value === undefined ? { key } : { key, text: quotedLine(key, value), forced }]
    case 'bind':
      return [sameWords(value, DEFAULT_BIND) ? { key } : { key, text: listLine(key, value), forced: true }]
    case 'percentiles':
      return [{ key, text: listLine(key, value), forced }]
    case 'save':
      return [{ key }]
    case 'replicaof':
      return [value === undefined ? { key } : { key, text: plainLine(key, value), forced: true }]
    case 'buffer-limits':
      return bufferLimits(directive, value, words)
  }
}

/**
 * A value that equals this default is not added to a file. The original compares with the defaults of a data node and
 * always adds some lines; older releases do not know these and could not start from the file any more (config.md 6.4).
 */
function sentinelDefault({ initial, sentinelInitial }: Directive): Words {
  return sentinelInitial ?? initial
}

function quotedLine(key: string, value: readonly string[]): string {
  return line(key, ...value.map((word) => quoteWord(toBytes(word))))
}

/** One line for each class, in this order; each takes the next slot, whatever class the slot held before. */
function bufferLimits({ name: key, initial }: Directive, value: Words = [], { replicaClass }: FileWords): Emission[] {
  return BUFFER_LIMIT_CLASSES.map((limitClass) => {
    const limit = limitOf(limitClass, value)
    const written = limit?.map((word) => word === 'replica' ? replicaClass : word)
    return { key, text: plainLine(key, written), forced: !sameWords(limit, limitOf(limitClass, initial)) }
  })
}

function limitOf(limitClass: string, words: Words = []): Words {
  const at = words.indexOf(limitClass)
  return words.slice(at, at + 4)
}

function plainLine(name: string, words: Words = []): string {
  return line(name, ...words.map((word) => writeWord(toBytes(word))))
}

/** An empty list is written as one empty word. */
function listLine(name: string, words: Words = []): string {
  return plainLine(name, words.length === 0 ? [''] : words)
}

function line(...words: readonly string[]): string {
  return words.join(' ')
}

function sameWords(one: Words, other: Words): boolean {
  if (one === undefined || other === undefined) return one === other
  return one.length === other.length && one.every((word, index) => word === other[index])
}
