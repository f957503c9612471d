/**
 * Bytes of the file against text of the program. A configuration file is bytes without an encoding (config.md 2.1),
 * so lines are handled as "byte text": a string with one character, U+0000 to U+00FF, for each byte. Values leave
 * the configuration as ordinary text. A byte that is not part of valid UTF-8 becomes the lone surrogate U+DC80 to
 * U+DCFF, as on the wire (src/resp/text.ts), so that nothing is lost on the way through a load and a rewrite.
 */
const ASCII_ONLY = /^[\x00-\x7f]*$/
const ESCAPE_BASE = 0xdc00
const REPLACEMENT_CHARACTER = 0xfffd

/** Text to byte text. A lone surrogate that stands for no byte becomes U+FFFD. */
export function toBytes(text: string): string {
  if (ASCII_ONLY.test(text)) return text
  let bytes = ''
  for (const character of text) bytes += encode(character.codePointAt(0) ?? 0)
  return bytes
}

/** Byte text to text. Lossless for every input. */
export function fromBytes(bytes: string): string {
  if (ASCII_ONLY.test(bytes)) return bytes
  let text = ''
  let at = 0
  while (at < bytes.length) {
    const length = sequenceLength(bytes, at)
    text += length === 0
      ? String.fromCharCode(ESCAPE_BASE + bytes.charCodeAt(at))
      : String.fromCodePoint(decode(bytes, at, length))
    at += Math.max(1, length)
  }
  return text
}

function encode(code: number): string {
  if (code < 0x80) return String.fromCharCode(code)
  if (code >= 0xdc80 && code <= 0xdcff) return String.fromCharCode(code - ESCAPE_BASE)
  if (code < 0x800) return String.fromCharCode(0xc0 | code >> 6, tail(code))
  if (code >= 0xd800 && code <= 0xdfff) return encode(REPLACEMENT_CHARACTER)
  if (code < 0x10000) return String.fromCharCode(0xe0 | code >> 12, tail(code >> 6), tail(code))
  return String.fromCharCode(0xf0 | code >> 18, tail(code >> 12), tail(code >> 6), tail(code))
}

function tail(bits: number): number {
  return 0x80 | bits & 0x3f
}

function decode(bytes: string, at: number, length: number): number {
  const first = bytes.charCodeAt(at)
  let code = length === 1 ? first : first & 0xff >> length + 1
  for (let index = 1; index < length; index++) code = code << 6 | bytes.charCodeAt(at + index) & 0x3f
  return code
}

/** Length of the valid UTF-8 sequence at `at`, or 0: no overlong forms, no surrogates, nothing above U+10FFFF. */
function sequenceLength(bytes: string, at: number): number {
  const first = bytes.charCodeAt(at)
  if (first < 0x80) return 1
  const length = announcedLength(first)
  if (length === 0 || at + length > bytes.length) return 0
  const second = bytes.charCodeAt(at + 1)
  if (second < lowestSecond(first) || second > highestSecond(first)) return 0
  for (let index = at + 2; index < at + length; index++) {
    const byte = bytes.charCodeAt(index)
    if (byte < 0x80 || byte > 0xbf) return 0
  }
  return length
}

function announcedLength(first: number): number {
  if (first < 0xc2 || first > 0xf4) return 0
  return first < 0xe0 ? 2 : first < 0xf0 ? 3 : 4
}

function lowestSecond(first: number): number {
  return first === 0xe0 ? 0xa0 : first === 0xf0 ? 0x90 : 0x80
}

function highestSecond(first: number): number {
  return first === 0xed ? 0x9f : first === 0xf4 ? 0x8f : 0xbf
}

/** ASCII letters only: the original knows no others, and a wider rule would make two names of one. */
export function lowerAscii(text: string): string {
  return /[A-Z]/.test(text) ? text.replace(/[A-Z]+/g, (letters) => letters.toLowerCase()) : text
}
