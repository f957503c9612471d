/**
 * Cuts text at a number of bytes, as the original's fixed buffers do: also in the middle of a character. In text, bytes
 * that are not valid UTF-8 are the lone surrogates U+DC80 to U+DCFF (src/text), and so are the bytes that are left of a
 * character when it is cut.
 */

const ESCAPE_BASE = 0xdc00
const REPLACEMENT = [0xef, 0xbf, 0xbd]

/** The first `bytesMax` bytes of the text. */
export function cutAtBytes(text: string, bytesMax: number): string {
  // A unit of UTF-16 has at most three bytes in UTF-8, so short texts need no counting.
  if (text.length * 3 <= bytesMax) return text
  let bytes = 0
  let at = 0
  for (const character of text) {
    const code = character.codePointAt(0) ?? 0
    const size = sizeOf(code)
    if (bytes + size > bytesMax) return text.slice(0, at) + firstBytes(code, bytesMax - bytes)
    bytes += size
    at += character.length
  }
  return text
}

function sizeOf(code: number): number {
  if (code < 0x80 || isEscape(code)) return 1
  if (code < 0x800) return 2
  return code < 0x1_0000 ? 3 : 4
}

function isEscape(code: number): boolean {
  return code >= 0xdc80 && code <= 0xdcff
}

/** The first bytes of a character that does not fit, each as its own escape. */
function firstBytes(code: number, count: number): string {
  return bytesOf(code).slice(0, count).map((byte) => String.fromCharCode(ESCAPE_BASE + byte)).join('')
}

/** UTF-8 of a character of two bytes or more. */
function bytesOf(code: number): readonly number[] {
  if (code < 0x800) return [0xc0 | code >> 6, tail(code)]
  if (code >= 0xd800 && code <= 0xdfff) return REPLACEMENT
  if (code < 0x1_0000) return [0xe0 | code >> 12, tail(code >> 6), tail(code)]
  return [0xf0 | code >> 18, tail(code >> 12), tail(code >> 6), tail(code)]
}

function tail(bits: number): number {
  return 0x80 | bits & 0x3f
}
