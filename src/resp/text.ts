/**
 * Converts between text and wire text, which is the byte text of connections (src/text): socket writes take it as
 * latin1 without a copy. Valid UTF-8, which is nearly all text, is converted by Node, which is faster.
 */
import { fromBytes, isCleanText, toBytes } from '../text/index.ts'

const ASCII_ONLY = /^[\x00-\x7f]*$/
/** Up to this length a loop is faster than the regular expression. */
const SHORT_TEXT = 64

/** Bytes to text. Lossless for every input. */
export function decodeText(bytes: Buffer): string {
  const text = bytes.toString('utf8')
  // A replacement character is either part of the input or shows that the input is not UTF-8.
  return text.includes('\uFFFD') ? fromBytes(bytes.toString('latin1')) : text
}

/** Text to wire text: the inverse of `decodeText`. */
export function toWire(text: string): string {
  if (isAscii(text)) return text
  return isCleanText(text) ? Buffer.from(text, 'utf8').toString('latin1') : toBytes(text)
}

/** Wire text to text: the same as `decodeText`, for input that is already a string of bytes. */
export function fromWire(wire: string): string {
  return isAscii(wire) ? wire : decodeText(Buffer.from(wire, 'latin1'))
}

function isAscii(text: string): boolean {
  if (text.length > SHORT_TEXT) return ASCII_ONLY.test(text)
  for (let at = 0; at < text.length; at += 1) {
    if (text.charCodeAt(at) > 0x7f) return false
  }
  return true
}
