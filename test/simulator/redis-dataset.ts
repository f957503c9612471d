/** What a data node holds: the writes it applied, in order, and the replication history they belong to. */
import type { SimRandom } from './random.ts'
import type { Write } from './wire.ts'

/** Replication offsets that one write takes. */
const WRITE_BYTES = 60

/** Offsets that the backlog covers, as repl-backlog-size of Redis does by default. */
const BACKLOG_BYTES = 1_048_576

export class Dataset {
  readonly #random: SimRandom
  writes: Write[] = []
  offset = 0
  replid: string
  /** The history that ours continues, up to `secondOffset`. */
  replid2 = '0'.repeat(40)
  secondOffset = -1
  /** Partial synchronisation needs a backlog; a restart loses it. */
  backlogFrom: number | undefined

  /** The deployment whose data these are. */
  origin: string

  constructor(random: SimRandom, origin = '') {
    this.#random = random
    this.origin = origin
    this.replid = random.hex(40)
  }

  append(id: number): Write {
    this.offset += WRITE_BYTES
    const write: Write = { id, end: this.offset }
    this.writes.push(write)
    return write
  }

  /** Takes a piece of the master's stream. */
  apply(writes: readonly Write[], offset: number): void {
    for (const write of writes) this.writes.push(write)
    this.offset = offset
  }

  /** The whole state of a master after a full synchronisation. */
  replace(given: Pick<Dataset, 'origin' | 'replid' | 'offset'> & { readonly writes: readonly Write[] }): void {
    this.origin = given.origin
    this.writes = [...given.writes]
    this.offset = given.offset
    this.replid = given.replid
    this.replid2 = '0'.repeat(40)
    this.secondOffset = -1
    this.backlogFrom = given.offset
  }

  /** A replica becomes a master: a new history begins, and those of the old one may follow. */
  branch(): void {
    this.replid2 = this.replid
    this.secondOffset = this.offset
    this.replid = this.#random.hex(40)
    this.backlogFrom ??= this.offset
  }

  /** The master continued our history under a new name. */
  follow(replid: string): void {
    if (replid === this.replid) return
    this.replid2 = this.replid
    this.secondOffset = this.offset
    this.replid = replid
  }

  /** The writes that a replica misses, or undefined when it needs everything. */
  missing(replid: string, offset: number): Write[] | undefined {
    const isOurs = replid === this.replid && offset <= this.offset
    const isBefore = replid === this.replid2 && offset <= this.secondOffset
    if (!isOurs && !isBefore) return undefined
    if (this.backlogFrom === undefined || offset < this.backlogFrom) return undefined
    if (this.offset - offset > BACKLOG_BYTES) return undefined
    return this.writes.slice(this.#firstAfter(offset))
  }

  /** The process starts again. `withData`: the file of its data was there; `withIds`: it names their id. */
  restart(options: { withData: boolean, withIds: boolean }): void {
    if (!options.withData) {
      this.writes = []
      this.offset = 0
    }
    const keepsId = options.withData && options.withIds
    this.replid2 = keepsId ? this.replid : '0'.repeat(40)
    this.secondOffset = keepsId ? this.offset : -1
    this.replid = this.#random.hex(40)
    this.backlogFrom = undefined
  }

  #firstAfter(offset: number): number {
    let low = 0
    let high = this.writes.length
    while (low < high) {
      const middle = (low + high) >> 1
      if ((this.writes[middle]?.end ?? Infinity) <= offset) low = middle + 1
      else high = middle
    }
    return low
  }
}
