/** What the arguments of a complete, checked request say about how to send it. Pure. */
import { wordsOf } from './request-words.ts'

/** Words of XREAD and XREADGROUP before the names of the streams: more than any client sends. */
const STREAM_WORDS_MAX = 32

/** Their options that do not wait, with the number of words. */
const STREAM_OPTIONS: Readonly<Record<string, number>> = { COUNT: 2, GROUP: 3, NOACK: 1 }

/** Whether the request is a command without arguments: `*1`. */
export function isWithoutWords(bytes: Buffer, start: number): boolean {
  return bytes[start + 1] === 49 && bytes[start + 2] === 13
}

/** Whether XREAD or XREADGROUP waits for data, or has words that are not known. */
export function mayBlock(bytes: Buffer, start: number, end: number): boolean {
  const words = wordsOf(bytes, start, end, STREAM_WORDS_MAX)
  for (let at = 1; at < words.length;) {
    const option = words[at]?.toUpperCase()
    if (option === 'STREAMS') return false
    const length = STREAM_OPTIONS[option ?? '']
    if (length === undefined) return true
    at += length
  }
  return true
}

export function isScriptDebug(bytes: Buffer, start: number, end: number): boolean {
  return wordsOf(bytes, start, end, 2)[1]?.toUpperCase() === 'DEBUG'
}
