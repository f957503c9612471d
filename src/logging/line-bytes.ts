/**
 * Log text to bytes. Bytes that are no UTF-8 live in text as the lone surrogates U+DC80 to U+DCFF (src/resp/text.ts);
 * they are written as what they were.
 */
const ESCAPED_BYTE = /[\uDC80-\uDCFF]/u
const ESCAPE_BASE = 0xdc00

export function lineBytes(text: string): Buffer {
  if (!ESCAPED_BYTE.test(text)) return Buffer.from(text, 'utf8')
  return Buffer.concat(Array.from(text, (character) => {
    const code = character.codePointAt(0) ?? 0
    return code >= 0xdc80 && code <= 0xdcff ? Buffer.from([code - ESCAPE_BASE]) : Buffer.from(character, 'utf8')
  }))
}
