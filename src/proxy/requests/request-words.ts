/** Reads parts of a complete, checked request, and makes requests of the proxy. Pure. */
import { encode } from '../../resp/index.ts'

const LF = 10
const ZERO = 48

/** Where a word of a request is. */
export interface WordPlace {
  start: number
  end: number
}

/** The word after the line of a length that begins at `at`. `place` is overwritten. */
export function placeWord(bytes: Buffer, at: number, place: WordPlace): void {
  let length = 0
  let position = at + 1
  for (let byte = bytes[position] ?? LF; byte !== LF; byte = bytes[position] ?? LF) {
    if (byte >= ZERO) length = length * 10 + (byte - ZERO)
    position += 1
  }
  place.start = position + 1
  place.end = position + 1 + length
}

/** The name of the command. `place` is overwritten. */
export function placeName(bytes: Buffer, start: number, place: WordPlace): void {
  let at = start + 1
  while (bytes[at] !== LF) at += 1
  placeWord(bytes, at + 1, place)
}

/** The words of a request as bytes, one character each; at most `most` of them. */
export function wordsOf(bytes: Buffer, start: number, end: number, most = Infinity): string[] {
  const words: string[] = []
  const place = { start: 0, end: 0 }
  let at = bytes.indexOf(LF, start) + 1
  while (at < end && words.length < most) {
    placeWord(bytes, at, place)
    words.push(bytes.toString('latin1', place.start, place.end))
    at = place.end + 2
  }
  return words
}

/** A request with these words, in text. */
export function encodeRequest(words: readonly string[]): Buffer {
  return Buffer.from(encode(words, 2), 'latin1')
}
