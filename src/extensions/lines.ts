/**
 * Splits ts-sentinel.ini into sections, keys and values. The package `ini` decodes each line (quotes, escapes,
 * comments). It reports neither line numbers nor repeated keys, so sections and lines are tracked here.
 */
import { parse } from 'ini'

import { isKeyOf, keysText, SECTION_FORMS, SECTION_KEYS, type SectionKind } from './keys.ts'

export interface Problem {
  /** Line number, from 1. */
  readonly line: number
  /** What is wrong and what to do. */
  readonly text: string
}

/** Reports a problem of this line. */
export type Refuse = (line: number, text: string) => undefined

export interface Entry {
  readonly line: number
  readonly value: string
}

export interface Section {
  readonly kind: SectionKind
  /** The name of a webhook or master; empty for the other sections. */
  readonly name: string
  readonly line: number
  readonly entries: ReadonlyMap<string, Entry>
}

export interface ReadLines {
  readonly sections: readonly Section[]
  readonly problems: readonly Problem[]
}

/** Names of webhooks appear in labels of metrics and in log lines. */
const WEBHOOK_NAME = /^[a-z0-9][a-z0-9_-]{0,31}$/i

interface OpenSection extends Section {
  readonly entries: Map<string, Entry>
}

export function readLines(text: string): ReadLines {
  const reader = new LineReader()
  // Some editors write a byte order mark at the start of a file.
  for (const [at, line] of text.replace(/^\uFEFF/, '').split(/\r\n|\n|\r/).entries()) reader.read(line.trim(), at + 1)
  return reader
}

class LineReader implements ReadLines {
  readonly sections: OpenSection[] = []
  readonly problems: Problem[] = []
  /** `unknown`: the section header was refused, so the keys below it are ignored. */
  #current: OpenSection | 'unknown' | undefined

  read(text: string, line: number): void {
    if (text === '' || text.startsWith(';') || text.startsWith('#')) return
    if (text.startsWith('[')) this.#open(text, line)
    else this.#take(text, line)
  }

  #open(text: string, line: number): void {
    this.#current = 'unknown'
    const [, inside] = /^\[([^\]]*)\]$/.exec(text) ?? []
    if (inside === undefined) {
      this.#refuse(line, `'${text}' is not a section header. Write it alone in its line, such as [http].`)
      return
    }
    const header = readHeader(inside.trim())
    if (header === undefined) {
      this.#refuse(line, `There is no section [${inside}]. The sections are ${SECTION_FORMS.join(', ')}.`)
      return
    }
    const { kind, name } = header
    if (kind === 'webhook' && !WEBHOOK_NAME.test(name)) {
      this.#refuse(line, `'${name}' cannot be the name of a webhook: use up to 32 letters, digits, - and _.`)
      return
    }
    const before = this.sections.find((section) => section.kind === kind && section.name === name)
    if (before !== undefined) {
      this.#refuse(line, `[${inside}] was already opened in line ${before.line}. Put the keys of both into one.`)
      return
    }
    const opened: OpenSection = { kind, name, line, entries: new Map() }
    this.sections.push(opened)
    this.#current = opened
  }

  #take(text: string, line: number): void {
    const section = this.#current
    if (section === 'unknown') return
    const key = text.split('=', 1)[0]?.trim() ?? ''
    if (section === undefined) {
      this.#refuse(line, `'${key}' is before the first section. The sections are ${SECTION_FORMS.join(', ')}.`)
      return
    }
    if (!isKeyOf(section.kind, key)) {
      this.#refuse(line, `[${sectionTitle(section)}] has no key '${key}'. Its keys are ${keysText(section.kind)}.`)
      return
    }
    const before = section.entries.get(key)
    if (before !== undefined) {
      this.#refuse(line, `'${key}' was already set in line ${before.line}. Remove one of the two.`)
      return
    }
    const value = decode(text, key)
    if (value === '') {
      this.#refuse(line, `'${key}' has no value. Write ${key} = <value>, or remove the line.`)
      return
    }
    section.entries.set(key, { line, value })
  }

  #refuse(line: number, text: string): void {
    this.problems.push({ line, text })
  }
}

export function sectionTitle({ kind, name }: Pick<Section, 'kind' | 'name'>): string {
  if (name === '') return kind
  return kind === 'master' ? `master ${name}` : `${kind}.${name}`
}

/** Reads the text between the brackets. Names of masters may have dots, as in sentinel.conf, but no blanks. */
function readHeader(text: string): Pick<Section, 'kind' | 'name'> | undefined {
  const [, master] = /^master\s+(\S+)$/.exec(text) ?? []
  if (master !== undefined) return { kind: 'master', name: master }
  const [, kind = '', name] = /^([^.]*)(?:\.(.*))?$/.exec(text) ?? []
  if (!isKind(kind) || kind === 'master' || (kind === 'webhook') !== (name !== undefined)) return undefined
  return { kind, name: name ?? '' }
}

function isKind(word: string): word is SectionKind {
  return Object.hasOwn(SECTION_KEYS, word)
}

/** The value of one line; empty when there is none. Words such as `true` stay texts. */
function decode(text: string, key: string): string {
  if (!text.includes('=')) return ''
  const value = parse(text)[key]
  if (typeof value === 'string') return value
  // The package parses text in single quotes as JSON; a secret of digits must stay as it was written.
  const raw = text.slice(text.indexOf('=') + 1).trim()
  return raw.startsWith('\'') ? raw.slice(1, -1) : String(value)
}
