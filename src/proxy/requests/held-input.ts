/** Bytes of a client that were not used yet: an unfinished request, and requests that wait. Pure. */

const EMPTY = Buffer.alloc(0)

/** What all clients hold together. */
export interface HeldBytes {
  total: number
}

export class HeldInput {
  readonly #held: HeldBytes
  #bytes: Buffer = EMPTY
  #start = 0
  #end = 0

  constructor(held: HeldBytes) {
    this.#held = held
  }

  get length(): number {
    return this.#end - this.#start
  }

  get bytes(): Buffer {
    return this.#bytes
  }

  get start(): number {
    return this.#start
  }

  get end(): number {
    return this.#end
  }

  /** Adds a copy of the bytes. */
  append(bytes: Buffer, start: number, end: number): void {
    const added = end - start
    if (this.#bytes.length - this.#end < added) {
      const { length } = this
      // Doubling keeps the cost of copying linear for a request in many pieces.
      const larger = Buffer.allocUnsafeSlow(Math.max(length * 2, length + added))
      this.#bytes.copy(larger, 0, this.#start, this.#end)
      this.#bytes = larger
      this.#start = 0
      this.#end = length
    }
    bytes.copy(this.#bytes, this.#end, start, end)
    this.#end += added
    this.#held.total += added
  }

  /** Everything before this position was used. */
  consume(position: number): void {
    this.#held.total -= position - this.#start
    this.#start = position
    if (this.#start === this.#end) {
      this.#bytes = EMPTY
      this.#start = 0
      this.#end = 0
    }
  }

  clear(): void {
    this.consume(this.#end)
  }
}
