import { isCleanText, toBytes } from '../text/index.ts'

/** Log text to bytes. Bytes that are no UTF-8 are written as what they were. */
export function lineBytes(text: string): Buffer {
  return isCleanText(text) ? Buffer.from(text, 'utf8') : Buffer.from(toBytes(text), 'latin1')
}
