/**
 * Finds the end of a request's head without parsing it; node:http does that. Every CR must be followed by an LF and
 * every LF preceded by a CR, so that all parsers, even lenient ones, see the same lines and the same end.
 */
const CR = 0x0d
const LF = 0x0a
const BLANK = 0x20
const TAB = 0x09

export class HeadScanner {
  #previous = 0
  /** Length of the present line without its end. */
  #lineBytes = 0
  #lines = 0

  /** Whether a byte of a head has arrived. Empty lines before it do not count (RFC 9112 2.2). */
  get hasBegun(): boolean {
    return this.#lines > 0 || this.#lineBytes > 0
  }

  /** Takes the next bytes. Returns how many of them belong to the head when it ends in them, otherwise its state. */
  take(bytes: Buffer): number | 'unfinished' | 'malformed' {
    for (const [at, byte] of bytes.entries()) {
      if ((byte === LF) !== (this.#previous === CR)) return 'malformed'
      // RFC 9112 3: one blank between the parts of the first line. Node accepts more.
      if (byte === BLANK && this.#previous === BLANK && this.#lines === 0) return 'malformed'
      // RFC 9112 5.2: a header that continues on the next line. Some releases of Node accept it.
      if ((byte === BLANK || byte === TAB) && this.#lines > 0 && this.#lineBytes === 0) return 'malformed'
      this.#previous = byte
      if (byte === LF && this.#endLine()) return at + 1
      if (byte !== LF && byte !== CR) this.#lineBytes += 1
    }
    return 'unfinished'
  }

  /** Ends a line. Returns whether it is the empty one after a head. */
  #endLine(): boolean {
    const isEnd = this.#lineBytes === 0 && this.#lines > 0
    if (this.#lineBytes > 0) this.#lines += 1
    this.#lineBytes = 0
    return isEnd
  }
}
