import { fromWire } from './text.ts'

// The C locale's blanks only: \s would take byte A0 for one, which is half of many UTF-8 letters.
const BLANK = /[ \t\n\v\f\r\0]/
const SIMPLE_ESCAPES: Readonly<Record<string, string>> = { n: '\n', r: '\r', t: '\t', b: '\b', a: '\x07' }
const HEX_ESCAPE = /^\\x([0-9a-fA-F]{2})/

/**
 * Split one inline request into words, in the quoting of the original: `"…"` with `\n \r \t \b \a \xHH` and `\` before
 * any other character, `'…'` with `\'`. A closing quote must be followed by a blank or the end.
 * Returns undefined when quotes do not balance. `line` is wire text without its line end.
 */
export function splitInlineRequest(line: string): string[] | undefined {
  const words: string[] = []
  let at = 0
  for (;;) {
    while (at < line.length && isBlank(line, at)) at += 1
    if (at >= line.length) return words
    const word = readWord(line, at)
    if (word === undefined) return undefined
    words.push(fromWire(word.text))
    at = word.end
  }
}

interface Word { readonly text: string, readonly end: number }

/** Quotes may open in the middle of a word (`a"b c"` is one word), but a closing quote ends it. */
function readWord(line: string, start: number): Word | undefined {
  let text = ''
  let at = start
  while (at < line.length && !isBlank(line, at)) {
    const character = line.charAt(at)
    if (character !== '"' && character !== '\'') {
      text += character
      at += 1
      continue
    }
    const quoted = character === '"' ? readDoubleQuoted(line, at + 1) : readSingleQuoted(line, at + 1)
    if (quoted === undefined) return undefined
    if (quoted.end < line.length && !isBlank(line, quoted.end)) return undefined
    return { text: text + quoted.text, end: quoted.end }
  }
  return { text, end: at }
}

/** `end` is behind the closing quote. */
function readDoubleQuoted(line: string, start: number): Word | undefined {
  let text = ''
  let at = start
  while (at < line.length) {
    const character = line.charAt(at)
    if (character === '"') return { text, end: at + 1 }
    if (character === '\\' && at + 1 < line.length) {
      const hex = HEX_ESCAPE.exec(line.slice(at, at + 4))?.[1]
      const next = line.charAt(at + 1)
      text += hex === undefined ? SIMPLE_ESCAPES[next] ?? next : String.fromCharCode(parseInt(hex, 16))
      at += hex === undefined ? 2 : 4
      continue
    }
    text += character
    at += 1
  }
  return undefined
}

function readSingleQuoted(line: string, start: number): Word | undefined {
  let text = ''
  let at = start
  while (at < line.length) {
    if (line.startsWith('\\\'', at)) {
      text += '\''
      at += 2
      continue
    }
    const character = line.charAt(at)
    if (character === '\'') return { text, end: at + 1 }
    text += character
    at += 1
  }
  return undefined
}

function isBlank(line: string, at: number): boolean {
  return BLANK.test(line.charAt(at))
}
