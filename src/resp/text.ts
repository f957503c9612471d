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
const UTF8_BYTES_PER_UNIT_MAX = 3

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
  return escapedToWire(text)
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

/** Unit by unit into one buffer: a word may be a megabyte of bytes that are no UTF-8. */
function escapedToWire(text: string): string {
  const bytes = Buffer.allocUnsafe(text.length * UTF8_BYTES_PER_UNIT_MAX)
  let end = 0
  for (let at = 0; at < text.length; at += 1) {
    if (isEscape(text, at)) bytes[end++] = text.charCodeAt(at) - ESCAPE_BASE
    else if (text.charCodeAt(at) < 0x80) bytes[end++] = text.charCodeAt(at)
    else end = writeCharacter(bytes, end, text.codePointAt(at) ?? 0)
    if ((text.codePointAt(at) ?? 0) > 0xffff) at += 1
  }
  return bytes.toString('latin1', 0, end)
}

/** UTF-8 of a character that is not ASCII. Returns the position behind it. */
function writeCharacter(bytes: Buffer, at: number, code: number): number {
  let end = at
  if (code < 0x800) {
    bytes[end++] = 0xc0 | code >> 6
  } else if (code < 0x10000) {
    bytes[end++] = 0xe0 | code >> 12
    bytes[end++] = 0x80 | code >> 6 & 0x3f
  } else {
    bytes[end++] = 0xf0 | code >> 18
    bytes[end++] = 0x80 | code >> 12 & 0x3f
    bytes[end++] = 0x80 | code >> 6 & 0x3f
  }
  bytes[end++] = 0x80 | code & 0x3f
  return end
}

/** The second half of a pair looks the same, but belongs to a character. */
function isEscape(text: string, at: number): boolean {
  const code = text.charCodeAt(at)
  if (code < 0xdc80 || code > 0xdcff) return false
  const before = at === 0 ? 0 : text.charCodeAt(at - 1)
  return before < 0xd800 || before > 0xdbff
}

function decodeEscaping(bytes: Buffer): string {
  const units = new Uint16Array(bytes.length)
  let end = 0
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    const code = length === 0 ? ESCAPE_BASE + (bytes[at] ?? 0) : codePoint(bytes, at, length)
    if (code > 0xffff) {
      units[end++] = 0xd7c0 + (code >> 10)
      units[end++] = 0xdc00 + (code & 0x3ff)
    } else {
      units[end++] = code
    }
    at += Math.max(1, length)
  }
  return Buffer.from(units.buffer, 0, end * 2).toString('utf16le')
}

/** Of a valid sequence. */
function codePoint(bytes: Buffer, at: number, length: number): number {
  let code = bytes[at] ?? 0
  if (length === 1) return code
  code &= 0xff >> (length + 1)
  for (let next = at + 1; next < at + length; next += 1) code = code << 6 | (bytes[next] ?? 0) & 0x3f
  return code
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
