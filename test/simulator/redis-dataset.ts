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

  /** Whether the process has an append-only file, and the keys of the RDB file that it loaded last. */
  found = { aof: false, rdbKeys: 0 }

  /** Whether `offset` is a position in the stream of a master, of which INFO of a replica shows it. */
  hasPosition = true
  /** The id in the RDB file: it is written a moment after a change. */
  #savedReplid: string
  /** How often its id changed since it was that of a master, or of a file that was written before. */
  solitude = 0
  /** How often its id changed since INFO showed it last. */
  #unshown = 0
  /** Its id changed twice between two replies to INFO, so that nothing ties the later one to the former. */
  isAstray = false
  /** The deployment whose data these are. */
  origin: string

  constructor(random: SimRandom, origin = '') {
    this.#random = random
    this.origin = origin
    this.replid = random.hex(40)
    this.#savedReplid = this.replid
  }

  append(id: number): Write {
    this.offset += WRITE_BYTES
    const write: Write = { id, end: this.offset }
    this.writes.push(write)
    this.#savedReplid = this.replid
    return write
  }

  /** Takes a piece of the master's stream. */
  apply(writes: readonly Write[], offset: number): void {
    for (const write of writes) this.writes.push(write)
    this.offset = offset
    if (writes.length > 0) this.#savedReplid = this.replid
  }

  /** The whole state of a master after a full synchronisation. */
  replace(given: Pick<Dataset, 'origin' | 'replid' | 'offset'> & { readonly writes: readonly Write[] }): void {
    this.origin = given.origin
    this.found = { ...this.found, rdbKeys: given.writes.length }
    this.writes = [...given.writes]
    this.offset = given.offset
    this.hasPosition = true
    this.#change(given.replid)
    this.#savedReplid = given.replid
    this.solitude = 0
    this.isAstray = false
    this.replid2 = '0'.repeat(40)
    this.secondOffset = -1
    this.backlogFrom = given.offset
  }

  /** A replica becomes a master: a new history begins, and those of the old one may follow. */
  branch(): void {
    this.hasPosition = true
    this.solitude += 1
    this.replid2 = this.replid
    this.secondOffset = this.offset
    this.#change(this.#random.hex(40))
    this.backlogFrom ??= this.offset
  }

  /** The master continued our history under a new name. */
  follow(replid: string): void {
    this.hasPosition = true
    this.solitude = 0
    this.isAstray = false
    if (replid === this.replid) return
    this.replid2 = this.replid
    this.secondOffset = this.offset
    this.#change(replid)
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
    this.found = { aof: options.withData && !keepsId, rdbKeys: keepsId ? this.writes.length : 0 }
    this.hasPosition = keepsId
    this.solitude += 1
    this.replid2 = keepsId ? this.#savedReplid : '0'.repeat(40)
    this.secondOffset = keepsId ? this.offset : -1
    this.#change(this.#random.hex(40))
    if (!options.withData) this.#savedReplid = this.replid
    this.backlogFrom = undefined
  }

  /** INFO shows its ids. */
  show(): void {
    if (this.#unshown > 1) this.isAstray = true
    this.#unshown = 0
  }

  #change(replid: string): void {
    if (replid !== this.replid) this.#unshown += 1
    this.replid = replid
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
