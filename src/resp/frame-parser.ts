import Parser from 'redis-parser'

import { decodeText } from './text.ts'

/**
 * Converts complete, checked multibulk frames to words with redis-parser. The library must get no other input: it
 * throws on huge counts, returns nothing for malformed ones and treats inline requests as fatal errors. One pair of
 * parsers serves all connections, because a run always starts and ends between frames.
 */

const REPLACEMENT = '\uFFFD'

type Words = (string | Buffer)[]

/** A parser of the library, which returns each frame through a callback. It keeps no state between two runs. */
class FrameParser {
  readonly #parser: Parser
  #frames: Words[] = []

  constructor({ returnBuffers }: { readonly returnBuffers: boolean }) {
    this.#parser = new Parser({
      returnBuffers,
      returnReply: (reply: unknown): void => { this.#frames.push(reply as Words) },
      returnError: refuse,
      returnFatalError: refuse,
    })
  }

  run(bytes: Buffer): Words[] {
    const frames: Words[] = []
    this.#frames = frames
    this.#parser.execute(bytes)
    this.#frames = []
    return frames
  }
}

const textParser = new FrameParser({ returnBuffers: false })
const byteParser = new FrameParser({ returnBuffers: true })

/** The requests in `bytes`, which must be at least one whole frame and nothing else, checked by the scanner. */
export function parseFrames(bytes: Buffer): string[][] {
  const requests = textParser.run(bytes) as string[][]
  // Words that are not UTF-8 lost bytes above. They are rare, so the frames are parsed again as bytes.
  return requests.some(hasReplacement) ? byteParser.run(bytes).map(decodeWords) : requests
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
