/**
 * Finds where the head of a request ends, without reading it: that is for node:http. Every CR must come before an LF
 * and every LF after a CR, so that no parser, however lenient, sees lines and ends of heads in other places.
 */
const CR = 0x0d
const LF = 0x0a
const BLANK = 0x20
const TAB = 0x09

export class HeadScanner {
  #previous = 0
  /** Of the line under way, without its end. */
  #lineBytes = 0
  #lines = 0

  /** Whether a byte of a head has come. Empty lines in front of it are none (RFC 9112 2.2). */
  get hasBegun(): boolean {
    return this.#lines > 0 || this.#lineBytes > 0
  }

  /** Takes the next bytes: how many of them belong to the head when it ends in them, or else its state. */
  take(bytes: Buffer): number | 'unfinished' | 'malformed' {
    for (const [at, byte] of bytes.entries()) {
      if ((byte === LF) !== (this.#previous === CR)) return 'malformed'
      // RFC 9112 3: one blank between the parts of the first line. Node takes more.
      if (byte === BLANK && this.#previous === BLANK && this.#lines === 0) return 'malformed'
      // RFC 9112 5.2: a header that goes on in the next line. Some releases of Node take it.
      if ((byte === BLANK || byte === TAB) && this.#lines > 0 && this.#lineBytes === 0) return 'malformed'
      this.#previous = byte
      if (byte === LF && this.#endLine()) return at + 1
      if (byte !== LF && byte !== CR) this.#lineBytes += 1
    }
    return 'unfinished'
  }

  /** Whether the line is the empty one after a head. */
  #endLine(): boolean {
    const isEnd = this.#lineBytes === 0 && this.#lines > 0
    if (this.#lineBytes > 0) this.#lines += 1
    this.#lineBytes = 0
    return isEnd
  }
}
