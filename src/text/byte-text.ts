/**
 * Converts between text and byte text. Inside the program, names and passwords are ordinary text. Connections and files
 * are bytes without an encoding (config.md 2.1), handled as "byte text": a string with one character, U+0000 to U+00FF,
 * for each byte. A byte that is not part of valid UTF-8 becomes one lone surrogate, U+DC80 to U+DCFF, in text and is
 * converted back to that byte, so that nothing is lost. Time and memory are linear in the length: a word may be a
 * megabyte.
 */
const ASCII_ONLY = /^[\x00-\x7f]*$/
const ESCAPE_BASE = 0xdc00
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/u
const REPLACEMENT_CHARACTER = 0xfffd
const UTF8_BYTES_PER_UNIT_MAX = 3
/** Arguments of one call of `String.fromCharCode`; a long list would overflow the stack. */
const CHUNK_UNITS = 4096

/** Text to byte text. A lone surrogate that represents no byte becomes U+FFFD. */
export function toBytes(text: string): string {
  if (ASCII_ONLY.test(text)) return text
  const bytes = new Uint8Array(text.length * UTF8_BYTES_PER_UNIT_MAX)
  let end = 0
  for (let at = 0; at < text.length; at++) {
    const code = text.codePointAt(at) ?? 0
    if (code < 0x80) bytes[end++] = code
    else if (isEscape(code)) bytes[end++] = code - ESCAPE_BASE
    else end = writeCharacter(bytes, end, isSurrogate(code) ? REPLACEMENT_CHARACTER : code)
    if (code > 0xffff) at++
  }
  return stringOf(bytes.subarray(0, end))
}

/** Byte text to text. Lossless for every input. */
export function fromBytes(bytes: string): string {
  if (ASCII_ONLY.test(bytes)) return bytes
  const units = new Uint16Array(bytes.length)
  let end = 0
  for (let at = 0; at < bytes.length;) {
    const length = sequenceLength(bytes, at)
    const code = length === 0 ? ESCAPE_BASE + bytes.charCodeAt(at) : decode(bytes, at, length)
    if (code > 0xffff) {
      units[end++] = 0xd7c0 + (code >> 10)
      units[end++] = 0xdc00 + (code & 0x3ff)
    } else {
      units[end++] = code
    }
    at += Math.max(1, length)
  }
  return stringOf(units.subarray(0, end))
}

/** Whether the text has no lone surrogate that represents a byte: all of it came from valid UTF-8. */
export function isCleanText(text: string): boolean {
  return !ESCAPED_BYTE.test(text)
}

function isEscape(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff
}

function isSurrogate(code: number): boolean {
  return code >= 0xd800 && code <= 0xdfff
}

/** Writes a character that is not ASCII as UTF-8. Returns the position after it. */
function writeCharacter(bytes: Uint8Array, at: number, code: number): number {
  let end = at
  if (code < 0x800) {
    bytes[end++] = 0xc0 | code >> 6
  } else if (code < 0x10000) {
    bytes[end++] = 0xe0 | code >> 12
    bytes[end++] = tail(code >> 6)
  } else {
    bytes[end++] = 0xf0 | code >> 18
    bytes[end++] = tail(code >> 12)
    bytes[end++] = tail(code >> 6)
  }
  bytes[end++] = tail(code)
  return end
}

function tail(bits: number): number {
  return 0x80 | bits & 0x3f
}

function stringOf(units: Uint8Array | Uint16Array): string {
  let text = ''
  for (let at = 0; at < units.length; at += CHUNK_UNITS) {
    // `apply`, because spread arguments use the iterator of the array, which takes twice as long.
    text += String.fromCharCode.apply(undefined, units.subarray(at, at + CHUNK_UNITS) as unknown as number[])
  }
  return text
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
