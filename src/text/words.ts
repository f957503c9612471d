/**
 * Splits one line of a file or one inline request into words, and quotes words (config.md 2.2, 6.5; protocol.md 5.1),
 * in byte text.
 *
 * The rules are those of the original: quotes may open in the middle of a word and always end it, the escapes of double
 * quotes and of single quotes differ, and more characters count as white space before a word than after it.
 */
const BLANKS = ' \t\n\v\f\r'
/** Characters that end an unquoted word. Vertical tab and form feed do not. */
const WORD_ENDS = ' \t\n\r'
/** A line of words with one blank between them and nothing to interpret. */
const PLAIN_LINE = /^[^"'\s]+(?: [^"'\s]+)*$/
const HEX_ESCAPE = /^x[0-9a-fA-F]{2}/
const CONTROLS: ReadonlyMap<string, string> = new Map([
  ['n', '\n'], ['r', '\r'], ['t', '\t'], ['b', '\b'], ['a', '\x07'],
])

/** The words of a line, or undefined when its quotes are unbalanced. */
export function splitWords(line: string): string[] | undefined {
  // Nearly every line of a large file is plain; a rewrite of a thousand masters reads thousands of them.
  if (PLAIN_LINE.test(line)) return line.split(' ')
  const words: string[] = []
  let at = skipBlanks(line, 0)
  while (at < line.length) {
    const word = readWord(line, at)
    if (word === undefined) return undefined
    words.push(word.text)
    at = skipBlanks(line, word.end)
  }
  return words
}

interface Part {
  readonly text: string
  /** The position at which reading continues. */
  readonly end: number
}

function skipBlanks(line: string, from: number): number {
  let at = from
  while (at < line.length && BLANKS.includes(line.charAt(at))) at++
  return at
}

function readWord(line: string, from: number): Part | undefined {
  let text = ''
  let at = from
  while (at < line.length && !WORD_ENDS.includes(line.charAt(at))) {
    const character = line.charAt(at)
    if (character === '"' || character === "'") {
      const quoted = character === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1)
      if (quoted === undefined || !endsWord(line, quoted.end)) return undefined
      return { text: text + quoted.text, end: quoted.end }
    }
    text += character
    at++
  }
  return { text, end: at }
}

/** A closing quote must be followed by white space or by the end of the line. */
function endsWord(line: string, at: number): boolean {
  return at >= line.length || BLANKS.includes(line.charAt(at))
}

function readDoubleQuoted(line: string, from: number): Part | undefined {
  let text = ''
  let at = from
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === '"') return { text, end: at + 1 }
    if (character !== '\\' || at + 1 === line.length) {
      text += character
      at++
    } else if (HEX_ESCAPE.test(line.slice(at + 1, at + 4))) {
      text += String.fromCharCode(Number.parseInt(line.slice(at + 2, at + 4), 16))
      at += 4
    } else {
      const escaped = line.charAt(at + 1)
      text += CONTROLS.get(escaped) ?? escaped
      at += 2
    }
  }
  return undefined
}

function readSingleQuoted(line: string, from: number): Part | undefined {
  let text = ''
  let at = from
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === "'") return { text, end: at + 1 }
    const isEscapedQuote = character === '\\' && line.charAt(at + 1) === "'"
    text += isEscapedQuote ? "'" : character
    at += isEscapedQuote ? 2 : 1
  }
  return undefined
}

const NEEDS_ESCAPE = /[^\x20-\x7e]|["\\]/g
const NAMED_ESCAPES: ReadonlyMap<string, string> = new Map([
  ['\n', '\\n'], ['\r', '\\r'], ['\t', '\\t'], ['\x07', '\\a'], ['\b', '\\b'], ['"', '\\"'], ['\\', '\\\\'],
])

/** The escaped form: always in double quotes, with an escape for every byte outside printable ASCII. */
export function quoteWord(word: string): string {
  return `"${word.replace(NEEDS_ESCAPE, (byte) => NAMED_ESCAPES.get(byte) ?? hexEscape(byte))}"`
}

function hexEscape(byte: string): string {
  return `\\x${byte.charCodeAt(0).toString(16).padStart(2, '0')}`
}

/** Bytes that need no quotes. An unquoted backslash is literal, and so is all of UTF-8. */
const PLAIN_WORD = /^[!\x23-\x26\x28-\x7e\x80-\xff]+$/

/** The word unchanged where it is read back as the same word, otherwise its escaped form. Always exactly one word. */
export function writeWord(word: string): string {
  return PLAIN_WORD.test(word) ? word : quoteWord(word)
}
