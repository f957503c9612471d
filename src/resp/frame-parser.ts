import Parser from 'redis-parser'

import { decodeText } from './text.ts'

/**
 * redis-parser turns complete, checked multibulk frames into words. It must see nothing else: it throws on huge
 * counts, falls silent on broken ones and takes inline requests for fatal errors. One pair of parsers serves all
 * connections, because a run always starts and ends between frames.
 */

const REPLACEMENT = '\uFFFD'

let frames: (string | Buffer)[][] = []

const options = {
  returnReply: (reply: unknown): void => {
    frames.push(reply as (string | Buffer)[])
  },
  returnError: refuse,
  returnFatalError: refuse,
}
const textParser = new Parser(options)
const byteParser = new Parser({ ...options, returnBuffers: true })

/** The requests in `bytes`, which must be one or more whole frames that the scanner has passed. */
export function parseFrames(bytes: Buffer): string[][] {
  const requests = run(textParser, bytes) as string[][]
  // Words that are not UTF-8 lost bytes above. They are rare: read them again, byte for byte.
  return requests.some(hasReplacement) ? run(byteParser, bytes).map(decodeWords) : requests
}

function run(parser: Parser, bytes: Buffer): (string | Buffer)[][] {
  frames = []
  parser.execute(bytes)
  const result = frames
  frames = []
  return result
}

function hasReplacement(words: readonly string[]): boolean {
  for (const word of words) {
    if (word.includes(REPLACEMENT)) return true
  }
  return false
}

function decodeWords(words: readonly (string | Buffer)[]): string[] {
  return words.map((word) => typeof word === 'string' ? word : decodeText(word))
}

function refuse(cause: Error): never {
  throw new Error(`redis-parser refused a frame that was checked before: ${cause.message}`, { cause })
}
