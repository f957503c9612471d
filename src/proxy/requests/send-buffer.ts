/** Requests that go to one connection at the end of the turn. They stay readable until they are answered. Pure. */
import { LARGE_BYTES, SLAB_BYTES } from './limits.ts'
import type { Run } from './run.ts'

const EMPTY = Buffer.alloc(0)

export interface ByteRange {
  readonly bytes: Buffer
  readonly start: number
  end: number
}

export class SendBuffer {
  readonly #slabBytes: number
  /** Copies of requests are put behind each other here. A full one is replaced, and lives as long as its requests. */
  #slab: Buffer | undefined
  #used = 0
  #ranges: ByteRange[] = []
  /** The buffer that has the last copy. */
  #lastCopy: Buffer = EMPTY

  /** A connection of one client needs no slab: its requests get buffers of their own. */
  constructor({ isShared }: { readonly isShared: boolean }) {
    this.#slabBytes = isShared ? SLAB_BYTES : 0
  }

  get isEmpty(): boolean {
    return this.#ranges.length === 0
  }

  /** Adds the requests of a run, of which the reader still owns the bytes if they are borrowed. */
  addRun(run: Run): void {
    const length = run.end - run.start
    if (!run.isBorrowed && length >= LARGE_BYTES) {
      this.#addRange(run.bytes, run.start, run.end)
      return
    }
    const start = this.#copy(run.bytes, run.start, run.end)
    run.bytes = this.#lastCopy
    run.start = start
    run.end = start + length
    run.isBorrowed = false
  }

  /** Adds a copy of any bytes. */
  addBytes(bytes: Buffer, start: number, end: number): void {
    this.#copy(bytes, start, end)
  }

  #copy(bytes: Buffer, start: number, end: number): number {
    const length = end - start
    if (length >= LARGE_BYTES || this.#slabBytes === 0) {
      this.#lastCopy = Buffer.from(bytes.subarray(start, end))
      this.#addRange(this.#lastCopy, 0, length)
      return 0
    }
    if (this.#slab === undefined || this.#used + length > this.#slabBytes) {
      this.#slab = Buffer.allocUnsafeSlow(this.#slabBytes)
      this.#used = 0
    }
    const at = this.#used
    bytes.copy(this.#slab, at, start, end)
    this.#used += length
    this.#lastCopy = this.#slab
    this.#addRange(this.#slab, at, at + length)
    return at
  }

  #addRange(bytes: Buffer, start: number, end: number): void {
    const last = this.#ranges.at(-1)
    if (last?.bytes === bytes && last.end === start) last.end = end
    else this.#ranges.push({ bytes, start, end })
  }

  /** Removes and returns everything. */
  take(): readonly ByteRange[] {
    const ranges = this.#ranges
    this.#ranges = []
    return ranges
  }
}
