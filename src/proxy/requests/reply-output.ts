/** Replies for one client, until the end of the turn. Pure. */

/** Where the bytes of a client go. */
export interface ClientSink {
  /** Writes bytes that are valid during the call. */
  write(bytes: Buffer, start: number, end: number): void
  /** Bytes that the client has not taken yet. */
  readonly unsentBytes: number
  setReading(isReading: boolean): void
  /** Closes the connection after everything was written. */
  end(): void
  /** Closes it at once. */
  destroy(): void
}

export class ReplyOutput {
  /** Bytes of the buffer in which they were received: one piece is written without a copy. */
  #borrowed: Buffer | undefined
  #start = 0
  #end = 0
  #copies: Buffer[] = []

  get isEmpty(): boolean {
    return this.#borrowed === undefined && this.#copies.length === 0
  }

  add(bytes: Buffer, start: number, end: number): void {
    if (this.#borrowed === bytes && this.#end === start) {
      this.#end = end
    } else if (this.isEmpty) {
      this.#borrowed = bytes
      this.#start = start
      this.#end = end
    } else {
      this.#keep()
      this.#copies.push(Buffer.from(bytes.subarray(start, end)))
    }
  }

  /** Adds bytes that stay valid. */
  addOwn(bytes: Buffer): void {
    this.#keep()
    this.#copies.push(bytes)
  }

  #keep(): void {
    if (this.#borrowed === undefined) return
    this.#copies.push(Buffer.from(this.#borrowed.subarray(this.#start, this.#end)))
    this.#borrowed = undefined
  }

  flush(sink: ClientSink): void {
    if (this.#borrowed !== undefined) {
      sink.write(this.#borrowed, this.#start, this.#end)
      this.#borrowed = undefined
      return
    }
    if (this.#copies.length === 0) return
    const [first] = this.#copies
    const all = first !== undefined && this.#copies.length === 1 ? first : Buffer.concat(this.#copies)
    this.#copies = []
    sink.write(all, 0, all.length)
  }
}
