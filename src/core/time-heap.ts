/** An entry with a time. Entries with the same time are removed in the order of their sequence numbers. */
export interface Timed {
  readonly at: number
  readonly sequence: number
}

/**
 * A binary heap: the earliest entry is removed first. The order does not depend on the order in which entries are
 * added.
 */
export class TimeHeap<Entry extends Timed> {
  #entries: Entry[] = []

  get size(): number {
    return this.#entries.length
  }

  /** The earliest entry. */
  get first(): Entry | undefined {
    return this.#entries[0]
  }

  push(entry: Entry): void {
    const entries = this.#entries
    let index = entries.push(entry) - 1
    while (index > 0) {
      const above = (index - 1) >> 1
      const parent = entries[above]
      if (parent === undefined || isBefore(parent, entry)) break
      entries[index] = parent
      index = above
    }
    entries[index] = entry
  }

  /** Removes the earliest entry. */
  removeFirst(): void {
    const entries = this.#entries
    const last = entries.pop()
    if (last === undefined || entries.length === 0) return
    let index = 0
    for (;;) {
      const left = entries[2 * index + 1]
      if (left === undefined) break
      const right = entries[2 * index + 2]
      const rightIsFirst = right !== undefined && isBefore(right, left)
      const child = rightIsFirst ? right : left
      if (isBefore(last, child)) break
      entries[index] = child
      index = 2 * index + (rightIsFirst ? 2 : 1)
    }
    entries[index] = last
  }

  clear(): void {
    this.#entries = []
  }
}

function isBefore(a: Timed, b: Timed): boolean {
  return a.at < b.at || (a.at === b.at && a.sequence < b.sequence)
}
