/**
 * Text and bytes. Inside the program a word is ordinary JavaScript text, because names and passwords are text
 * everywhere else (core, configuration, log). On the wire any byte is legal, so the conversion loses nothing:
 * a byte that is not part of valid UTF-8 becomes one lone surrogate, U+DC80 to U+DCFF, and turns back into that
 * byte on the way out. Such text is echoed as it came; where text is kept, `isCleanText` refuses it.
 *
 * "Wire text" is a string with one character per byte. Socket writes take it as latin1 without copying it first.
 */

const ASCII_ONLY = /^[\x00-\x7f]*$/
/** Up to here a loop beats the regular expression. */
const SHORT_TEXT = 64
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/u
const ESCAPE_BASE = 0xdc00

/** Bytes to text. Lossless for every input. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  // A replacement character is either in the bytes themselves or a sign that they are not UTF-8.
  return text.includes('\uFFFD') ? decodeEscaping(bytes) : text
}

/** Text to wire text: the inverse of `decodeText`. */
export function toWire(text: string): string {
  if (isAscii(text)) return text
  if (!ESCAPED_BYTE.test(text)) return Buffer.from(text, 'utf8').toString('latin1')
  let wire = ''
  for (const character of text) wire += characterToWire(character)
  return wire
}

/** Wire text to text: what `decodeText` does, for input that is already a string of bytes. */
export function fromWire(wire: string): string {
  return isAscii(wire) ? wire : decodeText(Buffer.from(wire, 'latin1'))
}

/** Whether the text came from valid UTF-8 and can be kept in a file. */
export function isCleanText(text: string): boolean {
  return !ESCAPED_BYTE.test(text)
}

function isAscii(text: string): boolean {
  if (text.length > SHORT_TEXT) return ASCII_ONLY.test(text)
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0x7f) return false
  }
  return true
}

function characterToWire(character: string): string {
  const code = character.charCodeAt(0)
  if (character.length === 1 && code >= 0xdc80 && code <= 0xdcff) return String.fromCharCode(code - ESCAPE_BASE)
  return Buffer.from(character, 'utf8').toString('latin1')
}

function decodeEscaping(bytes: Buffer): string {
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    if (length === 0) {
      text += String.fromCharCode(ESCAPE_BASE + (bytes[at] ?? 0))
      at += 1
    } else {
      text += bytes.toString('utf8', at, at + length)
      at += length
    }
  }
  return text
}

/**
 * Length of the valid UTF-8 sequence at `at`, or 0. Overlong forms, surrogates and values above U+10FFFF are invalid.
 */
function sequenceLength(bytes: Buffer, at: number): number {
  const first = bytes[at] ?? 0
  if (first < 0x80) return 1
  const second = bytes[at + 1] ?? 0
  if (first >= 0xc2 && first <= 0xdf) return isContinuation(second) ? 2 : 0
  if (first >= 0xe0 && first <= 0xef) {
    const low = first === 0xe0 ? 0xa0 : 0x80
    const high = first === 0xed ? 0x9f : 0xbf
    return second >= low && second <= high && isContinuation(bytes[at + 2]) ? 3 : 0
  }
  if (first >= 0xf0 && first <= 0xf4) {
    const low = first === 0xf0 ? 0x90 : 0x80
    const high = first === 0xf4 ? 0x8f : 0xbf
    const tail = isContinuation(bytes[at + 2]) && isContinuation(bytes[at + 3])
    return second >= low && second <= high && tail ? 4 : 0
  }
  return 0
}

function isContinuation(byte: number | undefined): boolean {
  return byte !== undefined && byte >= 0x80 && byte <= 0xbf
}
