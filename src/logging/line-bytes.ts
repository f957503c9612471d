import { isCleanText, toBytes } from '../text/index.ts'

/** Encodes log text as UTF-8. Bytes that were not valid UTF-8 in the input are written unchanged. */
export function lineBytes(text: string): Buffer {
  return isCleanText(text) ? Buffer.from(text, 'utf8') : Buffer.from(toBytes(text), 'latin1')
}
